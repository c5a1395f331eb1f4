"""Overrides, gates that were passed by a person's signed reason; and the counts of a clinic."""

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


class Tally(models.Model):
    """How many of a clinic's rows have a value; see :mod:`thecal.clinic.record.tallies`."""

    is_derived = True

    clinic = models.ForeignKey("people.Clinic", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=60)
    count = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["clinic", "kind", "value"], name="record_tally_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.value}: {self.count}"


class Counted(models.Model):
    """As what a patient is counted in the tallies of their clinic: ``kind:value``, how often."""

    is_derived = True

    patient = models.OneToOneField(
        "patients.Patient", models.CASCADE, primary_key=True, related_name="+"
    )
    what = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.what)
