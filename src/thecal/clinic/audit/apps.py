"""Sets the triggers after every migration."""

from __future__ import annotations

from django.db.models.signals import post_migrate

from thecal.clinic.subject import SubjectApp


class Audit(SubjectApp):
    """The trail."""

    default = True
    name = "thecal.clinic.audit"
    label = "audit"

    def ready(self) -> None:
        """Listen for the end of migrations."""
        super().ready()
        from thecal.clinic.audit import triggers  # noqa: PLC0415  (models are not ready before)

        post_migrate.connect(triggers.install, sender=self)
