"""What is treated, and the clinic's own figures as they were when somebody relied on them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

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


NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""After every date, on databases that order what is null differently."""


class OpenTask(models.Model):
    """A task that is open, as the entries and the time say; made again whenever either changes.

    Attributes:
        key: of this very task, as ``care`` has it.
        pressing: the urgency's place, 0 the most pressing.
        limit: when it is overdue: its latest instant, or its due one.
        reminders: instants at which somebody is told, as texts, the last the most insistent.
        told_from: from when on somebody may have to be told of it.
        soonest: by which lists are ordered: its due instant, or ``NEVER``.
        worklist: the list that has it, one of ``pathway.kinds.Worklist``.
        calls: 1 if it calls somebody at once, on whichever list it is, else 0.
        overdue: 1 if its limit had passed when it was last judged, else 0. (SQLite looks up no
            boolean in an index.)
    """

    is_derived = True

    patient = models.ForeignKey("patients.Patient", models.CASCADE, related_name="open_tasks")
    clinic = models.ForeignKey("people.Clinic", models.CASCADE, related_name="+")
    key = models.CharField(max_length=300)
    code = models.CharField(_("kind"), max_length=60)
    title = models.TextField(_("task"))
    reason = models.TextField(_("why"))
    urgency = models.CharField(_("urgency"), max_length=20)
    pressing = models.PositiveSmallIntegerField()
    raised = models.DateTimeField(_("raised"))
    earliest = models.DateTimeField(_("not before"), null=True)
    due = models.DateTimeField(_("due"), null=True)
    latest = models.DateTimeField(_("at the latest"), null=True)
    limit = models.DateTimeField(null=True)
    undated = models.TextField(_("why it has no date"), blank=True, default="")
    reminders = models.JSONField(default=list)
    told_from = models.DateTimeField()
    soonest = models.DateTimeField()
    worklist = models.CharField(max_length=20)
    calls = models.PositiveSmallIntegerField(default=0)
    overdue = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("open task")
        constraints = (
            models.UniqueConstraint(fields=["patient", "key"], name="pathway_task_once"),
        )
        indexes = (
            models.Index(fields=["clinic", "code", "due"], name="pathway_task_by_kind"),
            models.Index(
                fields=["clinic", "pressing", "soonest", "id"], name="pathway_task_pressing"
            ),
            models.Index(fields=["clinic", "limit"], name="pathway_task_by_limit"),
            models.Index(fields=["told_from"], name="pathway_task_told_from"),
            models.Index(
                fields=["clinic", "worklist", "soonest", "id"], name="pathway_task_by_list"
            ),
            models.Index(
                fields=["clinic", "calls", "pressing", "soonest", "id"], name="pathway_task_calls"
            ),
            models.Index(fields=["clinic", "overdue", "limit"], name="pathway_task_overdue"),
        )

    def __str__(self) -> str:
        return self.title
