"""The psychological assessment, without which nothing is scheduled, and the psychiatric one."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.care import facts
from thecal.clinic.pathway.facts import Beside, Fact
from thecal.clinic.people.roles import Role


class Clearance(models.TextChoices):
    """What the neuropsychologist concluded."""

    CLEARED = "cleared", _("Cleared")
    CONDITIONAL = "conditional", _("Cleared once the conditions are met")
    NOT_CLEARED = "not-cleared", _("Not cleared")


_OUTCOMES = {
    Clearance.CLEARED: facts.Assessment.CLEARED,
    Clearance.CONDITIONAL: facts.Assessment.UNDECIDED,
    Clearance.NOT_CLEARED: facts.Assessment.NOT_CLEARED,
}
"""A clearance that hangs on conditions is none until an assessment says that they are met."""


class PsychologicalAssessment(Fact):
    """An assessment by a neuropsychologist; its day is ``happened_at``."""

    event = facts.PsychologicalAssessment
    clearance = models.CharField(_("conclusion"), max_length=20, choices=Clearance.choices)
    conditions = models.TextField(_("conditions"), blank=True, default="")
    untreated_habituation = models.BooleanField(_("serious untreated drug habituation"))
    summary = models.TextField(_("summary"))

    class Meta(Fact.Meta):
        verbose_name = _("psychological assessment")

    def events(self) -> Iterator[care.Event]:
        """The assessment; and that habituation stands against a pump, where it was found."""
        yield self.as_event(
            self.event,
            by_neuropsychologist=self.recorded_role == Role.NEUROPSYCHOLOGIST,
            outcome=_OUTCOMES[Clearance(self.clearance)].value,
        )
        if self.untreated_habituation:
            criterion = facts.Criterion.NO_UNTREATED_HABITUATION.value
            yield self.as_event(facts.CandidacyAnswered, criterion=criterion, answer="no")


class PsychiatricAssessment(Beside):
    """An assessment by a psychiatrist, as their letter has it; it clears nobody."""

    psychiatrist = models.CharField(_("psychiatrist"), max_length=200)
    finding = models.TextField(_("finding"))
    recommendation = models.TextField(_("recommendation"), blank=True, default="")

    class Meta(Beside.Meta):
        verbose_name = _("psychiatric assessment")
