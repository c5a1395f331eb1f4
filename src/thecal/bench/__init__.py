"""The pump on the bench: a process and a folder around the twin, and the hand that disturbs it."""
