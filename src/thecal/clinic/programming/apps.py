"""The app, by its short name."""

from __future__ import annotations

from thecal.clinic.subject import SubjectApp


class Programming(SubjectApp):
    """See the package."""

    default = True
    name = "thecal.clinic.programming"
    label = "programming"
