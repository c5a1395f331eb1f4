"""The app, by its short name."""

from __future__ import annotations

from typing import ClassVar

from thecal.clinic.subject import ENTERS, SubjectApp


class Pathway(SubjectApp):
    """See the package."""

    default = True
    name = "thecal.clinic.pathway"
    label = "pathway"
    enters: ClassVar[tuple[str, ...]] = (*ENTERS, "replay")

    def ready(self) -> None:
        """Read the clinic's own figures, so that a file that cannot be read stops the start."""
        super().ready()
        from thecal.clinic.pathway.figures import in_force  # noqa: PLC0415  (models are ready now)

        in_force()
