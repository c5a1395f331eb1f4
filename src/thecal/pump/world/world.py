"""The world: what is true of the fluid, whatever the controller believes.

The rotor follows the controller's flow, a share more or less; what it moves comes out of the
real reservoir, and reaches the tip but for what leaks. All of it is counted in integers: *fine*
is a millionth of a grain, so that a bias in ppm loses nothing. Between two changes of the world
(an *era*) every volume follows from what the controller has delivered, so an era costs nothing
while it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

from thecal.pump.flow import GRAINS_PER_PL, NEVER, Piece, moved_at, second_of

PPM = 1_000_000
FINE_PER_PL = GRAINS_PER_PL * PPM


class OverfillError(ValueError):
    """More than the reservoir holds: ``asked`` and ``limit`` in picolitres."""

    def __init__(self, asked: int, limit: int) -> None:
        super().__init__(f"{asked} pL in a reservoir of {limit} pL")
        self.asked, self.limit = asked, limit


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true at one second: filled = to tip + leaked + discharged + aspirated + remaining.

    Attributes:
        discharged_pl: through the valves in a magnetic field.
        turning: the rotor is free to turn and fluid to follow it.
    """

    filled_pl: int
    to_tip_pl: int
    leaked_pl: int
    discharged_pl: int
    aspirated_pl: int
    remaining_pl: int
    turning: bool
    occluded: bool
    leak_ppm: int
    bias_ppm: int
    dry: bool
    valve_shut: bool


