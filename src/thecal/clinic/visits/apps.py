"""The app, by its short name."""

from __future__ import annotations

from thecal.clinic.subject import ENTERS, SubjectApp


class Visits(SubjectApp):
    """See the package."""

    default = True
    name = "thecal.clinic.visits"
    label = "visits"
    enters = (*ENTERS, "flows", "panels")
