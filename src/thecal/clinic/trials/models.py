"""Entries of a trial; the flow sheet's rows among them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.care import facts
from thecal.clinic.pathway.facts import Beside, Fact
from thecal.clinic.pathway.words import Answer, Method, Sedation


class TrialStart(Fact):
    """The catheter is in, or the first injection is due; ``happened_at`` is admission."""

    event = facts.TrialStarted
    beside = ("entry_level", "tip_level", "tunnelled", "notes")
    method = models.CharField(_("method"), max_length=20, choices=Method.choices)
    entry_level = models.CharField(_("entry level"), max_length=20, blank=True, default="")
    tip_level = models.CharField(_("tip level"), max_length=20, blank=True, default="")
    tunnelled = models.BooleanField(_("tunnelled under the skin"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("start of the trial")


class Bolus(Fact):
    """A single dose."""

    event = facts.BolusGiven
    drug = models.CharField(_("drug"), max_length=100)
    dose = models.TextField(_("dose"))

    class Meta(Fact.Meta):
        verbose_name = _("bolus")


class Infusion(Fact):
    """The external pump began to give these drugs at this rate."""

    event = facts.InfusionStarted
    beside = ("pump", "rate", "concentrations")
    drugs = models.JSONField(_("drugs"), blank=True, default=list)
    pump = models.CharField(_("external pump"), max_length=100)
    rate = models.TextField(_("rate"))
    concentrations = models.TextField(_("concentrations"))

    class Meta(Fact.Meta):
        verbose_name = _("infusion by the external pump")


class FlowRow(Fact):
    """A row of the flow sheet; what was not seen is empty."""

    event = facts.Observed
    beside = ("notes",)
    poss = models.CharField(
        _("sedation (POSS)"), max_length=2, choices=Sedation.choices, blank=True, default=""
    )
    respiratory_rate = models.IntegerField(_("breaths a minute"), null=True, blank=True)
    spo2 = models.IntegerField(_("SpO2 in percent"), null=True, blank=True)
    heart_rate = models.IntegerField(_("heart rate"), null=True, blank=True)
    spasticity = models.BooleanField(_("spasticity assessed"), default=False)
    pain = models.IntegerField(_("pain, 0 to 10"), null=True, blank=True)
    ashworth = models.CharField(_("modified Ashworth"), max_length=2, blank=True, default="")
    site = models.CharField(_("muscle"), max_length=100, blank=True, default="")
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("flow sheet")

    def events(self) -> Iterator[care.Event]:
        """The signs, and each score that was taken with them."""
        signs = ("poss", "respiratory_rate", "spo2", "heart_rate")
        yield self.as_event(
            self.event,
            **{name: getattr(self, name) for name in signs},
            spasticity=self.spasticity or bool(self.ashworth),
        )
        if self.pain is not None:
            yield self.as_event(facts.Measured, instrument="nrs", score=str(self.pain))
        if self.ashworth:
            yield self.as_event(
                facts.Measured, instrument="modified-ashworth", score=self.ashworth, site=self.site
            )


class Function(Fact):
    """Whether function was kept or better while the drug worked."""

    event = facts.FunctionAnswered
    beside = ("notes",)
    answer = models.CharField(_("kept or better"), max_length=10, choices=Answer.choices)
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("function in the trial")


class TrialStop(Fact):
    """The drug was stopped before the observation was over."""

    event = facts.TrialStopped
    reason = models.TextField(_("reason"))

    class Meta(Fact.Meta):
        verbose_name = _("trial stopped early")


class TrialEnd(Fact):
    """The trial catheter is out, its tip looked at; a trial by injections ends with this too."""

    event = facts.TrialCatheterRemoved
    beside = ("intact", "notes")
    intact = models.CharField(_("catheter intact"), max_length=10, choices=Answer.choices)
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("end of the trial")


class Decision(Beside):
    """What physician and patient decided after the trial; the gates do not read it."""

    proceeds = models.BooleanField(_("a permanent pump is wanted"))
    reason = models.TextField(_("reason"))

    class Meta(Beside.Meta):
        verbose_name = _("decision after the trial")
