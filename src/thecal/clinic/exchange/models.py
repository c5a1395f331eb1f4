"""Exports of a whole clinic that somebody asked for: how far each is, and how long it is kept.

The files lie in the clinic's folder, the row says how far they are good. No backup of the record
needs them, since they can be made again.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

KEPT_FOR = timedelta(hours=24)
"""How long the files of a finished export are kept, and how long one may take."""


class Export(models.Model):
    """One export.

    Attributes:
        asked: the address that was asked for, as the manifest repeats it.
        base: of the server, before ``/Type/id``.
        types: the types of resources wanted; empty for all.
        after: the last patient whose resources are in the files; None before the first.
        done: how many patients are in.
        total: of how many.
        files: file name to how many bytes of it are good.
        ended_at: when its files were removed.
    """

    is_secret = True  # of this house alone: its files are not in an export of the record

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey("people.Clinic", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    asked = models.TextField()
    base = models.TextField()
    types = models.JSONField(default=list, blank=True)
    after = models.UUIDField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    files = models.JSONField(default=dict, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    ended_at = models.DateTimeField(_("removed"), null=True, blank=True)

    class Meta:
        ordering = ("-asked_at",)
        verbose_name = _("export")
        indexes = (models.Index(fields=["clinic", "-asked_at"], name="exchange_export_clinic"),)

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return Path(settings.THECAL_EXPORTS) / str(self.pk)

    @property
    def kept_until(self) -> datetime:
        """When its files are removed."""
        return (self.finished_at or self.asked_at) + KEPT_FOR
