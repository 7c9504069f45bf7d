"""Residents and how to reach them; staff, teams and roles; signing in."""
