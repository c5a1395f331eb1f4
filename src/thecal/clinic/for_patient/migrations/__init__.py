"""Migrations of the subject."""
