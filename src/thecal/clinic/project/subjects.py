"""The clinic's subjects, an app for each; settings, addresses and tests take them from here."""

SUBJECTS = (
    "people",
    "audit",
    "record",
    "patients",
    "assessments",
    "prescriptions",
    "pumps",
    "fills",
    "reminders",
    "storage",
)
"""The order is that of the pages; an app with a ``urls`` module is served by it."""
