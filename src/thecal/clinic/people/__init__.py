"""Clinics, people, and the roles they have there."""
