"""Assessments before a trial or an implant."""
