"""The controller: all that the pump believes. Commands and what its sensors notice go in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cbor2

from thecal.pump.controller import alarms
from thecal.pump.controller.alarms import AlarmSpan, ToneRun
from thecal.pump.controller.clockwork import Clockwork
from thecal.pump.controller.commands import HANDLERS, NAMES
from thecal.pump.controller.log import Log
from thecal.pump.controller.phases import Event, Phase
from thecal.pump.controller.report import alarm_states, status
from thecal.pump.controller.state import State
from thecal.pump.flow import Piece
from thecal.pump.language import (
    Accepted,
    AlarmState,
    Command,
    Interrogate,
    RefusalCode,
    Refused,
    Reply,
    Status,
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

    def handle(self, command: Command) -> Reply:
        """Carry out one command, or refuse it and change nothing but log and counts.

        A repeat of a command id gets its first reply; with other content it is refused.
        """
        if isinstance(command, Interrogate):
            return self._interrogate()
        if not self.profile.programmable:
            return Refused(command.command_id, RefusalCode.NOT_PROGRAMMABLE)
        first = self.state.replies.get(command.command_id)
        if first is None:
            return self._act(command)
        if first[0] == command:
            return first[1]
        self._note_refusal(command, RefusalCode.ID_REUSED)
        return Refused(command.command_id, RefusalCode.ID_REUSED)

    def _act(self, command: Any) -> Reply:
        state = self.state
        reply: Refused | Accepted
        answer = HANDLERS[type(command)](self.clock, command)
        if isinstance(answer, Refused):
            self._note_refusal(command, answer.code)
            reply = replace(answer, command_id=command.command_id)
        else:
            self.clock.note(NAMES[type(command)], {"id": command.command_id, **answer})
            reply = Accepted(command.command_id, state.revision)
        state.replies[command.command_id] = (command, reply)
        self.clock.advance(state.t_s)
        return reply

    def _note_refusal(self, command: Any, code: RefusalCode) -> None:
        self.clock.note(NAMES[type(command)], {"id": command.command_id, "refused": str(code)})

    def _interrogate(self) -> Status:
        for entry in self.state.late:
            entry.interrogations -= 1
        for entry in [entry for entry in self.state.late if entry.interrogations <= 0]:
            self.state.late.remove(entry)
            self.clock.note(entry.what, {**entry.facts, "happened_at_s": entry.happened_at_s})
        return status(self.clock)

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
        state.program, state.was_reset = None, True
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
