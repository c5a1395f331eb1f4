"""Transports: they move bytes in order and say when it ends, and add no trust (§10)."""
