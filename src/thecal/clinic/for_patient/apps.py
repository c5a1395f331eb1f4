"""The app, by its short name."""

from __future__ import annotations

from thecal.clinic.subject import SubjectApp


class ForPatient(SubjectApp):
    """See the package."""

    default = True
    name = "thecal.clinic.for_patient"
    label = "for_patient"
