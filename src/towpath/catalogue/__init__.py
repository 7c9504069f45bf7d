"""Service packages: load, check, test, version, publish, search, describe."""
