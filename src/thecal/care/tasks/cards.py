"""What is told of tasks, questions and steps: the TOML files beside this one."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from thecal.care.facts import Risk
from thecal.care.result import Urgency
from thecal.units import Provenance


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TaskCard(_Strict):
    """One kind of task.

    Attributes:
        urgency: unless the facts make it more urgent.
        rules: that ask for it.
        closes: the fact that closes it.
    """

    code: str
    title: str = Field(min_length=1)
    urgency: Urgency
    rules: tuple[str, ...] = Field(min_length=1)
    closes: str = Field(min_length=1)


class Question(_Strict):
    """One question of the surveillance; a yes raises a task.

    Attributes:
        risk: which of the leaflet's it is about.
        raises: the task's code.
    """

    id: str
    risk: Risk
    text: str
    raises: str
    source: str = Field(min_length=1)
    provenance: Provenance


class Step(_Strict):
    """One step of the troubleshooting path.

    Attributes:
        needs_aspiration: whether it injects, and so needs a catheter that could be aspirated.
    """

    id: str
    text: str
    needs_aspiration: bool = False


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def task_cards() -> dict[str, TaskCard]:
    """Every kind of task by code."""
    cards = _table("tasks.toml")["task"]
    return {code: TaskCard(code=code, **table) for code, table in cards.items()}


@lru_cache(maxsize=1)
def surveillance_questions() -> dict[str, Question]:
    """The questions by id, in the order asked."""
    return {table["id"]: Question(**table) for table in _table("surveillance.toml")["question"]}


@lru_cache(maxsize=1)
def effect_steps() -> tuple[Step, ...]:
    """The steps of the troubleshooting path, in order."""
    return tuple(Step(**table) for table in _table("effect.toml")["step"])
