"""The app, by its short name."""

from __future__ import annotations

from thecal.clinic.subject import SubjectApp


class Api(SubjectApp):
    """See the package."""

    default = True
    name = "thecal.clinic.api"
    label = "api"
