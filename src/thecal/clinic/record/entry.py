"""A clinical entry: written once, corrected only by another entry that says why."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.audit.kept import AppendOnlyModel, AppendOnlyRows, M_co


class Entries(AppendOnlyRows[M_co]):
    """Entries, and those of them that count."""

    def current(self) -> Self:
        """Those that no other entry corrects and that were not withdrawn."""
        return self.filter(corrected_by=None, withdrawn=False)

    def of(self, patient: Any) -> Self:
        """One patient's, the newest first."""
        return self.filter(patient=patient).order_by("-happened_at", "-recorded_at")


class Entry(AppendOnlyModel):
    """What every clinical entry has: whose, who, when, and what it corrects, and why.

    A column added to an entry later must be nullable, so that older rows keep their digests.

    Attributes:
        happened_at: when it was so; ``recorded_at`` is when it was written down.
        corrects: the entry that this one replaces; each entry is corrected at most once, so two
            corrections at the same time cannot both count.
        withdrawn: a correction that only says that the entry should not have been made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    happened_at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    recorded_role = models.CharField(_("as"), max_length=40)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    why = models.TextField(_("why it was corrected"), blank=True, default="")
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    objects = models.Manager.from_queryset(Entries)()

    class Meta:
        abstract = True
        ordering = ("-happened_at", "-recorded_at")

    @property
    def is_current(self) -> bool:
        """Whether it counts."""
        return not self.withdrawn and not hasattr(self, "corrected_by")


OWN_COLUMNS = frozenset(field.name for field in Entry._meta.local_fields)
"""The columns that the service layer fills; no order can set them."""
