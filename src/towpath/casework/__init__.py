"""Drafts, cases, tasks, deadlines, decisions: the conductor."""
