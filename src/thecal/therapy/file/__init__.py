"""The prescription file, schema 1: what it holds, and how it is read and written."""
