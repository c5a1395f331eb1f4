"""The manual port: a person keys the program in at the vendor's programmer and reads it off.

A screen shows rounded figures. Where one agrees with what was wanted, to its last digit, the pump
is taken to hold what was wanted; where it does not, the pump holds what was read.
"""

from __future__ import annotations

from fractions import Fraction

from thecal import formulary
from thecal.programmer.session.port import LinkLostError, Reading
from thecal.programmer.transcription.file import (
    BridgeShown,
    FlexShown,
    MinimumRateShown,
    NoneShown,
    PatientDoseShown,
    PrimingShown,
    SimpleShown,
    StepShown,
    Transcription,
)
from thecal.programmer.transcription.reading import Shown
from thecal.pump.holding import Holding
from thecal.pump.language import (
    DAYS_PER_WEEK,
    PL_PER_ML,
    Accepted,
    Bolus,
    Bridge,
    DaySchedule,
    Fill,
    Mode,
    PatientDose,
    Program,
    Refused,
    Step,
    Update,
)
from thecal.therapy.file.prescription import WEEKDAYS
from thecal.therapy.solution_labels import label, strengths

REVISION = 0
"""A vendor's programmer shows no count of changes."""


class ManualPort:
    """A pump that is read off a screen, before and after a person programs it."""

    def __init__(self, before: Transcription, after: Transcription | None) -> None:
        """Take the readings; without ``after`` the pump can only be reviewed."""
        self._before, self._after = before, after
        self._wanted: Holding | None = None

    def read(self) -> Reading:
        """What the screen shows: before anything was sent, or after."""
        if self._wanted is None:
            return Reading(holding_of(self._before, None))
        if self._after is None:
            raise LinkLostError("nobody has read the pump since", sent=True)
        return Reading(holding_of(self._after, self._wanted))

    def send(self, command: Update) -> Accepted:
        """A person has keyed it in."""
        self._wanted = holding_of(self._before, None).after(command)
        return Accepted(command.command_id, self._wanted.revision)

    def end(self) -> Refused | None:
        """The vendor's programmer ends its own session."""
        return None


def holding_of(read: Transcription, wanted: Holding | None) -> Holding:
    """The settings of a pump as they were read; ``wanted`` is what they are held against."""
    revision = REVISION if wanted is None else wanted.revision
    fill = _fill(read, wanted.fill if wanted else None)
    program = _Programming(read, fill, wanted.program if wanted else None).program()
    return Holding(read.pump.model, read.pump.serial, revision, program, fill, None)


def _volume(read: Shown, wanted_pl: int | None) -> int:
    return read.times(Fraction(PL_PER_ML)).whole(wanted_pl)


def _fill(read: Transcription, wanted: Fill | None) -> Fill | None:
    reservoir = read.reservoir
    if not reservoir.drugs:
        return None
    return Fill(
        _volume(reservoir.volume, wanted.volume_pl if wanted else None),
        _volume(reservoir.alarm_volume, wanted.alarm_volume_pl if wanted else None),
        _labels(read, wanted),
    )


def _labels(read: Transcription, wanted: Fill | None) -> tuple[str, ...]:
    """The solution, drug by drug; in the wanted order where it is the wanted one."""
    known = strengths(wanted.labels) if wanted else None
    made: dict[str, str] = {}
    for one in read.reservoir.drugs:
        strength = (known or {}).get(one.drug)
        agrees = strength is not None and one.concentration.agrees(strength)
        value = strength if agrees and strength is not None else one.concentration.value
        made[one.drug] = label(formulary.drug(one.drug), value)
    labels = tuple(made.values())
    if wanted is not None and sorted(labels) == sorted(wanted.labels):
        return wanted.labels
    return labels


class _Programming:
    """The program of one transcription, beside the one wanted."""

    def __init__(self, read: Transcription, fill: Fill | None, wanted: Program | None) -> None:
        self._shown, self._wanted = read.program, wanted
        known = strengths(fill.labels) if fill else None
        self._strength = next(iter(known.values())) if known else Fraction(1)

    def program(self) -> Program | None:
        """None where the screen shows none."""
        shown = self._shown
        if isinstance(shown, NoneShown):
            return None
        if not isinstance(shown, SimpleShown | FlexShown | MinimumRateShown):
            return Program(Mode.STOPPED)
        schedules, week = self._week()
        return Program(
            Mode(shown.mode),
            schedules,
            week,
            self._priming(shown.priming),
            self._bridge(shown.bridge),
            self._patient_dose(shown.patient_dose),
        )

    def _week(self) -> tuple[tuple[DaySchedule, ...], tuple[int, ...]]:
        shown = self._shown
        if isinstance(shown, SimpleShown):
            step = Step(0, self._rate(shown.daily_dose, self._wanted_rate(0, 0)))
            return (DaySchedule((step,)),), (0,) * DAYS_PER_WEEK
        if not isinstance(shown, FlexShown):
            return (), ()
        steps_of = {day: one.steps for one in shown.schedule for day in one.days or WEEKDAYS}
        days = [self._day(weekday, steps_of[day]) for weekday, day in enumerate(WEEKDAYS)]
        wanted = self._wanted
        if wanted is not None and [wanted.day(n) for n in range(DAYS_PER_WEEK)] == days:
            return wanted.schedules, wanted.week
        schedules = tuple(dict.fromkeys(days))
        return schedules, tuple(schedules.index(day) for day in days)

    def _day(self, weekday: int, steps: tuple[StepShown, ...]) -> DaySchedule:
        return DaySchedule(
            tuple(
                Step(one.at, self._rate(one.rate, self._wanted_rate(weekday, one.at)))
                for one in steps
            )
        )

    def _wanted_rate(self, weekday: int, minute: int) -> int | None:
        """What was wanted at a minute of a weekday, in pL/day."""
        day = self._wanted.day(weekday) if self._wanted else None
        spans = day.spans() if day else ()
        return next((rate for start, end, rate in spans if start <= minute < end), None)

    def _rate(self, dose: Shown, wanted: int | None) -> int:
        """A dose of the primary drug as a flow."""
        return dose.times(PL_PER_ML / self._strength).whole(wanted)

    def _priming(self, shown: PrimingShown | str) -> Bolus | None:
        if not isinstance(shown, PrimingShown):
            return None
        wanted = self._wanted.priming if self._wanted else None
        return Bolus(
            _volume(shown.volume, wanted.volume_pl if wanted else None),
            shown.duration.whole(wanted.duration_s if wanted else None),
        )

    def _bridge(self, shown: BridgeShown | str) -> Bridge | None:
        if not isinstance(shown, BridgeShown):
            return None
        wanted = self._wanted.bridge if self._wanted else None
        return Bridge(
            _volume(shown.rate, wanted.rate_pl_per_day if wanted else None),
            shown.duration.whole(wanted.duration_s if wanted else None),
        )

    def _patient_dose(self, shown: PatientDoseShown | str) -> PatientDose | None:
        if not isinstance(shown, PatientDoseShown):
            return None
        wanted = self._wanted.patient_dose if self._wanted else None
        volume = shown.dose.times(PL_PER_ML / self._strength)
        return PatientDose(
            volume.whole(wanted.volume_pl if wanted else None),
            shown.duration.whole(wanted.duration_s if wanted else None),
            shown.lockout.whole(wanted.lockout_s if wanted else None),
            shown.max_per_day,
        )
