"""Patients: who they are, the list, and the page that all subjects share."""
