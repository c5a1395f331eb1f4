"""What the pump would do from now on: the same pieces that it will run, written down ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from thecal.pump.controller.ceiling import DAY_S, Excess, Limit, excess
from thecal.pump.controller.schedule import Week
from thecal.pump.flow import GRAINS_PER_PL, Piece, moved_at
from thecal.pump.language import Bolus, Bridge

COMING_S = 8 * DAY_S
"""A week of every phase of the base mode, and the day that a window looks back."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A flow with an end: ``num / den`` grains per second from ``start_s`` to ``end_s``."""

    start_s: int
    end_s: int
    num: int
    den: int

    @classmethod
    def bolus(cls, bolus: Bolus, start_s: int) -> Spell:
        """A bolus that starts at ``start_s``."""
        end_s = start_s + bolus.duration_s
        return cls(start_s, end_s, bolus.volume_pl * GRAINS_PER_PL, bolus.duration_s)

    @classmethod
    def bridge(cls, bridge: Bridge, start_s: int) -> Spell:
        """A bridge that starts at ``start_s``."""
        return cls(start_s, start_s + bridge.duration_s, bridge.rate_pl_per_day, 1)

    def rem(self, t_s: int) -> int:
        """The part of a grain already moved at ``t_s``, in ``1 / den``."""
        return (self.num * (t_s - self.start_s)) % self.den

    def left_gr(self, t_s: int) -> int:
        """What it still has to move at ``t_s``, rounded up to whole grains."""
        return -(-self.num * (self.end_s - max(t_s, self.start_s)) // self.den)


def credited_until(num: int, den: int, t_s: int, credit_gr: int) -> int:
    """The last whole second until which a flow that starts at ``t_s`` is covered by the credit."""
    return t_s + credit_gr * den // num if num else t_s


@dataclass(frozen=True, slots=True)
class Course:
    """A pump's coming flow.

    Attributes:
        now_s: where it starts.
        counted_gr: what had counted towards the ceiling by then.
        local_s: local minus counter time.
        week: the base mode after ``spells``.
        spells: priming and bridge, one after the other from now on.
        boluses: over the base mode, one after the other, at any time.
        credit_gr: how much of ``spells`` does not count.
    """

    now_s: int
    counted_gr: int
    local_s: int
    week: Week
    spells: tuple[Spell, ...] = ()
    boluses: tuple[Spell, ...] = ()
    credit_gr: int = 0

    @property
    def base_from_s(self) -> int:
        """When priming and bridge are over."""
        return self.spells[-1].end_s if self.spells else self.now_s

    @property
    def settled_from_s(self) -> int:
        """When nothing but the base mode runs any more."""
        return max(self.base_from_s, self.boluses[-1].end_s if self.boluses else 0)

    def pieces(self, until_s: int) -> list[Piece]:
        """The counted flow from now to ``until_s``."""
        counted_gr, pieces = self.counted_gr, list[Piece]()
        for start_s, num, den, rem in self._flows(until_s):
            counted_gr = moved_at(pieces[-1], start_s) if pieces else counted_gr
            pieces.append((start_s, counted_gr, num, den, rem))
        return pieces

    def _flows(self, until_s: int) -> Iterator[tuple[int, int, int, int]]:
        yield from self._spell_flows()
        t_s = self.base_from_s
        for bolus in self.boluses:
            yield from self._base_flows(t_s, bolus.start_s, None)
            yield from self._base_flows(max(t_s, bolus.start_s), bolus.end_s, bolus)
            t_s = bolus.end_s
        yield from self._base_flows(t_s, until_s, None)

    def _base_flows(
        self, t_s: int, until_s: int, bolus: Spell | None
    ) -> Iterator[tuple[int, int, int, int]]:
        while t_s < until_s:
            rate, left_s = self.week.at(t_s + self.local_s)
            if bolus is None:
                yield t_s, rate, 1, 0
            else:
                yield t_s, rate * bolus.den + bolus.num, bolus.den, bolus.rem(t_s)
            t_s = until_s if left_s is None else min(until_s, t_s + left_s)

    def _spell_flows(self) -> Iterator[tuple[int, int, int, int]]:
        credit_gr, t_s = self.credit_gr, self.now_s
        for spell in self.spells:
            covered_s = min(spell.end_s, credited_until(spell.num, spell.den, t_s, credit_gr))
            if covered_s > t_s:
                yield t_s, 0, 1, 0
                credit_gr -= -(-spell.num * (covered_s - t_s) // spell.den)
            if covered_s < spell.end_s:
                credit_gr = 0
                yield covered_s, spell.num, spell.den, spell.rem(covered_s)
            t_s = spell.end_s

    def passed(self, past: list[Piece], limits: tuple[Limit, ...], horizon_s: int) -> Excess | None:
        """The fullest window over the first limit that some window passes.

        Args:
            past: the counted pieces of the 24 h before now.
            limits: from :func:`thecal.pump.controller.ceiling.limits_from`.
            horizon_s: how long after all but the base mode is over the last window ends.
        """
        if not limits:
            return None
        until_s = self.settled_from_s + horizon_s
        pieces = past + self.pieces(until_s)
        found = (excess(pieces, self.now_s, until_s, limit) for limit in limits)
        return next(filter(None, found), None)

    def then_bolus(self, bolus: Bolus, start_s: int) -> Course:
        """The same course with one more bolus, after all those that it has."""
        return replace(self, boluses=(*self.boluses, Spell.bolus(bolus, start_s)))
