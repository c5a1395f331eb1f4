"""The programmer in the browser: edit, preview, review, send, and what came of it."""
