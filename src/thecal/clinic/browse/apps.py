"""The app, by its short name."""

from __future__ import annotations

from thecal.clinic.subject import SubjectApp


class Browse(SubjectApp):
    """See the package."""

    default = True
    name = "thecal.clinic.browse"
    label = "browse"
