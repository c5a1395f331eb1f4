"""Migrations of the prescriptions."""
