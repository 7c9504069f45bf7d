"""A lived year as a file, and back into any installation: under its own keys, names and dates."""
