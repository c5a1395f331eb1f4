"""What a cohort study is: who, what they receive, when and where it is looked at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thecal.csf.anatomy.levels import level_position_cm
from thecal.csf.courses import Regimen
from thecal.csf.drugs.constants import constants
from thecal.csf.errors import CsfError
from thecal.csf.regimen import Bolus, Infusion
from thecal.csf.simulate import recorded_times

Array = NDArray[np.float64]
CHUNK = 256
"""Patients that are simulated and written together: a multiple of the vector lanes."""
MOST_PATIENTS = 10_000_000


class StudyError(CsfError):
    """A study that cannot be run, or is not the one on disk."""


@dataclass(frozen=True, slots=True)
class Study:
    """One cohort study; equal studies have equal results, whoever computes them.

    Attributes:
        patients: how many.
        seed: of the population; patient i is the same for every size of it.
        regimens: one, or two to be compared on the same people.
        hours: how long they are followed.
        step_h: how often they are looked at.
        levels: where the fluid is looked at.
    """

    patients: int
    seed: int
    regimens: tuple[Regimen, ...]
    hours: float
    step_h: float
    levels: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be run."""
        if not 1 <= self.patients <= MOST_PATIENTS:
            raise StudyError(f"{self.patients} patients; expected 1 to {MOST_PATIENTS}")
        if self.seed < 0:
            raise StudyError(f"a seed of {self.seed}; expected 0 or more")
        if len(self.regimens) not in (1, 2):
            raise StudyError(f"{len(self.regimens)} regimens; expected one, or two to compare")
        if not self.levels or len(set(self.levels)) < len(self.levels):
            raise StudyError("expected levels to look at, each once")
        for level in self.levels:
            level_position_cm(level)
        for regimen in self.regimens:
            constants(regimen.drug)
        recorded_times(None, self.hours, self.step_h)

    @property
    def times_h(self) -> Array:
        """(T,) when the fluid is looked at, from the course's hour 0."""
        return recorded_times(None, self.hours, self.step_h)

    @property
    def chunks(self) -> int:
        """How many chunks of patients."""
        return -(-self.patients // CHUNK)

    def chunk(self, index: int) -> range:
        """The patients of one chunk."""
        return range(index * CHUNK, min((index + 1) * CHUNK, self.patients))

    @property
    def digest(self) -> str:
        """SHA-256 of everything that decides the results, the drugs' constants included."""
        drugs = sorted({one.drug for one in self.regimens})
        known = {drug: constants(drug)[0].model_dump(mode="json") for drug in drugs}
        text = json.dumps([self.to_plain(), known], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_plain(self) -> dict[str, Any]:
        """Maps, lists, numbers and texts; an endless infusion ends at null."""
        values = asdict(self)
        for regimen in values["regimens"]:
            for one in regimen["infusions"]:
                one["edges_h"] = [edge if np.isfinite(edge) else None for edge in one["edges_h"]]
        return json_like(values)

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Study:
        """The study that :meth:`to_plain` gave.

        Raises:
            StudyError: it is none.
        """
        try:
            regimens = tuple(_regimen(one) for one in values["regimens"])
            rest = {**values, "regimens": regimens, "levels": tuple(values["levels"])}
            return cls(**rest)
        except (KeyError, TypeError) as error:
            raise StudyError(f"no cohort study: {error}") from error


def json_like(values: dict[str, Any]) -> dict[str, Any]:
    """The same with tuples as lists, as it comes back from JSON."""
    found: dict[str, Any] = json.loads(json.dumps(values))
    return found


def _regimen(values: Mapping[str, Any]) -> Regimen:
    infusions = tuple(
        Infusion(
            one["tip"],
            tuple(np.inf if edge is None else edge for edge in one["edges_h"]),
            tuple(one["rates_ug_per_h"]),
        )
        for one in values["infusions"]
    )
    boluses = tuple(Bolus(**one) for one in values["boluses"])
    return Regimen(**{**values, "infusions": infusions, "boluses": boluses})
