"""What is treated, and the clinic's own figures as they were when somebody relied on them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.audit.kept import AppendOnlyModel
from thecal.clinic.pathway.words import Origin, Treated
from thecal.clinic.record.entry import Entry


class Indication(Entry):
    """What the patient is treated for; nothing of the pathway is judged before it is known.

    Attributes:
        small_screening: whether the smaller first screening dose of baclofen is meant.
    """

    indication = models.CharField(_("indication"), max_length=20, choices=Treated.choices)
    spasticity_origin = models.CharField(
        _("origin of the spasticity"), max_length=20, choices=Origin.choices, blank=True, default=""
    )
    small_screening = models.BooleanField(_("smaller first screening dose"), default=False)

    class Meta(Entry.Meta):
        verbose_name = _("indication")

    def __str__(self) -> str:
        return f"{self.get_indication_display()} {self.get_spasticity_origin_display()}".strip()


class FiguresInForce(AppendOnlyModel):
    """The clinic's own figures from ``since`` on: the text of their file, empty for none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    since = models.DateTimeField(_("since"))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        ordering = ("since",)
        indexes = (models.Index(fields=["since"], name="pathway_figures_since"),)

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M}"
