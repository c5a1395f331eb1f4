"""The prescription: what a person orders, as exact quantities (schema 1 of the file format)."""

from __future__ import annotations

import re
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from thecal.units import CONCENTRATION, DOSE_RATE, DURATION, LENGTH, MASS, VOLUME, Kind, parse

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
VERTEBRAE = (
    *(f"C{number}" for number in range(1, 8)),
    *(f"T{number}" for number in range(1, 13)),
    *(f"L{number}" for number in range(1, 6)),
    *(f"S{number}" for number in range(1, 6)),
)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_OLDEST_YEARS = 130


def _positive(kind: Kind) -> PlainValidator:
    def read(text: Any) -> Fraction:
        value = parse(text, kind)
        if value <= 0:
            raise ValueError(f"{text!r} is not above zero; expected for example {kind.example!r}")
        return value

    return PlainValidator(read)


def _not_negative(kind: Kind) -> PlainValidator:
    return PlainValidator(lambda text: parse(text, kind))


def _placed(message: str, *path: str | int) -> PydanticCustomError:
    """An error about one value inside the table that is being read."""
    return PydanticCustomError("placed", "{message}", {"message": message, "path": path})


def _minute_of_day(text: object) -> int:
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'{text!r} is not a time of day; expected for example "07:00"')
    return int(match[1]) * 60 + int(match[2])


def _whole_seconds(text: object) -> int:
    seconds = parse(text, DURATION)
    if seconds < 1 or seconds.denominator != 1:
        raise ValueError(f"{text!r} is not a whole number of seconds; expected e.g. '10 min'")
    return int(seconds)


def _age(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not an age; expected a number of years such as 54")
    if not 0 <= value <= _OLDEST_YEARS:  # nan is in no range
        raise ValueError(f"this is not an age; expected 0 to {_OLDEST_YEARS} years")
    return Fraction(str(value))


def _vertebra(value: object) -> str:
    if value not in VERTEBRAE:
        raise ValueError(f"{value!r} is not a vertebral level; expected C1 to S5")
    return str(value)


def _first_schema(value: object) -> int:
    if type(value) is not int or value != 1:
        raise ValueError(f"{value!r} is not a schema that is known; expected schema = 1")
    return value


Dose = Annotated[Fraction, _positive(MASS)]
DoseRate = Annotated[Fraction, _positive(DOSE_RATE)]
StepRate = Annotated[Fraction, _not_negative(DOSE_RATE)]
Concentration = Annotated[Fraction, _positive(CONCENTRATION)]
Volume = Annotated[Fraction, _positive(VOLUME)]
AlarmVolume = Annotated[Fraction, _not_negative(VOLUME)]
Length = Annotated[Fraction, _positive(LENGTH)]
Seconds = Annotated[int, PlainValidator(_whole_seconds)]
MinuteOfDay = Annotated[int, PlainValidator(_minute_of_day)]
Age = Annotated[Fraction, PlainValidator(_age)]
Words = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=False)


class Indication(StrEnum):
    """What is treated."""

    PAIN = "pain"
    SPASTICITY = "spasticity"


class SpasticityOrigin(StrEnum):
    """Where the spasticity comes from; baclofen's steps depend on it."""

    SPINAL = "spinal"
    CEREBRAL = "cerebral"


class Patient(_Table):
    """What the checks need to know of the patient; None where the file does not say."""

    indication: Indication = Field(strict=False)
    spasticity_origin: SpasticityOrigin | None = Field(default=None, strict=False)
    opioid_tolerant: StrictBool | None = None
    psychosis_history: StrictBool | None = None
    age_years: Age | None = None

    @property
    def origin(self) -> SpasticityOrigin | None:
        """Where the spasticity that is treated comes from; None if pain is treated."""
        return self.spasticity_origin if self.indication is Indication.SPASTICITY else None


class PumpChoice(_Table):
    """The pump, by its catalogue key.

    Attributes:
        internal_tubing_ml: the figure that the clinic's own programmer or manual shows, where
            it should be compared or the catalogue has none.
    """

    model: str
    internal_tubing_ml: Volume | None = Field(default=None, alias="internal_tubing")


class CatheterChoice(_Table):
    """The catheter, by its catalogue key, as implanted."""

    model: str
    length_cm: Length | None = Field(default=None, alias="length")
    tip: Annotated[str, PlainValidator(_vertebra)]


class Ingredient(_Table):
    """One drug in a solution."""

    drug: str
    concentration_ug_per_ml: Concentration = Field(alias="concentration")


