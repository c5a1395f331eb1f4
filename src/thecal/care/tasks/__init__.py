"""The tasks: what is to be done, by when, why, and what closes it."""

from thecal.care.tasks import (
    observing,
    programming,
    refill,
    running,
    selection,
    service,
    surgery,
    trial,
)
from thecal.care.tasks.cards import (
    Question,
    Step,
    TaskCard,
    effect_steps,
    surveillance_questions,
    task_cards,
)
from thecal.care.tasks.raising import Scene, open_tasks

_ENTER_THEIR_TASKS = (
    observing,
    programming,
    refill,
    running,
    selection,
    service,
    surgery,
    trial,
)

__all__ = [
    "Question",
    "Scene",
    "Step",
    "TaskCard",
    "effect_steps",
    "open_tasks",
    "surveillance_questions",
    "task_cards",
]
