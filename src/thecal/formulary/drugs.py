"""Read the drugs: one TOML file for each, in ``drugs/`` beside this file.

Limits come in layers that are never mixed: the US label, the consensus (PACC, by version) and
the hard cap. What nobody published is absent, and whoever needs it says so.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from thecal.units import (
    CONCENTRATION,
    DOSE_RATE,
    INTERVAL,
    MASS,
    PERCENT,
    ConcentrationFigure,
    IntervalFigure,
    Kind,
    Provenance,
    UnitError,
    parse,
)
from thecal.units.quantity import AGE, show


class UnknownDrugError(KeyError):
    """No such drug in the formulary; the message lists those there are."""

    def __str__(self) -> str:
        """The message without the quotes that KeyError puts around it."""
        return str(self.args[0])


class DrugClass(StrEnum):
    """What kind of drug it is."""

    OPIOID = "opioid"
    GABA_B_AGONIST = "GABA-B agonist"
    LOCAL_ANAESTHETIC = "local anaesthetic"
    ALPHA_2_AGONIST = "alpha-2 agonist"
    CALCIUM_CHANNEL_BLOCKER = "N-type calcium channel blocker"


class Layer(StrEnum):
    """Whose limit it is."""

    LABEL = "label"
    CONSENSUS = "consensus"
    HARD = "hard"
    """The project's own cap: derived as the highest figure published in any layer or version."""


class Bound(StrEnum):
    """What passing the limit means."""

    RECOMMENDED = "recommended"
    """A person may go beyond it with a signed reason."""
    ABSOLUTE = "absolute"
    """Nobody may."""


class LimitOf(StrEnum):
    """What is limited."""

    DAILY_DOSE = "daily-dose"
    START_DOSE = "start-dose"
    CONCENTRATION = "concentration"
    TRIAL_BOLUS = "trial-bolus"
    NAIVE_BOLUS = "naive-bolus"
    SCREENING_BOLUS = "screening-bolus"
    STEP_INCREASE = "step-increase"
    """An increase in one step, as a dose per day."""
    DAILY_INCREASE = "daily-increase"
    """An increase from one day to the next, in percent."""
    REFILL_INCREASE = "refill-increase"
    """An increase at a refill, in percent."""
    DECREASE = "decrease"
    """A decrease in one step, in percent."""
    STEP_INTERVAL = "step-interval"
    """The time from one increase to the next."""
    SCREENING_INTERVAL = "screening-interval"
    """The time from one screening bolus to the next."""
    START_SHARE = "start-share"
    """The first daily dose as a share of the screening bolus that worked, in percent."""
    AGE = "age"


class Who(StrEnum):
    """For whom the limit is meant."""

    EVERYONE = "everyone"
    OPIOID_NAIVE = "opioid-naive"
    OPIOID_TOLERANT = "opioid-tolerant"
    SPINAL = "spinal"
    CEREBRAL = "cerebral"
    CHILD = "child"


KIND_OF: dict[LimitOf, Kind] = {
    LimitOf.DAILY_DOSE: DOSE_RATE,
    LimitOf.START_DOSE: DOSE_RATE,
    LimitOf.CONCENTRATION: CONCENTRATION,
    LimitOf.TRIAL_BOLUS: MASS,
    LimitOf.NAIVE_BOLUS: MASS,
    LimitOf.SCREENING_BOLUS: MASS,
    LimitOf.STEP_INCREASE: DOSE_RATE,
    LimitOf.DAILY_INCREASE: PERCENT,
    LimitOf.REFILL_INCREASE: PERCENT,
    LimitOf.DECREASE: PERCENT,
    LimitOf.STEP_INTERVAL: INTERVAL,
    LimitOf.SCREENING_INTERVAL: INTERVAL,
    LimitOf.START_SHARE: PERCENT,
    LimitOf.AGE: AGE,
}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Limit(_Strict):
    """One published limit; ``low`` and ``high`` are texts with units, either may be absent.

    Attributes:
        version: which edition of the source, for example ``PACC 2017``.
        current: False for an earlier edition, which informs but does not decide.
        meaning: what the source says of it, in our words.
    """

    of: LimitOf
    layer: Layer
    bound: Bound
    who: Who = Who.EVERYONE
    low: str | None = None
    high: str | None = None
    version: str = Field(min_length=1)
    current: bool = True
    source: str = Field(min_length=1)
    provenance: Provenance
    meaning: str = ""

    @model_validator(mode="after")
    def _units_and_order(self) -> Self:
        low, high = self.low_value, self.high_value
        if low is None and high is None:
            raise UnitError(f"a limit of {self.of} has neither low nor high")
        if low is not None and high is not None and low > high:
            raise UnitError(f"a limit of {self.of} has low {self.low} above high {self.high}")
        return self

    @property
    def kind(self) -> Kind:
        """The kind of quantity limited."""
        return KIND_OF[self.of]

    @property
    def low_value(self) -> Fraction | None:
        """The lower end, exact, in ``kind.unit``."""
        return None if self.low is None else parse(self.low, self.kind)

    @property
    def high_value(self) -> Fraction | None:
        """The upper end, exact, in ``kind.unit``."""
        return None if self.high is None else parse(self.high, self.kind)


