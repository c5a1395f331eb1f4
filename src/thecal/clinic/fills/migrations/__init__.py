"""Migrations of the fills."""
