"""What is said to the pump and what it answers: integers only, with a canonical CBOR form.

Volumes are picolitres, times are whole seconds, rates are picolitres per day, minutes of the
day are local to the pump's own clock. A name ends in its unit. Labels are opaque: the pump
moves volumes and knows nothing of drugs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import cbor2

PL_PER_ML = 1_000_000_000
SECONDS_PER_MINUTE = 60
SECONDS_PER_HOUR = 3_600
SECONDS_PER_DAY = 86_400
MINUTES_PER_DAY = 1_440
DAYS_PER_WEEK = 7
MAX_STEPS_PER_DAY = 13
"""Steps in one day of a flex schedule (source: A810 guide, in the device reference)."""


class Mode(StrEnum):
    """How the base infusion runs."""

    STOPPED = "stopped"
    MINIMUM_RATE = "minimum-rate"
    SIMPLE = "simple"
    FLEX = "flex"


@dataclass(frozen=True, slots=True)
class Step:
    """From ``start_min`` (minute of the pump's local day) on, run at ``rate_pl_per_day``."""

    start_min: int
    rate_pl_per_day: int


@dataclass(frozen=True, slots=True)
class DaySchedule:
    """The steps of one day, ascending, the first at minute 0; together they fill 24 h."""

    steps: tuple[Step, ...]

    def spans(self) -> tuple[tuple[int, int, int], ...]:
        """Each step as (start minute, end minute, rate in pL/day)."""
        starts = [step.start_min for step in self.steps]
        ends = [*starts[1:], MINUTES_PER_DAY]
        return tuple(
            (step.start_min, end, step.rate_pl_per_day)
            for step, end in zip(self.steps, ends, strict=True)
        )

    def volume_pl_minutes(self) -> int:
        """The day's volume times 1440, exact: the sum of rate (pL/day) x minutes."""
        return sum(rate * (end - start) for start, end, rate in self.spans())


@dataclass(frozen=True, slots=True)
class Bolus:
    """A volume given evenly over a duration."""

    volume_pl: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """A constant rate for a duration, in place of the base mode, while old drug leaves the path."""

    rate_pl_per_day: int
    duration_s: int


@dataclass(frozen=True, slots=True)
class PatientDose:
    """What the patient's own controller may ask for.

    Attributes:
        lockout_s: the least time from the start of one dose to the start of the next.
        max_per_day: doses allowed in any 24 h, counted over a sliding window.
    """

    volume_pl: int
    duration_s: int
    lockout_s: int
    max_per_day: int


@dataclass(frozen=True)
class Program:
    """Everything that decides what the pump delivers from now on.

    On commit the pump runs ``priming``, then ``bridge``, then the base mode.

    Attributes:
        schedules: the day schedules; empty unless the mode is simple (one step) or flex.
        week: for Monday to Sunday, an index into ``schedules``; empty without schedules.
    """

    mode: Mode
    schedules: tuple[DaySchedule, ...] = ()
    week: tuple[int, ...] = ()
    priming: Bolus | None = None
    bridge: Bridge | None = None
    patient_dose: PatientDose | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form: two pumps hold the same program if these are equal."""
        return hashlib.sha256(encode(self)).hexdigest()

    def day(self, weekday: int) -> DaySchedule | None:
        """The schedule of a weekday (Monday is 0), or None in a mode without one."""
        return self.schedules[self.week[weekday]] if self.week else None


@dataclass(frozen=True, slots=True)
class Fill:
    """What a person says is in the reservoir from now on.

    Attributes:
        volume_pl: the whole reservoir after the fill.
        alarm_volume_pl: the computed volume at which the low-reservoir alarm starts.
        labels: opaque texts, kept and shown (drug and concentration of each ingredient).
    """

    volume_pl: int
    alarm_volume_pl: int
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that may leave the pump in any sliding window; no program or dose passes it.

    Attributes:
        max_pl_per_hour: over any 60 minutes.
        max_pl_per_day: over any 24 hours.
        path_pl: the volume between rotor and catheter tip. Priming and bridge boluses push it out
            ahead of them, so they are counted only beyond it, once in any 24 h.
    """

    max_pl_per_hour: int
    max_pl_per_day: int
    path_pl: int = 0


# Commands. Those that change something carry a ``command_id``: a pump acts on one id once, and
# answers a repeat with its first reply.


@dataclass(frozen=True, slots=True)
class Interrogate:
    """Ask for a :class:`Status`."""


@dataclass(frozen=True, slots=True)
class Update:
    """Replace program, fill and ceiling in one step; what is None stays as it is.

    A pump that was stopped, reset or held starts again only with a ``program``; one that was
    empty starts again with a ``fill`` too.

    ``expected_revision`` is the revision that the editor saw; another one makes the edit stale.
    """

    command_id: str
    expected_revision: int
    program: Program | None = None
    fill: Fill | None = None
    ceiling: Ceiling | None = None


@dataclass(frozen=True, slots=True)
class GiveBolus:
    """A clinician's single bolus over the base mode."""

    command_id: str
    bolus: Bolus


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop all delivery until an :class:`Update` that carries a program."""

    command_id: str


@dataclass(frozen=True, slots=True)
class RequestPatientDose:
    """The patient asks for a dose."""

    command_id: str


@dataclass(frozen=True, slots=True)
class SetClock:
    """Set the pump's local time of day: ``utc_offset_s`` is local minus UTC."""

    command_id: str
    utc_offset_s: int


@dataclass(frozen=True, slots=True)
class Silence:
    """Silence a non-critical alarm while its condition lasts; a critical one sounds on."""

    command_id: str
    alarm: str


@dataclass(frozen=True, slots=True)
class PrepareForMri:
    """Ask whether the pump may enter an MRI scanner now."""

    command_id: str


Command = (
    Interrogate
    | Update
    | GiveBolus
    | Stop
    | RequestPatientDose
    | SetClock
    | Silence
    | PrepareForMri
)


class RefusalCode(StrEnum):
    """Why a pump did not do what it was asked."""

    NOT_PROGRAMMABLE = "not-programmable"
    STALE_EDIT = "stale-edit"
    ID_REUSED = "id-reused"
    NO_PROGRAM = "no-program"
    MALFORMED_PROGRAM = "malformed-program"
    TOO_MANY_STEPS = "too-many-steps"
    RATE_BELOW_LOWEST = "rate-below-lowest"
    RATE_ABOVE_HIGHEST = "rate-above-highest"
    RATE_BETWEEN_STEPS = "rate-between-steps"
    DOSE_BETWEEN_STEPS = "dose-between-steps"
    DOSE_ABOVE_HIGHEST = "dose-above-highest"
    MODE_UNKNOWN = "mode-unknown"
    OVER_CAPACITY = "over-capacity"
    ALARM_VOLUME = "alarm-volume"
    CEILING_HOUR = "ceiling-hour"
    CEILING_DAY = "ceiling-day"
    LOCKOUT = "lockout"
    DAILY_COUNT = "daily-count"
    BOLUS_RUNNING = "bolus-running"
    NO_PATIENT_DOSE = "no-patient-dose"
    STOPPED = "stopped"
    ALARM = "alarm"
    RESERVOIR = "reservoir"
    END_OF_SERVICE = "end-of-service"
    CLOCK_OUT_OF_RANGE = "clock-out-of-range"
    CANNOT_SILENCE_CRITICAL = "cannot-silence-critical"
    NO_SUCH_ALARM = "no-such-alarm"
    NOT_MRI_READY = "not-mri-ready"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command was carried out; ``revision`` counts the pump's changes of settings."""

    command_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The command changed nothing.

    Attributes:
        asked: the figure asked for, in the pump's integers, where one decided.
        limit: the limit it met, likewise.
        unit: the unit of both.
        wait_s: seconds until the same request could be granted, where time decides; else None.
    """

    command_id: str
    code: RefusalCode
    asked: int | None = None
    limit: int | None = None
    unit: str = ""
    wait_s: int | None = None


class Running(StrEnum):
    """What moves fluid now, or why nothing does."""

    STOPPED = "stopped"
    PRIMING = "priming"
    BRIDGE = "bridge"
    BASE = "base"
    BOLUS = "bolus"
    PATIENT_DOSE = "patient-dose"
    HELD = "held"
    """At the ceiling, until an :class:`Update` with a program."""
    EMPTY = "empty"
    ENDED = "ended"
    """End of service: nothing runs any more."""


class Priority(StrEnum):
    """How an alarm sounds: one tone or two."""

    NON_CRITICAL = "non-critical"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class AlarmState:
    """An alarm whose condition lasts, since ``since_s`` on the pump's counter."""

    name: str
    priority: Priority
    since_s: int
    silenced: bool


@dataclass(frozen=True, slots=True)
class Status:
    """All that a pump can tell about itself; it shows what the pump believes, not what is true.

    Attributes:
        t_s: seconds on the pump's monotonic counter, on which all ``..._s`` instants lie.
        utc_s: the same instant in Unix seconds; local time is this plus ``utc_offset_s``.
        program: None until the first program, and after a reset.
        mode: the program's mode.
        remaining_pl: computed from the programmed rate; None before the first fill.
        delivered_since_fill_pl: so that fill = delivered since fill + remaining.
        delivered_pl: over the pump's life.
        base_day_pl: what today's schedule gives in 24 h, without doses, rounded down.
        past_day_pl: what counted towards the ceiling in the past 24 h.
        seconds_left: of what is running, where it ends on its own.
        rate_pl_per_day: all that runs now, rounded down.
        doses_granted_today: since the last local midnight.
        low_reservoir_at_s: when the program alone reaches the alarm volume; None if never.
        replacement_notice_at_s: when replacement becomes due; None if no life is published.
        replace_by_s: when the pump stops for good (or its published life ends).
    """

    model: str
    serial: str
    revision: int
    t_s: int
    utc_s: int
    utc_offset_s: int
    program: Program | None
    program_digest: str | None
    mode: Mode | None
    fill: Fill | None
    ceiling: Ceiling | None
    remaining_pl: int | None
    delivered_since_fill_pl: int
    delivered_pl: int
    base_day_pl: int
    past_day_pl: int
    running: Running
    seconds_left: int | None
    rate_pl_per_day: int
    doses_granted: int
    doses_refused: int
    doses_granted_today: int
    doses_refused_today: int
    alarms: tuple[AlarmState, ...]
    low_reservoir_at_s: int | None
    replacement_notice_at_s: int | None
    replace_by_s: int | None
    log_length: int
    log_digest: str


Reply = Accepted | Refused | Status


def plain(value: Any) -> Any:
    """A language value as plain maps, lists, integers and texts, field names as keys."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            "kind": type(value).__name__,
            **{field.name: plain(getattr(value, field.name)) for field in fields(value)},
        }
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value


def encode(value: Any) -> bytes:
    """The canonical CBOR form of a language value: equal values give equal bytes."""
    return cbor2.dumps(plain(value), canonical=True)
