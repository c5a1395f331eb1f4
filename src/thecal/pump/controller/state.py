"""All that a controller remembers, as plain data: saved and restored bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from thecal.pump.controller.answers import Answers
from thecal.pump.controller.ceiling import first_history
from thecal.pump.controller.course import Spell
from thecal.pump.controller.log import Fact, Log
from thecal.pump.controller.phases import Phase
from thecal.pump.decoding import read
from thecal.pump.flow import GRAINS_PER_PL, Piece, moved_at
from thecal.pump.language import (
    SECONDS_PER_DAY,
    Ceiling,
    Fill,
    Program,
    Running,
    plain,
)


@dataclass(slots=True)
class Dose:
    """A bolus that runs over the base mode; ``kind`` is BOLUS or PATIENT_DOSE."""

    kind: Running
    volume_pl: int
    spell: Spell


@dataclass(slots=True)
class Sounding:
    """An alarm whose condition lasts."""

    since_s: int
    silenced_s: int | None = None


@dataclass(slots=True)
class LateEntry:
    """A log entry that shows only once ``interrogations`` more have happened."""

    happened_at_s: int
    what: str
    facts: dict[str, Fact]
    interrogations: int = 2


@dataclass(slots=True)
class State:
    """A controller's memory. Instants are seconds on its own monotonic counter.

    Attributes:
        epoch_utc_s: UTC is the counter plus this; only corrections of the clock change it.
        phase_end_s: when priming or bridge is over.
        flow: what has been delivered in all, and how it goes on.
        history: what counted towards the ceiling, at least 24 h back; the last piece runs now.
        eased: for each window of the ceiling, until when and to how much it is eased.
        crediting: the flow is within the path's credit and does not count.
        credit_left_gr: of the path's credit.
        credit_used_s: the last second in which the credit was used.
        credited_gr: delivered without being counted, in all.
        filled_at_pl: delivered in all when the reservoir was last filled.
        dose_starts_s: the starts of the patient doses of the last 24 h.
        last_dose_s: the start of the last one ever: a lockout may be longer than a day.
        today: the local day that the two counts of it belong to.
        stop_ordered: the pump stands because somebody ordered it to.
        corrections: of the clock in the last 24 h, each as when and by how much, without sign.
        answers: the first reply to the latest commands.
        late: log entries that have happened and do not show yet.
    """

    serial: str
    epoch_utc_s: int
    utc_offset_s: int
    factory_rate_pl_per_day: int | None = None
    t_s: int = 0
    revision: int = 0
    program: Program | None = None
    fill: Fill | None = None
    ceiling: Ceiling | None = None
    phase: Phase = Phase.STOPPED
    phase_start_s: int = 0
    phase_end_s: int | None = None
    stopped_since_s: int | None = None
    dose: Dose | None = None
    flow: Piece = (0, 0, 0, 1, 0)
    history: list[Piece] = field(default_factory=lambda: first_history(0))
    eased: list[tuple[int, int]] = field(default_factory=list)
    crediting: bool = False
    credit_left_gr: int = 0
    credit_used_s: int | None = None
    credited_gr: int = 0
    filled_at_pl: int = 0
    dose_starts_s: list[int] = field(default_factory=list)
    last_dose_s: int | None = None
    granted: int = 0
    refused: int = 0
    today: int = 0
    granted_today: int = 0
    refused_today: int = 0
    sounding: dict[str, Sounding] = field(default_factory=dict)
    stalled: bool = False
    stall_shows_late: bool = False
    was_reset: bool = False
    battery_low_s: int | None = None
    stop_ordered: bool = False
    corrections: list[tuple[int, int]] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)
    late: list[LateEntry] = field(default_factory=list)
    log: Log = field(default_factory=Log)

    @property
    def local_s(self) -> int:
        """Local minus counter time."""
        return self.epoch_utc_s + self.utc_offset_s

    @property
    def delivered_gr(self) -> int:
        """Delivered in all, in grains."""
        return moved_at(self.flow, self.t_s)

    @property
    def delivered_pl(self) -> int:
        """Delivered in all; the part of a picolitre that remains is carried on."""
        return self.delivered_gr // GRAINS_PER_PL

    @property
    def delivered_since_fill_pl(self) -> int:
        """Delivered since the last fill."""
        return self.delivered_pl - self.filled_at_pl

    @property
    def remaining_pl(self) -> int | None:
        """What the pump believes is left: computed from the programmed rate, never measured."""
        return None if self.fill is None else self.fill.volume_pl - self.delivered_since_fill_pl

    def count_dose(self, granted: bool) -> None:
        """Count one request of the patient."""
        day = (self.t_s + self.local_s) // SECONDS_PER_DAY
        if day != self.today:
            self.today, self.granted_today, self.refused_today = day, 0, 0
        if granted:
            self.granted, self.granted_today = self.granted + 1, self.granted_today + 1
        else:
            self.refused, self.refused_today = self.refused + 1, self.refused_today + 1

    def to_plain(self) -> dict[str, Any]:
        """Maps, lists, integers and texts."""
        return {
            column.name: _WRITERS.get(column.name, plain)(getattr(self, column.name))
            for column in fields(self)
        }

    @classmethod
    def from_plain(cls, values: dict[str, Any]) -> State:
        """The state that :meth:`to_plain` gave.

        Raises:
            TypeError: fields are missing or unknown.
            NotLanguageError: a program, fill, ceiling or command in it cannot be read.
        """
        return cls(**{name: _READERS.get(name, _as_is)(value) for name, value in values.items()})


def _as_is(value: Any) -> Any:
    return value


def _language(value: Any) -> Any:
    return None if value is None else read(value)


def _spell_row(spell: Spell) -> list[int]:
    return [spell.start_s, spell.end_s, spell.num, spell.den]


def _dose_row(dose: Dose | None) -> list[Any] | None:
    return None if dose is None else [str(dose.kind), dose.volume_pl, _spell_row(dose.spell)]


def _read_dose(row: list[Any] | None) -> Dose | None:
    return None if row is None else Dose(Running(row[0]), row[1], Spell(*row[2]))


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "dose": _dose_row,
    "sounding": lambda rows: {name: [s.since_s, s.silenced_s] for name, s in rows.items()},
    "answers": lambda answers: answers.to_plain(),
    "late": lambda rows: [[e.happened_at_s, e.what, e.facts, e.interrogations] for e in rows],
    "log": lambda log: log.to_plain(),
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "program": _language,
    "fill": _language,
    "ceiling": _language,
    "phase": Phase,
    "dose": _read_dose,
    "flow": tuple,
    "history": lambda rows: [tuple(row) for row in rows],
    "eased": lambda rows: [tuple(row) for row in rows],
    "sounding": lambda rows: {name: Sounding(*row) for name, row in rows.items()},
    "corrections": lambda rows: [tuple(row) for row in rows],
    "answers": Answers.from_plain,
    "late": lambda rows: [LateEntry(*row) for row in rows],
    "log": Log.from_plain,
}
