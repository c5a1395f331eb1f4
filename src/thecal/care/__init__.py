"""The pathway of care: facts in; stage, gates, tasks and their reasons out. Pure functions."""
