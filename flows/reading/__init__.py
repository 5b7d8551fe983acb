"""Reading a version: as Arrow datasets, as tables and views in DuckDB, all of it or what is wanted."""
