"""Reminders: a fill that runs out is told of in time, once for each step, and nothing is lost."""
