"""Overrides: gates that were passed by a person's signed reason, shown ever after."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.record.entry import Entry


class Override(Entry):
    """A closed gate that somebody passed.

    Attributes:
        gate: the gate's name; ``action``: what was then done.
        said: why the gate was closed, as the person saw it.
        reason: why they passed it all the same.
    """

    gate = models.CharField(_("gate"), max_length=100)
    action = models.CharField(_("action"), max_length=100)
    said = models.TextField(_("why it was closed"))
    source = models.TextField(_("source"))
    reason = models.TextField(_("reason"))

    class Meta(Entry.Meta):
        indexes = (models.Index(fields=["patient"], name="record_override_patient"),)

    def __str__(self) -> str:
        return f"{self.gate}: {self.reason}"
