"""The controller: all that the pump believes. Commands and what its sensors notice go in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import cbor2

from thecal.pump.controller import alarms
from thecal.pump.controller.alarms import AlarmSpan, ToneRun
from thecal.pump.controller.answers import digest
from thecal.pump.controller.clockwork import Clockwork
from thecal.pump.controller.commands import HANDLERS, NAMES
from thecal.pump.controller.log import Entry, Fact, Log
from thecal.pump.controller.phases import Event, Phase
from thecal.pump.controller.reasons import Answer
from thecal.pump.controller.report import alarm_states, patient_status, status
from thecal.pump.controller.state import State
from thecal.pump.flow import Piece
from thecal.pump.language import (
    Accepted,
    AlarmState,
    Command,
    Interrogate,
    LogEntry,
    LogFact,
    LogPage,
    Outcome,
    ReadLog,
    ReadPatientStatus,
    RefusalCode,
    Refused,
    RemoveKey,
    Reply,
    Request,
    Status,
    ToController,
)
from thecal.pump.profile import PumpProfile


class Controller:
    """A pump's electronics. It knows its program and its clock, never the fluid.

    A fixed-rate pump has none: it flows at its factory rate, tells what is on its label, and
    refuses everything else.
    """

    def __init__(
        self,
        profile: PumpProfile,
        *,
        serial: str = "0",
        epoch_utc_s: int = 0,
        utc_offset_s: int = 0,
        factory_rate_pl_per_day: int | None = None,
    ) -> None:
        """A pump as it leaves the factory, its counter at 0.

        Args:
            profile: the model's limits.
            serial: what it answers to.
            epoch_utc_s: Unix seconds at which the counter stands at 0.
            utc_offset_s: local minus UTC.
            factory_rate_pl_per_day: of a fixed-rate pump, as measured at the factory.

        Raises:
            ValueError: a factory rate for a programmable pump, or none for a fixed-rate pump.
        """
        if profile.programmable == (factory_rate_pl_per_day is not None):
            raise ValueError(f"{profile.model}: a factory rate belongs to a fixed-rate pump only")
        state = State(serial, epoch_utc_s, utc_offset_s, factory_rate_pl_per_day)
        self._run(profile, state)
        if not profile.programmable:
            state.phase = Phase.BASE
            self.clock.settle()

    def _run(self, profile: PumpProfile, state: State) -> None:
        self.profile, self.state, self.clock = profile, state, Clockwork(profile, state)

    # Time

    @property
    def now_s(self) -> int:
        """The monotonic counter."""
        return self.state.t_s

    def next_event(self) -> int | None:
        """The next second at which something happens by itself; None if nothing will."""
        return self.clock.next_event()

    def advance(self, to_s: int) -> None:
        """Let time pass up to and including the events of ``to_s``.

        Raises:
            ValueError: the counter cannot go back.
        """
        self.clock.advance(to_s)

    # Commands

    def handle(self, request: ToController, by: str = "") -> Reply:
        """Answer one request, or refuse it and change nothing but log and counts.

        A repeat of a command id gets its first reply; with other content it is refused.

        Args:
            request: what is asked.
            by: who asks, for the log; empty where nobody says so.
        """
        reader = _READERS.get(type(request))
        if reader is not None:
            return reader(self, request)
        command = cast("Command", request)
        if not self.profile.programmable:
            return Refused(command.command_id, RefusalCode.NOT_PROGRAMMABLE)
        return self.once(command, lambda: HANDLERS[type(command)](self.clock, command), by)

    def once(
        self, command: Command | RemoveKey, act: Callable[[], Answer], by: str = ""
    ) -> Outcome:
        """Act on a command, unless its id was seen before; log it and keep the answer."""
        state, command_id = self.state, command.command_id
        first = state.answers.find(command_id)
        if first is not None and first[0] == digest(command):
            return first[1]
        if first is not None or state.log.tells_of(command_id):
            code = RefusalCode.ID_REUSED if first else RefusalCode.ID_SPENT
            self._note(command, {"refused": str(code)}, by)
            return Refused(command_id, code)
        answer = act()
        reply: Outcome
        if isinstance(answer, Refused):
            self._note(command, {"refused": str(answer.code)}, by)
            reply = replace(answer, command_id=command_id)
        else:
            self._note(command, answer, by)
            reply = Accepted(command_id, state.revision)
        state.answers.keep(command, reply)
        self.clock.advance(state.t_s)
        return reply

    def turn_away(self, request: Request, by: str) -> Refused:
        """Refuse what the asker's role may not ask; logged, its id not taken."""
        command_id = getattr(request, "command_id", "")
        self.clock.note("turned-away", {"asked": NAMES[type(request)], **_by(by)})
        return Refused(command_id, RefusalCode.ROLE)

    def note(self, what: str, facts: dict[str, Fact]) -> None:
        """Enter in the log what happened outside the controller: sessions, keys, presence."""
        self.clock.note(what, facts)

    def _note(self, command: Command | RemoveKey, facts: dict[str, Fact], by: str) -> None:
        self.clock.note(NAMES[type(command)], {"id": command.command_id, **facts} | _by(by))

    def _interrogate(self) -> Status:
        for entry in self.state.late:
            entry.interrogations -= 1
        for entry in [entry for entry in self.state.late if entry.interrogations <= 0]:
            self.state.late.remove(entry)
            self.clock.note(entry.what, {**entry.facts, "happened_at_s": entry.happened_at_s})
        return status(self.clock)

    def _log_page(self, request: ReadLog) -> LogPage:
        entries = map(_entry, self.log.page(request.from_seq, request.count))
        return LogPage(tuple(entries), len(self.log), self.log.digest)

    # What its sensors notice

    def stall_began(self, *, shows_late: bool = False) -> None:
        """The rotor stands still; ``shows_late``: the log tells at the second interrogation."""
        self.state.stalled, self.state.stall_shows_late = True, shows_late
        self._noticed()

    def stall_ended(self) -> None:
        """The rotor turns again."""
        self.state.stalled = False
        self._noticed()

    def battery_low(self) -> None:
        """The battery is low: replacement becomes due now, if it was not."""
        if self.state.battery_low_s is None:
            self.state.battery_low_s = self.state.t_s
        self._noticed()

    def reset(self) -> None:
        """Power was lost: the program is gone and the pump stands; counts and log survive."""
        state = self.state
        self.clock.note("reset", {"program": state.program.digest if state.program else None})
        self.clock.enter(Event.RESET)
        state.program, state.was_reset, state.stop_ordered = None, True, False
        state.revision += 1
        self.clock.refresh()
        self._noticed()

    def _noticed(self) -> None:
        self.clock.settle()
        self.clock.advance(self.state.t_s)

    # What it tells

    @property
    def log(self) -> Log:
        """The append-only log."""
        return self.state.log

    def status(self) -> Status:
        """What an interrogation would tell; nobody has asked, so nothing late shows."""
        return status(self.clock)

    def remaining_pl(self) -> int | None:
        """What it believes is in the reservoir; None before the first fill."""
        return self.state.remaining_pl

    def delivered_pl(self) -> int:
        """What it believes to have delivered in all."""
        return self.state.delivered_pl

    def alarms(self) -> tuple[AlarmState, ...]:
        """The alarms that sound now."""
        return alarm_states(self.clock)

    def alarm_spans(self) -> tuple[AlarmSpan, ...]:
        """Every alarm that the log tells of, by start."""
        return alarms.spans(self.log.entries)

    def tones(self, from_s: int, to_s: int) -> tuple[ToneRun, ...]:
        """What sounds in ``[from_s, to_s)``, each alarm as one run of repeats."""
        runs = (alarms.tones(span, self.profile, from_s, to_s) for span in self.alarm_spans())
        return tuple(run for run in runs if run is not None)

    def take_flows(self) -> list[Piece]:
        """The pieces of delivery that began since this was last asked."""
        flows, self.clock.flows = self.clock.flows, []
        return flows

    def stands_unordered(self, *, changed: bool) -> bool:
        """Whether nothing is delivered, and nobody ordered that (docs/link.md §9).

        Args:
            changed: whether the session that asks has changed something: a pump that never had
                a program may be left as it was found, but not half set up.
        """
        state = self.state
        if state.phase in (Phase.HELD, Phase.EMPTY) or (state.was_reset and not state.stop_ordered):
            return True
        return changed and state.phase is Phase.STOPPED and not state.stop_ordered

    # Saved and restored

    def to_plain(self) -> dict[str, Any]:
        """All that it remembers, as maps, lists, integers and texts."""
        return self.state.to_plain()

    def to_bytes(self) -> bytes:
        """The same in canonical CBOR."""
        return cbor2.dumps(self.to_plain(), canonical=True)

    @classmethod
    def from_plain(cls, profile: PumpProfile, values: dict[str, Any]) -> Controller:
        """The controller that :meth:`to_plain` described, with the same future.

        Raises:
            TypeError: fields are missing or unknown.
            NotLanguageError: a language value in it cannot be read.
        """
        controller = cls.__new__(cls)
        controller._run(profile, State.from_plain(values))
        return controller

    @classmethod
    def from_bytes(cls, profile: PumpProfile, data: bytes) -> Controller:
        """Likewise from :meth:`to_bytes`."""
        return cls.from_plain(profile, cbor2.loads(data))


def _by(by: str) -> dict[str, Fact]:
    return {"by": by} if by else {}


def _entry(entry: Entry) -> LogEntry:
    facts = tuple(LogFact(name, entry.facts[name]) for name in sorted(entry.facts))
    return LogEntry(entry.seq, entry.t_s, entry.what, facts, entry.digest)


_READERS: dict[type[Any], Callable[[Controller, Any], Reply]] = {
    Interrogate: lambda controller, _request: controller._interrogate(),
    ReadLog: Controller._log_page,
    ReadPatientStatus: lambda controller, _request: patient_status(controller.clock),
}
"""How requests are answered that only read."""
