"""The choices of the pathway's entries in words; their values are those of ``care``."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Treated(TextChoices):
    """What is treated."""

    PAIN = "pain", _("Pain")
    SPASTICITY = "spasticity", _("Spasticity")


class Origin(TextChoices):
    """Where spasticity comes from."""

    SPINAL = "spinal", _("Spinal")
    CEREBRAL = "cerebral", _("Cerebral")


class Answer(TextChoices):
    """What is known of a question."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


class Procedure(TextChoices):
    """What is consented to and scheduled."""

    TRIAL = "trial", _("Trial")
    IMPLANT = "implant", _("Permanent pump")
    REPLACEMENT = "replacement", _("Replacement of the pump")
    EXPLANT = "explant", _("Removal of the pump")
    REFILL = "refill", _("Refill")


class Risk(TextChoices):
    """The three risks to discuss."""

    INFECTION = "infection", _("Infection")
    GRANULOMA = "granuloma", _("Granuloma")
    PARALYSIS = "paralysis", _("Paralysis")


class AgentClass(TextChoices):
    """How an agent's pause is counted."""

    DIRECT = "direct", _("Direct oral anticoagulant")
    WARFARIN = "warfarin", _("Warfarin")
    CLOPIDOGREL = "clopidogrel", _("Clopidogrel")
    OTHER = "other", _("Another")


class Method(TextChoices):
    """How a trial gives its drug."""

    CATHETER = "catheter", _("Tunnelled catheter and external pump")
    BOLUS = "bolus", _("Single injections")


class Sedation(TextChoices):
    """The levels of the POSS; an order, no numbers."""

    ASLEEP = "S", "S"
    ONE = "1", "1"
    TWO = "2", "2"
    THREE = "3", "3"
    FOUR = "4", "4"


class Measure(TextChoices):
    """How the skin is prepared."""

    DECOLONISED = "decolonised", _("Decolonised")
    CHLORHEXIDINE = "chlorhexidine", _("Chlorhexidine")


class Anaesthesia(TextChoices):
    """Of the operation."""

    GENERAL = "general", _("General")
    SPINAL = "spinal", _("Spinal")
    LOCAL = "local", _("Local")


class Pocket(TextChoices):
    """Where the pump lies."""

    ABDOMINAL = "abdominal", _("Abdominal, under the skin")
    OTHER = "other", _("Elsewhere")


class Side(TextChoices):
    """On which side of the patient, as the patient says it."""

    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")


class Closure(TextChoices):
    """What closes the wound."""

    STAPLES = "staples", _("Staples")
    STITCHES = "stitches", _("Stitches")
    ABSORBABLE = "absorbable", _("Stitches that need no removing")


class StepResult(TextChoices):
    """What a step of the search for a lost effect came to."""

    NORMAL = "normal", _("Normal")
    ABNORMAL = "abnormal", _("Abnormal")
    FAILED = "failed", _("It could not be done")


class Harm(TextChoices):
    """What harm came to the patient."""

    INFECTION = "infection", _("Infection")
    GRANULOMA = "granuloma", _("Granuloma")
    PARALYSIS = "paralysis", _("Paralysis")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    OVERDOSE = "overdose", _("Overdose")
    OTHER = "other", _("Another")


class Grade(TextChoices):
    """How bad a side effect is; an order, no number."""

    NONE = "none", _("None")
    MILD = "mild", _("Mild")
    MODERATE = "moderate", _("Moderate")
    SEVERE = "severe", _("Severe")


class Change(TextChoices):
    """Against before treatment."""

    WORSE = "worse", _("Worse")
    SAME = "same", _("The same")
    BETTER = "better", _("Better")


class StageName(TextChoices):
    """The stages of the pathway, in a few words."""

    SELECTION = "selection", _("Being selected")
    READY_FOR_TRIAL = "ready-for-trial", _("Ready for a trial")
    TRIAL_SCHEDULED = "trial-scheduled", _("Trial scheduled")
    IN_TRIAL = "in-trial", _("In the trial")
    DECISION = "decision", _("Decision due")
    IMPLANT_SCHEDULED = "implant-scheduled", _("Operation scheduled")
    IN_HOSPITAL = "in-hospital", _("In hospital")
    HEALING = "healing", _("Wound healing")
    FOLLOW_UP = "follow-up", _("Followed up")
    LOST_EFFECT = "lost-effect", _("Effect lost")
    END_OF_SERVICE = "end-of-service", _("End of the pump's life")
    EXPLANTED = "explanted", _("Pump taken out")
    NOT_A_CANDIDATE = "not-a-candidate", _("No candidate")
    ENDED = "ended", _("Care ended")


def stage_name(name: str) -> str:
    """A stage as lists name it; of the empty one nothing is recorded yet."""
    return str(StageName(name).label) if name else gettext("Nothing recorded yet")
