"""How often a patient is observed, by drug: ``schedules.toml``, beside this file."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, model_validator

from thecal.care.result import Source
from thecal.units import DURATION, Provenance, parse

_SHORTEST_S, _LONGEST_S = 60, 86_400 * 366


def _elapsed(text: object) -> timedelta:
    value = parse(text, DURATION)
    if not _SHORTEST_S <= value <= _LONGEST_S:
        raise ValueError(f"{text!r} is out of range; expected from 1 min to 366 days")
    return timedelta(seconds=float(value))


Elapsed = Annotated[timedelta, PlainValidator(_elapsed)]


class Step(BaseModel):
    """Observe this often until so long after the dose; ``until`` None: to the end of the stay."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: Elapsed
    until: Elapsed | None = None


class Schedule(BaseModel):
    """The intervals after a first dose of one drug.

    Attributes:
        signs: what is looked at.
        own: whether it is the clinic's own.
        published: the source of the published one beside it, if there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    drug: str
    rule: str = "practice.monitoring"
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    signs: tuple[str, ...] = ()
    source: str = "the clinic's own figure"
    provenance: Provenance = Provenance.ASSUMED
    own: bool = False
    published: str = ""

    @model_validator(mode="after")
    def _steps_ascend_and_last(self) -> Self:
        ends = [step.until for step in self.steps[:-1]]
        if None in ends or any(a >= b for a, b in pairwise(end for end in ends if end)):
            raise ValueError("steps ascend, and only the last may be without 'until'")
        return self

    def every(self, since_dose: timedelta) -> timedelta | None:
        """The interval in force so long after the dose; None when the schedule is over."""
        for step in self.steps:
            if step.until is None or since_dose < step.until:
                return step.every
        return None

    def instants(self, length: timedelta) -> tuple[timedelta, ...]:
        """Every planned observation of a stay of this length, as time after the dose."""
        planned: list[timedelta] = []
        here = timedelta(0)
        while (gap := self.every(here)) is not None and here + gap <= length:
            here += gap
            planned.append(here)
        return tuple(planned)

    def __str__(self) -> str:
        """For a person: every interval and how long it is in force."""
        return ", then ".join(
            f"every {_hours(step.every)}" + (f" until {_hours(step.until)}" if step.until else "")
            for step in self.steps
        )

    def as_source(self) -> Source:
        """Where it comes from, for a result."""
        return Source(
            self.rule,
            self.source,
            self.provenance,
            str(self),
            self.own,
            self.published or "nothing",
        )


class Screening(BaseModel):
    """What is looked at after a screening dose.

    Attributes:
        closely_for: how long the patient is watched closely; no interval is published.
        times: how often the sign is assessed.
        within: in this time after the dose.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    drug: str
    rule: str
    closely_for: Elapsed
    times: int = Field(ge=1)
    within: Elapsed
    sign: str
    source: str
    provenance: Provenance

    def as_source(self) -> Source:
        """Where it comes from, for a result."""
        figure = (
            f"{self.sign} {self.times} times within {_hours(self.within)}; "
            f"closely for {_hours(self.closely_for)}"
        )
        return Source(self.rule, self.source, self.provenance, figure)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    schedule: tuple[Schedule, ...]
    screening: tuple[Screening, ...]


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:g} h"


@lru_cache(maxsize=1)
def _file() -> _File:
    text = files(__package__).joinpath("schedules.toml").read_text(encoding="utf-8")
    return _File(**tomllib.loads(text))


def schedules() -> dict[str, Schedule]:
    """The published schedules by drug."""
    return {one.drug: one for one in _file().schedule}


def screenings() -> dict[str, Screening]:
    """What is published of screening, by drug."""
    return {one.drug: one for one in _file().screening}