class Statement(_Strict):
    """A sourced statement that is not a number."""

    text: str = Field(min_length=1)
    source: str = Field(min_length=1)
    provenance: Provenance


class Product(_Strict):
    """A marketed strength labelled for intrathecal use."""

    name: str
    concentration: ConcentrationFigure
    for_pump: bool = True


class Stability(_Strict):
    """How long the drug may stay in a pump.

    Attributes:
        days: the longest interval.
        when: which fill it applies to.
        result: what the source found, in our words.
    """

    days: IntervalFigure
    when: str = Field(default="always", pattern="^(always|first-fill|diluted|undiluted)$")
    result: str = ""


class Drug(_Strict):
    """One drug; what nobody published is None.

    Attributes:
        shown_in: the unit that the field gives its doses in; people are shown no other.
        rxnorm: the ingredient's code.
        notes: other sourced facts, for whoever reads the formulary.
    """

    name: str
    drug_class: DrugClass
    shown_in: Literal["mg", "ug"]
    labelled_for: Statement | None = None
    off_label: Statement | None = None
    do_not_mix: Statement | None = None
    psychosis: Statement | None = None
    site: Statement | None = None
    observation: Statement | None = None
    first_fill: Statement | None = None
    undiluted_concentration: ConcentrationFigure | None = None
    granuloma_concentration: ConcentrationFigure | None = None
    precipitation_concentration: ConcentrationFigure | None = None
    withdrawal: Statement | None = None
    overdose: Statement | None = None
    rxnorm: Statement | None = None
    notes: tuple[Statement, ...] = ()
    products: tuple[Product, ...] = ()
    stability: tuple[Stability, ...] = ()
    limits: tuple[Limit, ...] = ()

    def show(self, value: Fraction | int | float, kind: Kind, digits: int = 4) -> str:
        """Write a value for a person: a dose or concentration of this drug in its own unit.

        Args:
            value: in ``kind.unit``.
            kind: what it is; a kind that is no amount of drug is shown as ever.
            digits: significant figures.
        """
        return show(value, kind, digits, unit=self.shown_in if kind.larger else None)

    def limits_of(
        self,
        of: LimitOf,
        *,
        layer: Layer | None = None,
        who: tuple[Who, ...] = (Who.EVERYONE,),
        current: bool = True,
    ) -> tuple[Limit, ...]:
        """The limits of one thing that apply to one of ``who``; earlier editions on demand."""
        return tuple(
            limit
            for limit in self.limits
            if limit.of is of
            and limit.who in who
            and (layer is None or limit.layer is layer)
            and (limit.current or not current)
        )


@lru_cache(maxsize=1)
def drugs() -> dict[str, Drug]:
    """All drugs by name, in alphabetical order."""
    folder = files(__package__).joinpath("drugs")
    read = [
        Drug(**tomllib.loads(entry.read_text(encoding="utf-8")))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    ]
    return {drug.name: drug for drug in sorted(read, key=lambda drug: drug.name)}


def drug(name: str) -> Drug:
    """The drug of a name such as ``morphine``.

    Raises:
        UnknownDrugError: no such drug.
    """
    if name not in drugs():
        raise UnknownDrugError(f"unknown drug '{name}'; expected one of: {', '.join(drugs())}")
    return drugs()[name]
