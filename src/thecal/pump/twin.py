"""The pump twin: a controller inside its world, one object to drive."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from typing import Any

import cbor2

from thecal.devices import MriBehaviour
from thecal.pump.controller.controller import Controller
from thecal.pump.flow import NEVER, second_of
from thecal.pump.language import Reply, ToController
from thecal.pump.profile import PumpProfile
from thecal.pump.world import faults
from thecal.pump.world.faults import Fault
from thecal.pump.world.timeline import Segment, timeline
from thecal.pump.world.world import OverfillError, Truth, World


class Twin:
    """What the pump believes (``controller``) and what is true (``world``), on one counter."""

    def __init__(
        self,
        profile: PumpProfile,
        *,
        serial: str = "0",
        epoch_utc_s: int = 0,
        utc_offset_s: int = 0,
        factory_rate_pl_per_day: int | None = None,
    ) -> None:
        """A new pump with nothing in it; the arguments are the :class:`Controller`'s.

        Raises:
            ValueError: a factory rate for a programmable pump, or none for a fixed-rate pump.
        """
        controller = Controller(
            profile,
            serial=serial,
            epoch_utc_s=epoch_utc_s,
            utc_offset_s=utc_offset_s,
            factory_rate_pl_per_day=factory_rate_pl_per_day,
        )
        self._assemble(profile, controller, World(), [])

    def _assemble(
        self, profile: PumpProfile, controller: Controller, world: World, coming: list[Fault]
    ) -> None:
        self.profile, self.controller, self.world, self._coming = profile, controller, world, coming

    # Time

    @property
    def now_s(self) -> int:
        """The pump's monotonic counter."""
        return self.controller.now_s

    def next_event(self) -> int | None:
        """The next second at which something changes by itself; None if nothing will."""
        due_s = self.controller.next_event()
        instants = [NEVER if due_s is None else due_s]
        instants += [fault.at_s for fault in self._coming[:1]]
        instants.append(second_of(self.controller.state.flow, self.world.dry_gr))
        return None if min(instants) >= NEVER else min(instants)

    def advance(self, to_s: int) -> None:
        """Let time pass, with all that happens up to and including ``to_s``.

        Raises:
            ValueError: the counter cannot go back.
        """
        while self._coming and self._coming[0].at_s <= to_s:
            fault = self._coming.pop(0)
            self._pass(fault.at_s)
            _EFFECTS[type(fault)](self, fault)
            self._changed()
        self._pass(to_s)

    def _pass(self, to_s: int) -> None:
        self.controller.advance(to_s)
        self._follow()

    def _follow(self) -> None:
        self.world.follow(self.controller.take_flows(), self.controller.state.delivered_gr)

    def _changed(self) -> None:
        self._follow()
        self.world.change(self.now_s, self.controller.state.flow)

    # What is done to it

    def send(self, request: ToController, by: str = "") -> Reply:
        """Ask the controller at this second; ``by`` says in the log who asks."""
        reply = self.controller.handle(request, by)
        self._follow()
        return reply

    def inject(self, *coming: Fault) -> None:
        """Let something happen, now or later.

        Raises:
            ValueError: it would lie in the past, or nothing is published of how this pump
                behaves in it.
        """
        for fault in coming:
            if fault.at_s < self.now_s:
                raise ValueError(f"{fault} lies before {self.now_s} s")
            for part in self._parts(fault):
                insort(self._coming, part, key=lambda each: each.at_s)
        self.advance(self.now_s)

    def _parts(self, fault: Fault) -> tuple[Fault, ...]:
        """The fault as simple ones that this pump can show."""
        if not self.profile.programmable and not isinstance(fault, _WITHOUT_ELECTRONICS):
            raise ValueError(f"{self.profile.model} has no part that {fault} could strike")
        if isinstance(fault, _MAGNETIC):
            self._check_magnetic()
        if isinstance(fault, faults.MriScan):
            return self._scan(fault)
        if isinstance(fault, faults.Stall) and fault.recovers_after_s is not None:
            return (fault, faults.StallOver(fault.at_s + fault.recovers_after_s))
        return (fault,)

    def _check_magnetic(self) -> None:
        unknown = self.profile.mri is MriBehaviour.UNKNOWN or (
            self.profile.mri is MriBehaviour.MUST_BE_EMPTY and self.profile.mri_discharge_pl is None
        )
        if unknown:
            raise ValueError(f"{self.profile.model}: no published figure for a magnetic field")

    def _scan(self, scan: faults.MriScan) -> tuple[Fault, ...]:
        end_s = scan.at_s + scan.duration_s
        if self.profile.mri is MriBehaviour.MUST_BE_EMPTY:
            return (faults.MagnetEnter(scan.at_s), faults.MagnetLeave(end_s))
        return (
            faults.Stall(scan.at_s, None, scan.hidden_log),
            faults.StallOver(end_s + scan.late_recovery_s),
        )

    def fill(self, volume_pl: int) -> None:
        """Put fluid into the real reservoir; the controller learns of it from an Update only.

        Raises:
            OverfillError: more than the published capacity.
            ValueError: less than nothing.
        """
        self._follow()
        holds_pl = volume_pl + self.world.remaining_pl(self.controller.state.delivered_gr)
        if volume_pl < 0:
            raise ValueError(f"cannot fill {volume_pl} pL")
        if self.profile.capacity_pl is not None and holds_pl > self.profile.capacity_pl:
            raise OverfillError(holds_pl, self.profile.capacity_pl)
        self.world.filled_pl += volume_pl
        self.world.gas = False
        self._changed()

    def aspirate(self) -> int:
        """Take out all that a needle reaches.

        Returns:
            Its volume in picolitres; what cannot be aspirated stays behind, nothing where no
            such residual is published.
        """
        self._follow()
        holds_pl = self.world.remaining_pl(self.controller.state.delivered_gr)
        taken_pl = max(0, holds_pl - (self.profile.not_aspirable_pl or 0))
        self.world.aspirated_pl += taken_pl
        self._changed()
        return taken_pl

    def reset_valve(self) -> None:
        """Open the flow-activated valve by hand."""
        self._follow()
        self.world.valve_shut = False
        self._changed()

    def _hold(self, *, shows_late: bool) -> None:
        self.world.held_by += 1
        if self.world.held_by == 1:
            self.controller.stall_began(shows_late=shows_late)

    def _release(self) -> None:
        self.world.held_by = max(0, self.world.held_by - 1)
        if self.world.held_by == 0:
            self.controller.stall_ended()

    def _magnet_enters(self, fault: faults.MagnetEnter) -> None:
        if self.world.magnet:
            return
        self.world.magnet = True
        if self.profile.mri is MriBehaviour.ROTOR_STALL:
            self._hold(shows_late=fault.hidden_log)
        else:
            self._discharge()

    def _magnet_leaves(self, _fault: faults.MagnetLeave) -> None:
        if self.world.magnet and self.profile.mri is MriBehaviour.ROTOR_STALL:
            self._release()
        self.world.magnet = False

    def _discharge(self) -> None:
        """Both valves open: the flow-activated valve lets a little pass and shuts for good."""
        holds_pl = self.world.remaining_pl(self.controller.state.delivered_gr)
        if holds_pl > 0 and not self.world.valve_shut:
            self.world.discharged_pl += min(holds_pl, self.profile.mri_discharge_pl or 0)
            self.world.valve_shut = True

    # What can be seen of it

    def truth(self) -> Truth:
        """What is true at this second."""
        return self.world.truth(self.controller.state.delivered_gr)

    def timeline(self) -> tuple[Segment, ...]:
        """What reached the catheter's tip, from 0 to now, in stretches of constant rate."""
        return timeline(self.world, self.now_s, self.controller.state.delivered_gr)

    # Saved and restored

    def to_plain(self) -> dict[str, Any]:
        """Controller, world and coming faults as maps, lists, integers and texts."""
        return {
            "controller": self.controller.to_plain(),
            "world": self.world.to_plain(),
            "coming": [faults.to_plain(fault) for fault in self._coming],
        }

    def to_bytes(self) -> bytes:
        """The same in canonical CBOR."""
        return cbor2.dumps(self.to_plain(), canonical=True)

    @classmethod
    def from_plain(cls, profile: PumpProfile, values: dict[str, Any]) -> Twin:
        """The twin that :meth:`to_plain` described, with the same future.

        Raises:
            TypeError: fields are missing or unknown.
            NotLanguageError: a language value in it cannot be read.
        """
        twin = cls.__new__(cls)
        twin._assemble(
            profile,
            Controller.from_plain(profile, values["controller"]),
            World.from_plain(values["world"]),
            [faults.from_plain(fault) for fault in values["coming"]],
        )
        return twin

    @classmethod
    def from_bytes(cls, profile: PumpProfile, data: bytes) -> Twin:
        """Likewise from :meth:`to_bytes`."""
        return cls.from_plain(profile, cbor2.loads(data))


_WITHOUT_ELECTRONICS = (faults.AccuracyBias, faults.Leak, faults.Occlusion, faults.DryRun)
_MAGNETIC = (faults.MriScan, faults.MagnetEnter, faults.MagnetLeave)


def _set(name: str, read: Callable[[Any], Any]) -> Callable[[Twin, Any], None]:
    return lambda twin, fault: setattr(twin.world, name, read(fault))


_EFFECTS: dict[type[Any], Callable[[Twin, Any], None]] = {
    faults.AccuracyBias: _set("bias_ppm", lambda fault: fault.ppm),
    faults.Leak: _set("leak_ppm", lambda fault: fault.ppm),
    faults.Occlusion: _set("occluded", lambda fault: not fault.cleared),
    faults.DryRun: _set("gas", lambda _fault: True),
    faults.Stall: lambda twin, fault: twin._hold(shows_late=fault.shows_late),
    faults.StallOver: lambda twin, _fault: twin._release(),
    faults.MagnetEnter: Twin._magnet_enters,
    faults.MagnetLeave: Twin._magnet_leaves,
    faults.Reset: lambda twin, _fault: twin.controller.reset(),
    faults.LowBattery: lambda twin, _fault: twin.controller.battery_low(),
}
"""What each simple fault does."""
