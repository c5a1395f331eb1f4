"""Which drug is labelled for which pump: ``labelling.toml``, beside this file.

It stands here because drugs know nothing of pumps, nor pumps of drugs.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from thecal.formulary import Drug
from thecal.therapy.file.prescription import Indication
from thecal.units import CONCENTRATION, Provenance, parse


class Labelling(BaseModel):
    """What is published of one drug in one family of pumps.

    Attributes:
        indication: the only one labelled, None where ``labelled`` is false.
        from_years: the least age, None where none is stated.
        concentrations: the lowest and highest named, None where none are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    drug: str
    family: str
    labelled: bool
    indication: Indication | None = None
    from_years: int | None = None
    concentrations: tuple[str, str] | None = None
    why: str
    source: str = Field(min_length=1)
    provenance: Provenance

    def objection(self, strength: Fraction, indication: Indication) -> str:
        """Why this use is off label, empty if it is not; ``strength`` in µg/mL."""
        if not self.labelled:
            return self.why
        if indication is not self.indication:
            return f"it is labelled for {self.indication}"
        if self.concentrations is not None:
            low, high = self.concentrations
            if not parse(low, CONCENTRATION) <= strength <= parse(high, CONCENTRATION):
                return f"the pump's labelling has it from {low} to {high}"
        return ""


@lru_cache(maxsize=1)
def labelling() -> tuple[Labelling, ...]:
    """All published pairs of drug and pump family."""
    text = files(__package__).joinpath("labelling.toml").read_text(encoding="utf-8")
    return tuple(Labelling(**table) for table in tomllib.loads(text)["labelling"])


@dataclass(frozen=True, slots=True)
class Status:
    """The label status of a drug in a pump for an indication; ``labelled`` None is unknown."""

    labelled: bool | None
    reason: str
    source: str
    provenance: Provenance
    from_years: int | None = None

    @classmethod
    def of(cls, drug: Drug, strength: Fraction, family: str, indication: Indication) -> Status:
        """The status of a drug at a strength in µg/mL, in a pump family, for an indication."""
        if drug.off_label is not None:
            return cls(False, drug.off_label.text, drug.off_label.source, drug.off_label.provenance)
        for one in labelling():
            if (one.drug, one.family) == (drug.name, family):
                reason = one.objection(strength, indication)
                return cls(
                    not reason, reason or one.why, one.source, one.provenance, one.from_years
                )
        return cls(None, "unknown", "none found", Provenance.FOUND)
