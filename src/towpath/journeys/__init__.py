"""Reads the journal: journeys, measures, promises."""
