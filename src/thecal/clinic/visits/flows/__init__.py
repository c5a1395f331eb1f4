"""The flows, a module for each, entered in the order of care."""

from thecal.clinic.visits.engine import enter
from thecal.clinic.visits.flows import (
    assessment,
    effect,
    explant,
    first_fill,
    implant,
    mri,
    overnight,
    refill,
    replacement,
    trial,
    wound,
)

FLOWS = tuple(
    enter(one)
    for one in (
        assessment.FLOW,
        trial.FLOW,
        implant.FLOW,
        first_fill.FLOW,
        overnight.FLOW,
        wound.CHECK,
        wound.CLOSURES,
        refill.FLOW,
        effect.FLOW,
        mri.FLOW,
        replacement.FLOW,
        explant.FLOW,
    )
)
