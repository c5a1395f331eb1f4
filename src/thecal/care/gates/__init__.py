"""The gates: which steps may be taken, what each requires, and what would open it."""

from thecal.care.gates import mri, port, programming, refill, selection, surgery, trial
from thecal.care.gates.cards import (
    GateCard,
    RequirementCard,
    gate_cards,
    requirement_cards,
    requirements_of,
)
from thecal.care.gates.judging import course, entered, judge_gate, judge_gates, reads_of

_ENTER_THEIR_REQUIREMENTS = (mri, port, programming, refill, selection, surgery, trial)

__all__ = [
    "GateCard",
    "RequirementCard",
    "course",
    "entered",
    "gate_cards",
    "judge_gate",
    "judge_gates",
    "reads_of",
    "requirement_cards",
    "requirements_of",
]
