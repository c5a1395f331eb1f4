"""The clinic's subjects, an app for each; settings, addresses and tests take them from here."""

SUBJECTS = (
    "people",
    "audit",
    "record",
    "patients",
    "pathway",
    "selection",
    "assessments",
    "appointments",
    "trials",
    "implants",
    "prescriptions",
    "pumps",
    "fills",
    "followup",
    "tasks",
    "reminders",
    "attachments",
    "overview",
    "programming",
    "storage",
    "design",
    "exchange",
    "tokens",
    "api",
)
"""The order is that of the pages; an app with a ``urls`` module is served by it."""
