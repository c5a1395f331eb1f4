"""The audit trail: append-only, chained by hashes, and the proof of it."""