Ingredients = Annotated[tuple[Ingredient, ...], Field(min_length=1, strict=False)]


def _refuse_repeats(drugs: tuple[Ingredient, ...]) -> None:
    names = [one.drug for one in drugs]
    for index, name in enumerate(names):
        if name in names[:index]:
            message = f"'{name}' is listed again; expected each drug once"
            raise _placed(message, "drugs", index, "drug")


class FillOrder(_Table):
    """What is in the reservoir after this visit; the first drug is the primary one."""

    volume_ml: Volume = Field(alias="volume")
    alarm_volume_ml: AlarmVolume | None = Field(default=None, alias="alarm_volume")
    drugs: Ingredients

    @model_validator(mode="after")
    def _each_drug_once(self) -> Self:
        _refuse_repeats(self.drugs)
        return self


class Before(_Table):
    """What the path still holds, and the dose (of its first drug) that ran until now."""

    daily_dose_ug: StepRate = Field(alias="daily_dose")
    drugs: Ingredients

    @model_validator(mode="after")
    def _each_drug_once(self) -> Self:
        _refuse_repeats(self.drugs)
        return self


class PatientDoseOrder(_Table):
    """The patient's own controller; ``dose`` is of the primary drug."""

    dose_ug: Dose = Field(alias="dose")
    duration_s: Seconds = Field(alias="duration")
    lockout_s: Seconds = Field(alias="lockout")
    max_per_day: int = Field(ge=1, le=1440)


class StepOrder(_Table):
    """From ``at`` (minute of the day) on, this rate of the primary drug."""

    at_min: MinuteOfDay = Field(alias="at")
    rate_ug_per_day: StepRate = Field(alias="rate")


class ScheduleOrder(_Table):
    """The steps of some days of the week (None: every day)."""

    days: (
        Annotated[
            tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...],
            Field(min_length=1, strict=False),
        ]
        | None
    ) = None
    steps: Annotated[tuple[StepOrder, ...], Field(min_length=1, strict=False)]

    @model_validator(mode="after")
    def _steps_ascend_from_midnight(self) -> Self:
        times = [step.at_min for step in self.steps]
        if times[0] != 0:
            raise _placed(
                f'the first step is at {clock(times[0])}; expected at = "00:00"', "steps", 0
            )
        for index, (earlier, later) in enumerate(pairwise(times), start=1):
            if later == earlier:
                raise _placed(f"two steps at {clock(later)}; expected each once", "steps", index)
            if later < earlier:
                order = f"step at {clock(later)} stands after {clock(earlier)}"
                raise _placed(f"{order}; expected ascending times", "steps", index)
        return self


class _WithPatientDose(_Table):
    patient_dose: PatientDoseOrder | None = None


class Simple(_WithPatientDose):
    """One constant rate, as a dose of the primary drug per day."""

    mode: Literal["simple"]
    daily_dose_ug: DoseRate = Field(alias="daily_dose")


class Flex(_WithPatientDose):
    """Different rates at different times of day, and on different days."""

    mode: Literal["flex"]
    schedule: Annotated[tuple[ScheduleOrder, ...], Field(min_length=1, strict=False)]


class MinimumRate(_WithPatientDose):
    """The rate that keeps the rotor turning; not therapy."""

    mode: Literal["minimum-rate"]


class Stopped(_Table):
    """No delivery."""

    mode: Literal["stopped"]


Therapy = Annotated[Simple | Flex | MinimumRate | Stopped, Field(discriminator="mode")]


class Signature(_Table):
    """A person's answer to a ``confirm`` finding."""

    rule: str
    by: Words
    reason: Words


class Prescription(_Table):
    """One prescription file."""

    schema_version: Annotated[int, PlainValidator(_first_schema)] = Field(alias="schema")
    patient: Patient
    pump: PumpChoice
    catheter: CatheterChoice
    fill: FillOrder
    before: Before | None = None
    therapy: Therapy
    signed: Annotated[tuple[Signature, ...], Field(strict=False)] = ()

    @property
    def primary(self) -> Ingredient:
        """The drug in which doses are stated."""
        return self.fill.drugs[0]

    @property
    def patient_dose(self) -> PatientDoseOrder | None:
        """The patient's own doses, if ordered."""
        return None if isinstance(self.therapy, Stopped) else self.therapy.patient_dose


def clock(minute_of_day: int) -> str:
    """A minute of the day as ``HH:MM``."""
    return f"{minute_of_day // 60:02d}:{minute_of_day % 60:02d}"
