"""Steps that come before every operation: consent, blood, skin, antibiotic."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from thecal.clinic.implants.models import Antibiotic, Preparation
from thecal.clinic.pathway.words import Procedure
from thecal.clinic.selection.models import (
    Anticoagulant,
    AnticoagulantStop,
    BloodReview,
    Consent,
    Inr,
)
from thecal.clinic.visits.flows.occasions import Occasion
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.steps import Step, by_requirements

Look = Callable[[Scene], Occasion]


def consent(procedure: Procedure, look: Look) -> Step:
    """Consent after the three risks were discussed."""
    return Step(
        "consent",
        _("Discuss the three risks; obtain consent"),
        _(
            "Infection, granuloma and paralysis are discussed before the patient agrees. Tick each"
            " one that was; the step is done when all three were."
        ),
        ("selection.record-consent",),
        by_requirements(
            f"consent.{procedure.value}",
            f"consent.{procedure.value}-risks",
            kinds=(Consent,),
            since=lambda scene: look(scene).since,
            before=lambda scene: look(scene).carried_out,
            procedure=procedure,
        ),
        fixed={"procedure": procedure.value},
    )


def blood(look: Look) -> Step:
    """What thins the blood, and for how long it was stopped."""
    return Step(
        "blood",
        _("Ask what thins the blood"),
        _(
            "Review every agent, also if there is none. For each one enter its kind, and its last"
            " dose; a direct agent needs its half-life from its label, warfarin an INR. The step is"
            " done when nothing thins the blood or each was stopped long enough ago."
        ),
        (
            "selection.review-anticoagulants",
            "selection.record-anticoagulant",
            "selection.record-last-dose",
            "selection.record-inr",
        ),
        by_requirements(
            "anticoagulation.clear",
            kinds=(BloodReview, Anticoagulant, AnticoagulantStop, Inr),
            since=lambda scene: look(scene).since,
            before=lambda scene: look(scene).carried_out,
            says=False,
        ),
        panel="requirement-blood",
    )


def skin(look: Look) -> Step:
    """Both preparations of the skin."""
    return Step(
        "skin",
        _("Prepare the skin"),
        _("Decolonise the patient, and prepare the skin with chlorhexidine: enter each as done."),
        ("implants.record-preparation",),
        by_requirements(
            "skin.prepared",
            kinds=(Preparation,),
            since=lambda scene: look(scene).since,
            before=lambda scene: look(scene).carried_out,
        ),
    )


def antibiotic(procedure: Procedure, look: Look) -> Step:
    """The dose before the incision, which lapses when the incision comes late."""
    return Step(
        "antibiotic",
        _("Give the antibiotic before the incision"),
        _(
            "As the clinic's protocol has it, within its time before the incision. If the start is"
            " delayed beyond that, the step opens again."
        ),
        ("implants.record-antibiotic",),
        by_requirements(
            f"{procedure.value}.antibiotic",
            kinds=(Antibiotic,),
            since=lambda scene: look(scene).since,
            before=lambda scene: look(scene).carried_out,
            before_incision=True,
        ),
        fixed={"before_incision": "yes", "is_last": "no"},
    )
