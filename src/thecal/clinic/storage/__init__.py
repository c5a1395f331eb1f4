"""The whole record as a file: backup, restore, export, import."""
