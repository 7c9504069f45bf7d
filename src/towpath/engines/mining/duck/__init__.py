"""The engine on DuckDB: all SQL of this package lies here."""
