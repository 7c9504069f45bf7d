"""The pages, split by what a resident comes for."""
