"""Language rules as data: one module per language, one table of agencies for all."""
