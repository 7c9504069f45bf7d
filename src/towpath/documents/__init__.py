"""Files that people give us."""
