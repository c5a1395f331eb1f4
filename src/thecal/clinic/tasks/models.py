"""Entries about tasks; which tasks there are follows from the facts."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.care import facts
from thecal.clinic.pathway.facts import Fact


class TaskDone(Fact):
    """A task that no fact of its own closes was done."""

    event = facts.TaskDone
    key = models.CharField(_("task"), max_length=300)
    outcome = models.TextField(_("outcome"))

    class Meta(Fact.Meta):
        verbose_name = _("task done")
