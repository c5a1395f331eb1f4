"""A calendar's address: whose, what it holds; of its secret only a digest is kept."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.audit.kept import KeptModel


class Shows(models.TextChoices):
    """By what a calendar calls a patient; never by name, for calendars are read on phones."""

    NUMBER = "number", _("Record number")
    INITIALS = "initials", _("Initials")


class Holds(models.TextChoices):
    """What a calendar holds."""

    REFILLS = "refills", _("Refills, on their latest safe day")
    VISITS = "visits", _("Visits that are scheduled")
    TASKS = "tasks", _("Tasks that have a date")


class Feed(KeptModel):
    """An address at which a calendar is read.

    Attributes:
        digest: SHA-256 of the secret, which is random and long, so that no salt is needed.
        holds: of :class:`Holds`.
        alarms: whether events ring.
        revoked_at: since when it is good for nothing.
    """

    is_secret = True  # a backup has it, an export has not

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    clinic = models.ForeignKey("people.Clinic", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    shows = models.CharField(_("patients by"), max_length=20, choices=Shows.choices)
    holds = models.JSONField(_("holds"))
    alarms = models.BooleanField(_("alarms"))
    made_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        verbose_name = _("calendar")
        indexes = (models.Index(fields=["person", "clinic"], name="calendars_by_person"),)

    def __str__(self) -> str:
        return ", ".join(str(Holds(one).label) for one in self.holds)
