"""What somebody is typing: theirs alone, no entry of the record, and gone once it was used."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LASTS = timedelta(hours=24)
"""After so long nobody remembers what a half-typed program was made for."""


class Draft(models.Model):
    """A half-typed prescription of one person for one patient.

    Attributes:
        fields: what stands in the form, as it was typed.
        follows: the prescription that stood when it was begun; None if none did.
        is_secret: a backup has it, an export has not: it is no part of the record.
    """

    is_secret: ClassVar[bool] = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.User", models.CASCADE, related_name="+")
    patient = models.ForeignKey("patients.Patient", models.CASCADE, related_name="+")
    fields = models.JSONField(_("fields"), default=dict)
    follows = models.UUIDField(_("follows"), null=True, blank=True)
    begun_at = models.DateTimeField(_("begun"))
    saved_at = models.DateTimeField(_("kept"))

    class Meta:
        verbose_name = _("draft")
        constraints = (
            models.UniqueConstraint(fields=["person", "patient"], name="programming_one_draft"),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.patient}"

    @property
    def has_expired(self) -> bool:
        """Whether it is too old to be used."""
        return timezone.now() - self.saved_at > LASTS
