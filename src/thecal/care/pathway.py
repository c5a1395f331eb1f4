"""Follow a patient: every fact until an instant in; stage, gates, tasks and notes out."""

from __future__ import annotations

from datetime import datetime

from thecal.care.facts import History
from thecal.care.facts.history import in_utc
from thecal.care.gates import course, judge_gates
from thecal.care.notes import notes_of
from thecal.care.result import Pathway
from thecal.care.settings import PUBLISHED, Settings
from thecal.care.stage import stage_of
from thecal.care.tasks import Scene, open_tasks


def follow(history: History, now: datetime, settings: Settings = PUBLISHED) -> Pathway:
    """Everything that the facts say at one instant.

    Args:
        history: every fact that stands; those after ``now`` do not count.
        now: aware.
        settings: the figures in force.

    Raises:
        ValueError: ``now`` has no time zone, or a score is none of its instrument.
    """
    now = in_utc(now)
    gates = judge_gates(history, now, settings)
    scene = Scene(course(history, now), history.until(now), now, settings, gates)
    return Pathway(now, stage_of(scene), tuple(gates.values()), open_tasks(scene), notes_of(scene))
