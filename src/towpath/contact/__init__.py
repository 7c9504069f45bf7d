"""Conversations with people, in every channel."""
