"""The transcription file: what the vendor's programmer showed, as a person wrote it down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from thecal import devices, formulary
from thecal.programmer.transcription.reading import Shown, shown
from thecal.therapy.file.prescription import WEEKDAYS, MinuteOfDay, Words
from thecal.therapy.file.strict_toml import FileError, FileKind, read_file, read_model, utf8
from thecal.therapy.file.toml_lines import line_of
from thecal.units import CONCENTRATION, DOSE_RATE, DURATION, FLOW, MASS, VOLUME, Kind

MOST_DOSES = 1440


def _read(kind: Kind) -> Callable[[object], Shown]:
    return lambda text: shown(text, kind)


ShownVolume = Annotated[Shown, PlainValidator(_read(VOLUME))]
ShownConcentration = Annotated[Shown, PlainValidator(_read(CONCENTRATION))]
ShownDose = Annotated[Shown, PlainValidator(_read(MASS))]
ShownDoseRate = Annotated[Shown, PlainValidator(_read(DOSE_RATE))]
ShownFlow = Annotated[Shown, PlainValidator(_read(FLOW))]
ShownDuration = Annotated[Shown, PlainValidator(_read(DURATION))]


def _placed(message: str, *path: str | int) -> PydanticCustomError:
    return PydanticCustomError("placed", "{message}", {"message": message, "path": path})


class _Table(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True
    )


class PumpShown(_Table):
    """Which pump the programmer had before it."""

    model: str
    serial: Words


class DrugShown(_Table):
    """One drug of the solution."""

    drug: str
    concentration: ShownConcentration


class ReservoirShown(_Table):
    """The reservoir as the programmer shows it; ``drugs`` is left out for one never filled."""

    volume: ShownVolume
    alarm_volume: ShownVolume
    drugs: Annotated[tuple[DrugShown, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _fluid_has_drugs(self) -> Self:
        names = [one.drug for one in self.drugs]
        for index, name in enumerate(names):
            if name in names[:index]:
                raise _placed(f"'{name}' is listed again; expected each drug once", "drugs", index)
        if self.volume.value > 0 and not names:
            raise _placed("a volume and no drugs; expected [[reservoir.drugs]]", "volume")
        return self


class StepShown(_Table):
    """From ``at`` on, this rate of the primary drug."""

    at: MinuteOfDay
    rate: ShownDoseRate


class ScheduleShown(_Table):
    """The steps of some days of the week (left out: every day)."""

    days: (
        Annotated[
            tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...],
            Field(min_length=1, strict=False),
        ]
        | None
    ) = None
    steps: Annotated[tuple[StepShown, ...], Field(min_length=1, strict=False)]

    @model_validator(mode="after")
    def _steps_ascend_from_midnight(self) -> Self:
        times = [step.at for step in self.steps]
        if times[0] != 0 or times != sorted(set(times)):
            raise _placed('expected steps that ascend from at = "00:00"', "steps")
        return self


class PrimingShown(_Table):
    """A priming bolus."""

    volume: ShownVolume
    duration: ShownDuration


class BridgeShown(_Table):
    """A bridge bolus: the pump's flow, and for how long."""

    rate: ShownFlow
    duration: ShownDuration


class PatientDoseShown(_Table):
    """The patient's own controller; ``dose`` is of the primary drug."""

    dose: ShownDose
    duration: ShownDuration
    lockout: ShownDuration
    max_per_day: int = Field(ge=1, le=MOST_DOSES)


def _none_or_table(value: object) -> str:
    return "a table" if isinstance(value, dict | BaseModel) else "none"


_Said = Discriminator(_none_or_table)
_None = Annotated[Literal["none"], Tag("none")]


class _Programmed(_Table):
    patient_dose: Annotated[Annotated[PatientDoseShown, Tag("a table")] | _None, _Said]
    priming: Annotated[Annotated[PrimingShown, Tag("a table")] | _None, _Said]
    bridge: Annotated[Annotated[BridgeShown, Tag("a table")] | _None, _Said]


class SimpleShown(_Programmed):
    """One constant rate."""

    mode: Literal["simple"]
    daily_dose: ShownDoseRate


class FlexShown(_Programmed):
    """Different rates at different times of day."""

    mode: Literal["flex"]
    schedule: Annotated[tuple[ScheduleShown, ...], Field(min_length=1, strict=False)]

    @model_validator(mode="after")
    def _week_is_covered_once(self) -> Self:
        days = [day for one in self.schedule for day in one.days or WEEKDAYS]
        if sorted(days) != sorted(WEEKDAYS):
            raise _placed("expected every day of the week in one schedule", "schedule")
        return self


class MinimumRateShown(_Programmed):
    """The rate that keeps the rotor turning."""

    mode: Literal["minimum-rate"]


class StoppedShown(_Table):
    """A program that delivers nothing."""

    mode: Literal["stopped"]


class NoneShown(_Table):
    """The programmer shows no program: a new pump, or one that was reset."""

    mode: Literal["none"]


ProgramShown = Annotated[
    SimpleShown | FlexShown | MinimumRateShown | StoppedShown | NoneShown,
    Field(discriminator="mode"),
]


def _first(value: object) -> int:
    if type(value) is not int or value != 1:
        raise ValueError(f"{value!r} is not a format that is known; expected transcription = 1")
    return value


def _local(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise ValueError(f"{value!r} is not a date with a time; expected 2026-03-02T10:05:00")
    return value


class Transcription(_Table):
    """One transcription file."""

    transcription: Annotated[int, PlainValidator(_first)]
    read_at: Annotated[datetime, PlainValidator(_local)]
    read_by: Words
    pump: PumpShown
    reservoir: ReservoirShown
    program: ProgramShown

    @model_validator(mode="after")
    def _doses_have_a_drug(self) -> Self:
        if isinstance(self.program, SimpleShown | FlexShown) and not self.reservoir.drugs:
            raise _placed("a program without drugs; expected [[reservoir.drugs]]", "reservoir")
        return self


class TranscriptionError(FileError):
    """A file that is not a transcription."""


_KIND = FileKind(
    "a transcription",
    "transcription = 1",
    "format 1",
    TranscriptionError,
    "program: expected mode = 'simple', 'flex', 'minimum-rate', 'stopped' or 'none'",
)


def read_transcription(path: Path) -> Transcription:
    """Read a transcription file.

    Raises:
        TranscriptionError: unreadable, or not a transcription; it names the line.
    """
    name = str(path)
    return read_transcription_text(utf8(read_file(path, _KIND), name, _KIND), name)


def read_transcription_text(text: str, name: str = "<transcription>") -> Transcription:
    """Read a transcription from TOML text.

    Raises:
        TranscriptionError: as :func:`read_transcription`.
    """
    made = read_model(text, name, Transcription, _KIND)
    named: list[tuple[tuple[str | int, ...], Callable[[str], Any], str]] = [
        (("pump", "model"), devices.pump, made.pump.model),
        *(
            (("reservoir", "drugs", index, "drug"), formulary.drug, one.drug)
            for index, one in enumerate(made.reservoir.drugs)
        ),
    ]
    for path, look_up, key in named:
        try:
            look_up(key)
        except KeyError as error:
            raise TranscriptionError(name, line_of(text, path), str(error)) from None
    return made
