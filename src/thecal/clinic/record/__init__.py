"""How the record is kept: entries that are never edited, and services that every action passes."""
