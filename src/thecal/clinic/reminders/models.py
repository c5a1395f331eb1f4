"""What was told of tasks, to whom, and whether it left: rows that are written once."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.clinic.audit.kept import AppendOnlyModel
from thecal.clinic.fills.models import Fill


class Step(models.TextChoices):
    """How far a task has come; each step of each task is told of once."""

    UNDATED = "undated", _("No date is known: set one")
    OPENS = "opens", _("It can be done from now on")
    FIRST = "first", _("First reminder")
    SECOND = "second", _("Second reminder")
    THIRD = "third", _("Third reminder")
    DUE = "due", _("Due now")
    LATEST = "latest", _("TODAY is the latest day")
    OVERDUE = "overdue", _("OVERDUE")
    MISSED = "missed", _("MISSED: the latest day has passed")
    STILL = "still", _("STILL OVERDUE: nobody has done it")


class Reminder(AppendOnlyModel):
    """One step of one task that was raised; it is on the pages from this moment.

    Attributes:
        key: the task and the step: the same twice cannot be.
        about: the task, by a key that it keeps as it gets graver.
        code: the kind of task.
        fill: the fill that runs out, of a refill only.
        limit: the latest day; of a refill the latest safe one, or the nominal one if that is
            not known.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("key"), max_length=400, unique=True)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    about = models.CharField(_("task"), max_length=340)
    code = models.CharField(_("kind"), max_length=60)
    fill = models.ForeignKey(Fill, models.PROTECT, null=True, blank=True, related_name="reminders")
    step = models.CharField(_("step"), max_length=20, choices=Step.choices)
    limit = models.DateField(_("latest day"), null=True, blank=True)
    raised_at = models.DateTimeField(_("raised"))
    text = models.TextField(_("text"))

    class Meta:
        ordering = ("-raised_at",)
        verbose_name = _("reminder")
        indexes = (
            models.Index(fields=["patient"], name="reminders_patient"),
            models.Index(fields=["about"], name="reminders_about"),
        )

    def __str__(self) -> str:
        return f"{self.get_step_display()} ({self.limit})"


class Letter(AppendOnlyModel):
    """The outbox: an e-mail that is to leave; written in the transaction of its reminder."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("key"), max_length=480, unique=True)
    reminder = models.ForeignKey(Reminder, models.PROTECT, related_name="letters")
    to = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    address = models.EmailField(_("e-mail"))

    class Meta:
        ordering = ("key",)
        verbose_name = _("letter")

    def __str__(self) -> str:
        return self.address


class Sent(AppendOnlyModel):
    """A letter left."""

    letter = models.OneToOneField(Letter, models.PROTECT, primary_key=True, related_name="sent")
    at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("sent letter")

    def __str__(self) -> str:
        return f"{self.letter} {self.at:%Y-%m-%d %H:%M}"
