"""The psychological assessment, without which neither a trial nor an implant is scheduled."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.record.entry import Entry


class Clearance(models.TextChoices):
    """What the neuropsychologist concluded."""

    CLEARED = "cleared", _("Cleared")
    CONDITIONAL = "conditional", _("Cleared once the conditions are met")
    NOT_CLEARED = "not-cleared", _("Not cleared")


class PsychologicalAssessment(Entry):
    """An assessment by a neuropsychologist; its day is ``happened_at``."""

    clearance = models.CharField(_("conclusion"), max_length=20, choices=Clearance.choices)
    conditions = models.TextField(_("conditions"), blank=True, default="")
    untreated_habituation = models.BooleanField(_("serious untreated drug habituation"))
    summary = models.TextField(_("summary"))

    class Meta(Entry.Meta):
        indexes = (models.Index(fields=["patient"], name="assessments_psych_patient"),)

    def __str__(self) -> str:
        return self.get_clearance_display()
