"""Entries of the operation and of what comes after it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.care import facts
from thecal.clinic.pathway.facts import Fact
from thecal.clinic.pathway.words import Anaesthesia, Answer, Closure, Measure, Pocket, Side


class Preparation(Fact):
    """The skin was prepared."""

    event = facts.Prepared
    measure = models.CharField(_("how"), max_length=20, choices=Measure.choices)

    class Meta(Fact.Meta):
        verbose_name = _("preparation of the skin")


class Antibiotic(Fact):
    """A dose of the antibiotic; ``is_last`` says that no other follows."""

    event = facts.AntibioticGiven
    agent = models.CharField(_("agent"), max_length=200)
    dose = models.TextField(_("dose"))
    before_incision = models.BooleanField(_("the one before the incision"))
    is_last = models.BooleanField(_("the last dose"))

    class Meta(Fact.Meta):
        verbose_name = _("antibiotic")

    def events(self) -> Iterator[care.Event]:
        """Given before the incision, or stopped, or both; a dose between is neither."""
        if self.before_incision:
            yield self.as_event(facts.AntibioticGiven)
        if self.is_last:
            yield self.as_event(facts.AntibioticStopped)


class Implant(Fact):
    """A permanent pump was placed; ``happened_at`` is the incision."""

    event = facts.Implanted
    beside = (
        "pump_serial",
        "catheter_serial",
        "catheter_length",
        "entry_level",
        "tip_level",
        "pocket_side",
        "notes",
    )
    replaces = models.BooleanField(_("in place of an earlier pump"), default=False)
    pump = models.CharField(_("pump"), max_length=60)
    pump_serial = models.CharField(_("the pump's serial number"), max_length=100)
    catheter = models.CharField(_("catheter"), max_length=60, blank=True, default="")
    catheter_serial = models.CharField(
        _("the catheter's serial number"), max_length=100, blank=True, default=""
    )
    catheter_length = models.TextField(_("catheter as implanted"), blank=True, default="")
    entry_level = models.CharField(
        _("level where the catheter enters"), max_length=20, blank=True, default=""
    )
    tip_level = models.CharField(_("tip level"), max_length=20, blank=True, default="")
    anaesthesia = models.CharField(
        _("anaesthesia"), max_length=20, choices=Anaesthesia.choices, blank=True, default=""
    )
    pocket = models.CharField(
        _("pocket"), max_length=20, choices=Pocket.choices, blank=True, default=""
    )
    pocket_side = models.CharField(
        _("side of the pocket"), max_length=10, choices=Side.choices, blank=True, default=""
    )
    closure = models.CharField(
        _("closure"), max_length=20, choices=Closure.choices, blank=True, default=""
    )
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("operation")


class TakeOver(Fact):
    """The patient came with a pump that was placed elsewhere; what is not known is empty."""

    event = facts.TakenOver
    beside = ("pump_serial", "from_whom")
    pump = models.CharField(_("pump"), max_length=60, blank=True, default="")
    pump_serial = models.CharField(_("serial number"), max_length=100, blank=True, default="")
    catheter = models.CharField(_("catheter"), max_length=60, blank=True, default="")
    implanted = models.DateTimeField(_("placed"), null=True, blank=True)
    from_whom = models.TextField(_("taken over from"))

    class Meta(Fact.Meta):
        verbose_name = _("taken over with a pump")


class Discharge(Fact):
    """The patient went home."""

    event = facts.Discharged
    beside = ("adverse_reactions",)
    adverse_reactions = models.TextField(_("adverse reactions"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("sent home")


class WoundCheck(Fact):
    """A physician looked at the wound."""

    event = facts.WoundChecked
    beside = ("notes",)
    healthy = models.CharField(_("healthy"), max_length=10, choices=Answer.choices)
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("wound check")


class ClosuresOut(Fact):
    """Staples or stitches are out."""

    event = facts.ClosuresRemoved

    class Meta(Fact.Meta):
        verbose_name = _("staples or stitches out")


class Explant(Fact):
    """The pump was taken out and not replaced."""

    event = facts.Explanted
    beside = ("notes",)
    reason = models.TextField(_("reason"))
    infected = models.BooleanField(_("for an infection"), null=True, blank=True)
    closure = models.CharField(
        _("closure"), max_length=20, choices=Closure.choices, blank=True, default=""
    )
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("pump taken out")
