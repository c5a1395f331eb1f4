"""An event of the trail: who did what with whose record, when, and how it ended."""

from __future__ import annotations

from typing import Any

from django.db import models

from thecal.clinic.audit.canonical import columns, sha256, text
from thecal.clinic.audit.kept import AppendOnlyModel, AppendOnlyRows


class Event(AppendOnlyModel):
    """One link of the chain.

    ``hash`` is the digest of all other columns, the hash before it among them. People, clinics and
    patients are named by their keys and not by relations, so that no other row can alter a link.

    Attributes:
        seq: 1, 2, 3 and on, with no gap.
        once: the caller's own key, by which an action asked for twice is done once.
        detail: canonical JSON; ``entries`` in it are the rows written, each with its digest.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    who = models.UUIDField(null=True)
    who_name = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    clinic = models.UUIDField(null=True)
    patient = models.UUIDField(null=True)
    action = models.CharField(max_length=100)
    outcome = models.CharField(max_length=20)
    once = models.UUIDField(null=True, unique=True)
    detail = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = models.Manager.from_queryset(AppendOnlyRows)()

    class Meta:
        ordering = ("seq",)
        indexes = (
            models.Index(fields=["patient", "-seq"], name="audit_by_patient"),
            models.Index(fields=["clinic", "-seq"], name="audit_by_clinic"),
            models.Index(fields=["who", "-seq"], name="audit_by_person"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.at:%Y-%m-%d %H:%M} {self.who_name} {self.action} {self.outcome}"

    def computed_hash(self) -> str:
        """What ``hash`` must be."""
        linked: dict[str, Any] = columns(self)
        linked.pop("hash", None)
        return sha256(text(linked))
