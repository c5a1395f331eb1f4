"""Entries of selection."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.care import facts
from thecal.care.facts import Criterion
from thecal.clinic.pathway.facts import Fact
from thecal.clinic.pathway.words import AgentClass, Answer, Procedure


class Referral(Fact):
    """The patient was sent here."""

    event = facts.Referred
    beside = ("referred_by", "question")
    referred_by = models.CharField(_("referred by"), max_length=200)
    question = models.TextField(_("why"))

    class Meta(Fact.Meta):
        verbose_name = _("referral")


class Candidacy(Fact):
    """The indications, each answered; ``contraindications`` says which there are."""

    event = facts.CandidacyAnswered
    conservative_therapy_failed = models.CharField(
        _("more conservative therapies have failed"), max_length=10, choices=Answer.choices
    )
    no_further_surgery = models.CharField(
        _("further surgery is not indicated or not possible"), max_length=10, choices=Answer.choices
    )
    no_untreated_habituation = models.CharField(
        _("no serious untreated drug habituation"), max_length=10, choices=Answer.choices
    )
    no_contraindication = models.CharField(
        _("no contraindication to implantation"), max_length=10, choices=Answer.choices
    )
    contraindications = models.TextField(_("contraindications"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("indications")

    def events(self) -> Iterator[care.Event]:
        """An answer to each."""
        for one in Criterion:
            said = getattr(self, one.value.replace("-", "_"))
            yield self.as_event(self.event, criterion=one.value, answer=said)


class Consent(Fact):
    """The patient agreed, after these risks were discussed."""

    event = facts.Consented
    beside = ("discussed_by", "notes")
    procedure = models.CharField(_("to"), max_length=20, choices=Procedure.choices)
    risks = models.JSONField(_("risks discussed"), blank=True, default=list)
    discussed_by = models.CharField(_("discussed by"), max_length=200)
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("consent")


class ConsentWithdrawal(Fact):
    """The patient no longer agrees."""

    event = facts.ConsentWithdrawn
    procedure = models.CharField(_("to"), max_length=20, choices=Procedure.choices)

    class Meta(Fact.Meta):
        verbose_name = _("consent withdrawn by the patient")


class BloodReview(Fact):
    """What thins the blood was asked for: every agent that the patient takes."""

    event = facts.AnticoagulantsReviewed
    taken = models.JSONField(_("taken"), blank=True, default=list)

    class Meta(Fact.Meta):
        verbose_name = _("review of what thins the blood")


class Anticoagulant(Fact):
    """An agent that the patient takes."""

    event = facts.AnticoagulantTaken
    agent = models.CharField(_("agent"), max_length=200)
    agent_class = models.CharField(_("kind"), max_length=20, choices=AgentClass.choices)
    half_life = models.TextField(_("half-life"), blank=True, default="")

    class Meta(Fact.Meta):
        verbose_name = _("agent that thins the blood")


class AnticoagulantStop(Fact):
    """The last dose of an agent."""

    event = facts.AnticoagulantStopped
    agent = models.CharField(_("agent"), max_length=200)

    class Meta(Fact.Meta):
        verbose_name = _("last dose of an agent")


class Inr(Fact):
    """The INR, and whether it is normal; ``value`` as the laboratory wrote it."""

    event = facts.InrMeasured
    beside = ("value",)
    normal = models.BooleanField(_("normal"))
    value = models.TextField(_("INR"))

    class Meta(Fact.Meta):
        verbose_name = _("INR")


class CareEnd(Fact):
    """The clinic's care ended."""

    event = facts.Ended
    reason = models.TextField(_("reason"))

    class Meta(Fact.Meta):
        verbose_name = _("end of care")
