"""Entries after the operation."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal.care import facts
from thecal.clinic.pathway.facts import Beside, Fact
from thecal.clinic.pathway.words import Change, Grade, Harm, StepResult


class Surveillance(Fact):
    """The structured questions about infection, granuloma and paralysis, as answered."""

    event = facts.SurveillanceAnswered
    beside = ("notes",)
    answers = models.JSONField(_("answers"), blank=True, default=dict)
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("surveillance")


class EffectLoss(Fact):
    """The effect was lost, whatever the volumes say."""

    event = facts.EffectLost
    beside = ("notes",)
    notes = models.TextField(_("what was noticed"))

    class Meta(Fact.Meta):
        verbose_name = _("effect lost")


class EffectStep(Fact):
    """A step of the search for the cause."""

    event = facts.EffectStepDone
    beside = ("notes",)
    step = models.CharField(_("step"), max_length=60)
    result = models.CharField(_("result"), max_length=20, choices=StepResult.choices)
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("search for a lost effect")


class EffectEnd(Fact):
    """The cause was found and dealt with, or the search was given up."""

    event = facts.EffectPathEnded
    cause = models.TextField(_("cause"))

    class Meta(Fact.Meta):
        verbose_name = _("end of the search")


class ScanPlan(Fact):
    """An MRI is planned."""

    event = facts.MriPlanned
    planned = models.DateTimeField(_("planned for"))
    tesla = models.CharField(_("field in tesla"), max_length=10, blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("MRI planned")


class Scan(Fact):
    """An MRI ended."""

    event = facts.MriScanned
    beside = ("notes",)
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("MRI")


class ScanClosed(Beside):
    """After the scan the pump was found as it was before; its gate says whether it was."""

    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Beside.Meta):
        verbose_name = _("MRI closed")


class AdverseEvent(Fact):
    """Harm that came to the patient."""

    event = facts.HarmOccurred
    beside = ("what",)
    harm = models.CharField(_("harm"), max_length=20, choices=Harm.choices)
    serious = models.BooleanField(_("serious"), null=True, blank=True)
    what = models.TextField(_("what happened"))

    class Meta(Fact.Meta):
        verbose_name = _("adverse event")


class Measurement(Fact):
    """A score of an instrument; the items' text belongs to its owner and is not kept."""

    event = facts.Measured
    instrument = models.CharField(_("instrument"), max_length=60)
    score = models.CharField(_("score"), max_length=10)
    site = models.CharField(_("muscle"), max_length=100, blank=True, default="")
    item_9 = models.IntegerField(_("item 9"), null=True, blank=True)

    class Meta(Fact.Meta):
        verbose_name = _("score")


class OralMedicines(Fact):
    """Everything that the patient takes by mouth against pain or spasm."""

    event = facts.OralMedicinesTaken
    medicines = models.JSONField(_("medicines"), blank=True, default=list)

    class Meta(Fact.Meta):
        verbose_name = _("medicines by mouth")


class SideEffects(Fact):
    """The four side effects; what was not asked is empty."""

    event = facts.SideEffectsAnswered
    nausea = models.CharField(
        _("nausea"), max_length=10, choices=Grade.choices, blank=True, default=""
    )
    vomiting = models.CharField(
        _("vomiting"), max_length=10, choices=Grade.choices, blank=True, default=""
    )
    sedation = models.CharField(
        _("sedation"), max_length=10, choices=Grade.choices, blank=True, default=""
    )
    constipation = models.CharField(
        _("constipation"), max_length=10, choices=Grade.choices, blank=True, default=""
    )

    class Meta(Fact.Meta):
        verbose_name = _("side effects")


class Activity(Fact):
    """Activities of daily living against before treatment."""

    event = facts.ActivityAnswered
    beside = ("notes",)
    change = models.CharField(_("against before"), max_length=10, choices=Change.choices)
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("activity")


class PortPlan(Fact):
    """Something is to be injected into the catheter access port: a procedure of its own."""

    event = facts.PortInjectionPlanned
    beside = ("purpose",)
    drugs = models.JSONField(_("what it contains"), blank=True, default=list)
    purpose = models.TextField(_("purpose"))

    class Meta(Fact.Meta):
        verbose_name = _("injection into the port planned")


class PortInjection(Beside):
    """The injection into the port was given; its gate says what it must not be."""

    volume = models.TextField(_("volume"))
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Beside.Meta):
        verbose_name = _("injection into the port")
