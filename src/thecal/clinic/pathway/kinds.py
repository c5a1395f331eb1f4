"""Kinds of open tasks by the list that has them.

The row of an open task says which list that is, so that each list is one range of an index.
"""

from __future__ import annotations

from enum import StrEnum

from thecal import care

OBSERVATIONS = frozenset(
    {
        "observation.next",
        "observation.interval",
        "observation.sedation",
        "observation.changeover",
        "screening.assess",
        "screening.next",
        "trial.measure",
        "refill.watch",
        "refill.overdose",
    }
)
"""What is done at the bedside now."""
REFILLS = frozenset({"refill", "refill.missed", "refill.unknown", "mri.refill"})
"""What a refill settles."""
ALARMS = frozenset(
    {
        "pump.alarm",
        "program.unknown",
        "program.mismatch",
        "mri.not-recovered",
        "mri.program-altered",
    }
)
"""What a pump asks for."""
OF_A_PUMP = frozenset({"pump.alarm", "program.unknown"})
"""Those of them that are shown by their pump."""


class Worklist(StrEnum):
    """The list that has a task beside those of all tasks."""

    OBSERVATIONS = "observations"
    REFILLS = "refills"
    OF_A_PUMP = "of-a-pump"
    OTHERS = "others"


_LISTS = {
    **dict.fromkeys(OBSERVATIONS, Worklist.OBSERVATIONS),
    **dict.fromkeys(REFILLS, Worklist.REFILLS),
    **dict.fromkeys(OF_A_PUMP, Worklist.OF_A_PUMP),
}


def worklist_of(code: str) -> Worklist:
    """The list that has tasks of a kind."""
    return _LISTS.get(code, Worklist.OTHERS)


def calls(code: str, urgency: care.Urgency) -> bool:
    """Whether a task calls somebody at once: an emergency, or what a pump asks for.

    Not where its pump stands in sight and says the same.
    """
    asks = urgency is care.Urgency.EMERGENCY or code in ALARMS
    return asks and code not in OF_A_PUMP
