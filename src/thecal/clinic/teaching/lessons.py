"""What can be done on the bench, what to look for, and the lessons: the TOML file beside this."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Button(_Strict):
    """Something to do.

    Attributes:
        act: as ``thecal pump`` calls it; ``text`` is what it takes.
        title: on the button.
        look: what to look for afterwards.
    """

    act: str
    text: str = ""
    title: str = Field(min_length=1)
    look: str = Field(min_length=1)


class Lesson(_Strict):
    """A lesson.

    Attributes:
        key: its name.
        asks: the question that it answers.
        learn: what it shows.
        source: whose hazard or rule it is about.
    """

    key: str
    title: str = Field(min_length=1)
    asks: str = Field(min_length=1)
    learn: str = Field(min_length=1)
    source: str = Field(min_length=1)
    step: tuple[Button, ...] = Field(min_length=2)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("lessons.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def buttons() -> tuple[Button, ...]:
    """Everything that a button does."""
    return tuple(Button(**one) for one in _table()["button"])


@lru_cache(maxsize=1)
def lessons() -> tuple[Lesson, ...]:
    """Every lesson, the gentlest first."""
    return tuple(Lesson(**one) for one in _table()["lesson"])