@dataclass(frozen=True, slots=True)
class Era:
    """A time in which nothing about the world changes.

    Attributes:
        believed_gr: what the controller had delivered at its start.
        pumped_fine: what the rotor had really moved by then.
        leaked_pl: what had leaked by then, ``leak_carry`` millionths of a picolitre more.
        supply_pl: how far the rotor can go before the reservoir is empty.
        pump_ppm: rotor against belief; 0 while nothing follows it.
        flow: the controller's flow at its start.
    """

    start_s: int
    believed_gr: int
    pumped_fine: int
    leaked_pl: int
    leak_carry: int
    supply_pl: int
    pump_ppm: int
    leak_ppm: int
    flow: Piece

    def pumped_fine_at(self, believed_gr: int) -> int:
        """What the rotor has moved when the controller believes ``believed_gr``."""
        return self.pumped_fine + (believed_gr - self.believed_gr) * self.pump_ppm

    def leaked_at(self, pumped_pl: int) -> tuple[int, int]:
        """What has leaked when ``pumped_pl`` have been moved, and the carry."""
        new_pl = pumped_pl - self.pumped_fine // FINE_PER_PL
        whole, carry = divmod(new_pl * self.leak_ppm + self.leak_carry, PPM)
        return self.leaked_pl + whole, carry

    def volumes_at(self, believed_gr: int) -> tuple[int, int]:
        """To the tip and leaked, in picolitres."""
        pumped_pl = self.pumped_fine_at(believed_gr) // FINE_PER_PL
        leaked_pl, _ = self.leaked_at(pumped_pl)
        return pumped_pl - leaked_pl, leaked_pl

    @property
    def dry_gr(self) -> int:
        """The belief at which the reservoir is really empty; beyond reach if nothing is pumped."""
        if self.pump_ppm == 0:
            return NEVER * GRAINS_PER_PL
        left_fine = self.supply_pl * FINE_PER_PL - self.pumped_fine
        return self.believed_gr - (-left_fine // self.pump_ppm)


@dataclass(slots=True)
class World:
    """The real reservoir, rotor and catheter of one pump.

    Attributes:
        held_by: how many things keep the rotor from turning.
        flows: for each era, the controller's flows that began in it.
        dry_gr: the belief at which the reservoir is really empty.
    """

    bias_ppm: int = 0
    leak_ppm: int = 0
    occluded: bool = False
    gas: bool = False
    valve_shut: bool = False
    magnet: bool = False
    held_by: int = 0
    filled_pl: int = 0
    aspirated_pl: int = 0
    discharged_pl: int = 0
    eras: list[Era] = field(default_factory=lambda: [Era(0, 0, 0, 0, 0, 0, 0, 0, (0, 0, 0, 1, 0))])
    flows: list[list[Piece]] = field(default_factory=lambda: [[]])
    dry_gr: int = NEVER * GRAINS_PER_PL

    @property
    def turning(self) -> bool:
        """Whether fluid follows the program."""
        era = self.eras[-1]
        dry = era.pumped_fine >= era.supply_pl * FINE_PER_PL
        return not (self.held_by or self.occluded or self.gas or self.valve_shut or dry)

    def follow(self, flows: list[Piece], believed_gr: int) -> None:
        """Take over what the controller did up to now, and find when the reservoir ran dry.

        Args:
            flows: the pieces that began since the last time.
            believed_gr: what it has delivered in all.
        """
        self.flows[-1].extend(flows)
        if believed_gr >= self.dry_gr:
            self._run_dry(self.dry_gr)

    def _run_dry(self, dry_gr: int) -> None:
        """The era ends in the second in which the rest of the reservoir left it."""
        era, flows = self.eras[-1], self.flows[-1]
        pieces = [era.flow, *flows]
        last = max(i for i, piece in enumerate(pieces) if i == 0 or piece[1] < dry_gr)
        dry_s = max(era.start_s, second_of(pieces[last], dry_gr))
        if last + 1 < len(pieces):
            dry_s = min(dry_s, pieces[last + 1][0])
        later = [piece for piece in flows if piece[0] > dry_s]
        now = [piece for piece in pieces if piece[0] <= dry_s][-1]
        del flows[len(flows) - len(later) :]
        pumped_pl = era.supply_pl
        leaked_pl, carry = era.leaked_at(pumped_pl)
        self.eras.append(
            replace(
                era,
                start_s=dry_s,
                believed_gr=moved_at(now, dry_s),
                pumped_fine=pumped_pl * FINE_PER_PL,
                leaked_pl=leaked_pl,
                leak_carry=carry,
                pump_ppm=0,
                flow=now,
            )
        )
        self.flows.append(later)
        self.dry_gr = self.eras[-1].dry_gr

    def change(self, t_s: int, flow: Piece) -> None:
        """Begin a new era after something about the world has changed."""
        era = self.eras[-1]
        believed_gr = moved_at(flow, t_s)
        pumped_fine = era.pumped_fine_at(believed_gr)
        leaked_pl, carry = era.leaked_at(pumped_fine // FINE_PER_PL)
        supply_pl = self.filled_pl - self.aspirated_pl - self.discharged_pl
        self.eras.append(
            Era(
                t_s,
                believed_gr,
                pumped_fine,
                leaked_pl,
                carry,
                supply_pl,
                0,
                self.leak_ppm,
                flow,
            )
        )
        self.flows.append([])
        if self.turning:
            self.eras[-1] = replace(self.eras[-1], pump_ppm=PPM + self.bias_ppm)
        self.dry_gr = self.eras[-1].dry_gr

    def remaining_pl(self, believed_gr: int) -> int:
        """What is really in the reservoir."""
        era = self.eras[-1]
        return era.supply_pl - era.pumped_fine_at(believed_gr) // FINE_PER_PL

    def truth(self, believed_gr: int) -> Truth:
        """All that is true now."""
        to_tip_pl, leaked_pl = self.eras[-1].volumes_at(believed_gr)
        remaining_pl = self.remaining_pl(believed_gr)
        return Truth(
            filled_pl=self.filled_pl,
            to_tip_pl=to_tip_pl,
            leaked_pl=leaked_pl,
            discharged_pl=self.discharged_pl,
            aspirated_pl=self.aspirated_pl,
            remaining_pl=remaining_pl,
            turning=self.held_by == 0 and not self.valve_shut,
            occluded=self.occluded,
            leak_ppm=self.leak_ppm,
            bias_ppm=self.bias_ppm,
            dry=self.gas or remaining_pl == 0,
            valve_shut=self.valve_shut,
        )

    def to_plain(self) -> dict[str, Any]:
        """Maps, lists, integers."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        values["eras"] = [[getattr(era, item.name) for item in fields(Era)] for era in self.eras]
        return values

    @classmethod
    def from_plain(cls, values: dict[str, Any]) -> World:
        """The world that :meth:`to_plain` gave.

        Raises:
            TypeError: fields are missing or unknown.
        """
        eras = [_era(row) for row in values["eras"]]
        flows = [[_piece(row) for row in rows] for rows in values["flows"]]
        return cls(**{**values, "eras": eras, "flows": flows})


def _piece(row: list[int]) -> Piece:
    start_s, moved_gr, num, den, rem = row
    return start_s, moved_gr, num, den, rem


def _era(row: list[Any]) -> Era:
    names = [item.name for item in fields(Era)]
    return Era(**{**dict(zip(names, row, strict=True)), "flow": _piece(row[-1])})
