"""The history of the schema, and the one way to bring a database up to date."""
