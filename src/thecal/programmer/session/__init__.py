"""A session with one pump: interrogate, edit, review, send, read back; what is certain of it."""
