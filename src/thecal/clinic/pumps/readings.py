"""A pump read off its vendor's programmer: a person's transcription as a fact of the pathway."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from thecal.care.file.facts import FIRST_YEAR, LAST_YEAR
from thecal.clinic.pathway.orders import Lines
from thecal.clinic.pathway.recording import Happened, records
from thecal.clinic.people.roles import Role
from thecal.clinic.pumps.models import Reading
from thecal.clinic.pumps.placed import another_pump
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Text
from thecal.clinic.record.refusals import ConflictError
from thecal.programmer.transcription.file import (
    FlexShown,
    MinimumRateShown,
    NoneShown,
    SimpleShown,
    StepShown,
    StoppedShown,
    Transcription,
    TranscriptionError,
    read_transcription_text,
)
from thecal.programmer.transcription.port import holding_of
from thecal.therapy.file.prescription import WEEKDAYS
from thecal.units import DOSE_RATE, VOLUME, exact_text

_MINUTES_A_DAY = 24 * 60


def _transcription(text: str) -> str:
    try:
        read_transcription_text(text, "shown")
    except TranscriptionError as error:
        raise ValueError(str(error)) from None
    return text


def _in_our_time(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}")
    return day


class ReadingOrder(Happened):
    """What the vendor's programmer showed; what it did not show is left out."""

    shown: Annotated[Text, AfterValidator(_transcription)] = Field(
        title="As the programmer showed it", description="A transcription, format 1."
    )
    stall_logged: bool | None = Field(
        default=None, title="Its log has a stall of the motor since the last reading"
    )
    recovery_logged: bool | None = Field(default=None, title="Its log has the recovery from it")
    replacement_indicated: bool | None = Field(
        default=None, title="The elective replacement indicator is up"
    )
    replace_by: Annotated[date, AfterValidator(_in_our_time)] | None = Field(
        default=None, title="It is to be replaced by"
    )
    alarms: Lines = Field(default=[], title="Alarms that sound", description="One on each line.")
    silent: bool | None = Field(default=None, title="No alarm sounds")

    @model_validator(mode="after")
    def _does_not_contradict_itself(self) -> Self:
        if self.silent and self.alarms:
            raise ValueError("either no alarm sounds, or those that are named")
        if self.recovery_logged and not self.stall_logged:
            raise ValueError("a recovery is logged, and no stall that it is from")
        return self


def _is_of_the_pump_in_place(doing: Doing, order: ReadingOrder) -> None:
    shown = read_transcription_text(order.shown, "shown").pump
    if why := another_pump(doing.patient, shown.model, shown.serial):
        raise ConflictError(why)


def _columns(order: ReadingOrder) -> Mapping[str, Any]:
    read = read_transcription_text(order.shown, "shown")
    program, dose = holding_of(read, None).program, daily_dose_ug(read)
    return {
        **order.model_dump(),
        "digest": program.digest if program else "",
        "running": not isinstance(read.program, StoppedShown | NoneShown),
        "reservoir": exact_text(read.reservoir.volume.value, VOLUME),
        "daily_dose": "" if dose is None else exact_text(dose, DOSE_RATE),
    }


def daily_dose_ug(read: Transcription) -> Fraction | None:
    """The week's mean dose of the primary drug, in µg a day; None where none is shown."""
    shown = read.program
    if isinstance(shown, StoppedShown | NoneShown):
        return Fraction(0)
    if isinstance(shown, MinimumRateShown):
        return None
    if isinstance(shown, SimpleShown):
        return shown.daily_dose.value
    return _mean_of_the_week(shown)


def _mean_of_the_week(shown: FlexShown) -> Fraction:
    days = {day: _day(one.steps) for one in shown.schedule for day in one.days or WEEKDAYS}
    return sum(days.values(), Fraction(0)) / len(days)


def _day(steps: tuple[StepShown, ...]) -> Fraction:
    ends = [*(one.at for one in steps[1:]), _MINUTES_A_DAY]
    parts = (
        one.rate.value * Fraction(end - one.at, _MINUTES_A_DAY)
        for one, end in zip(steps, ends, strict=True)
    )
    return sum(parts, Fraction(0))


record_reading = records(
    "pumps.record-reading",
    "Record what the vendor's programmer shows of the pump",
    Reading,
    ReadingOrder,
    {Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST},
    columns=_columns,
    before=_is_of_the_pump_in_place,
)
