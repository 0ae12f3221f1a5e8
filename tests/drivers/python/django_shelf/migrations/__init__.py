"""In three steps, as an application grows: tables, data, a new column with an index."""
