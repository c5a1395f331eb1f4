"""The app, by its short name."""

from __future__ import annotations

from thecal.clinic.subject import SubjectApp


class Tokens(SubjectApp):
    """See the package."""

    default = True
    name = "thecal.clinic.tokens"
    label = "tokens"
