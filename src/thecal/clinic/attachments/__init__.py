"""Documents that belong to a record."""
