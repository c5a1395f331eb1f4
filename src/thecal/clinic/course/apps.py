"""The app, by its short name."""

from __future__ import annotations

from thecal.clinic.subject import SubjectApp


class Course(SubjectApp):
    """See the package."""

    default = True
    name = "thecal.clinic.course"
    label = "course"
