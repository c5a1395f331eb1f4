"""Migrations of the pumps."""
