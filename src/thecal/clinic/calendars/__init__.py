"""A clinic's refills, visits and tasks in a person's own calendar, at an address only they know."""
