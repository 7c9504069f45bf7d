"""Towpath, the citizen-services platform."""
