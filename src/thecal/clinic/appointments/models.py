"""Entries of the calendar."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.care import facts
from thecal.clinic.pathway.facts import Fact
from thecal.clinic.pathway.words import Method, Procedure


class Appointment(Fact):
    """At ``happened_at`` a procedure was put into the calendar, for ``planned``."""

    event = facts.Scheduled
    procedure = models.CharField(_("procedure"), max_length=20, choices=Procedure.choices)
    planned = models.DateTimeField(_("planned for"))
    method = models.CharField(
        _("method"), max_length=20, choices=Method.choices, blank=True, default=""
    )

    class Meta(Fact.Meta):
        verbose_name = _("appointment")


class Cancellation(Fact):
    """A procedure was taken out of the calendar."""

    event = facts.Cancelled
    beside = ("reason",)
    procedure = models.CharField(_("procedure"), max_length=20, choices=Procedure.choices)
    reason = models.TextField(_("reason"))

    class Meta(Fact.Meta):
        verbose_name = _("cancellation")
