"""The calendar: what is planned for whom, and what was taken out of it."""
