"""What a pump answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from thecal.pump.language.program import Ceiling, Fill, Mode, Program


class RefusalCode(StrEnum):
    """Why a pump did not do what it was asked."""

    NOT_PROGRAMMABLE = "not-programmable"
    STALE_EDIT = "stale-edit"
    ID_REUSED = "id-reused"
    """The id belongs to another command."""
    ID_SPENT = "id-spent"
    """The id was answered so long ago that the answer is no longer kept; it acts no more."""
    ROLE = "role"
    """The asker's role may not ask this."""
    NOT_DELIVERING = "not-delivering"
    """The pump stands still, and nobody ordered it to."""
    NO_SUCH_KEY = "no-such-key"
    OWN_KEY = "own-key"
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
    LABELS = "labels"
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


@dataclass(frozen=True, slots=True)
class PatientStatus:
    """What the patient's controller may show.

    Attributes:
        dose_volume_pl: of one dose; None if the program allows none.
        doses_left: how many of the allotted doses are left in the 24 h that end now.
        refusal: why a dose asked for now would be refused; None if it would be granted.
        wait_s: seconds until one could be granted, if nothing else happens; 0 for now, None where
            no waiting helps.
    """

    t_s: int
    utc_s: int
    utc_offset_s: int
    running: Running
    seconds_left: int | None
    dose_volume_pl: int | None
    dose_duration_s: int | None
    max_per_day: int | None
    doses_left: int | None
    refusal: RefusalCode | None
    wait_s: int | None
    doses_granted_today: int
    doses_refused_today: int
    alarms: tuple[AlarmState, ...]


@dataclass(frozen=True, slots=True)
class LogFact:
    """One figure or text of a log entry."""

    name: str
    value: int | str | bool | None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of the log, as it lies in the chain; its facts by name."""

    seq: int
    t_s: int
    what: str
    facts: tuple[LogFact, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """Entries of the log in order; ``log_length`` and ``log_digest`` are the whole log's, now."""

    entries: tuple[LogEntry, ...]
    log_length: int
    log_digest: str


@dataclass(frozen=True, slots=True)
class PairedKey:
    """A key of the register: its 32 bytes in hexadecimal, and the name it gave itself."""

    key: str
    role: str
    name: str
    paired_utc_s: int


@dataclass(frozen=True, slots=True)
class Keys:
    """The register."""

    keys: tuple[PairedKey, ...]


@dataclass(frozen=True, slots=True)
class Malformed:
    """What was sent is no request; nothing was done."""

    reason: str


Outcome = Accepted | Refused
"""What answers a request that carries an id."""
Reply = Outcome | Status | LogPage | PatientStatus
"""What the controller answers."""
Answer = Reply | Keys | Malformed
"""Everything that a pump may answer."""
