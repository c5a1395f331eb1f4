"""The templates' filters."""
