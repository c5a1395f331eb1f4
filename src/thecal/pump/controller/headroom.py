"""A bound on every coming window that costs next to nothing, and spares the exact look ahead.

A window holds at most what the week gives in its fullest stretch of that length, and every bolus
that overlaps it, whole. Where even that fits under the ceiling, no window needs to be measured.
It says nothing of a window that reaches back before the week ran undisturbed.
"""

from __future__ import annotations

from collections.abc import Sequence

from thecal.pump.controller.ceiling import DAY_S, Limit, peak_gr
from thecal.pump.controller.course import COMING_S, Course, Spell
from thecal.pump.controller.schedule import Week


class Headroom:
    """What surely fits under the ceiling while one week runs on one clock."""

    def __init__(self) -> None:
        self._since_s = 0
        self._base: list[tuple[int, int, int]] = []
        self._boluses: list[tuple[int, int]] = []
        self._sure = False

    def restart(self, week: Week, limits: Sequence[Limit], t_s: int) -> None:
        """From ``t_s`` on ``week`` runs under ``limits``."""
        self._since_s, self._sure = t_s, False
        pieces = Course(0, 0, 0, week).pieces(COMING_S) if limits else []
        self._base = [
            (limit.window_s, limit.most_gr, peak_gr(pieces, DAY_S, COMING_S, limit.window_s))
            for limit in limits
        ]

    def disturb(self, t_s: int) -> None:
        """Something else than the week has run until ``t_s``."""
        self._since_s, self._sure = t_s, False

    def begin(self, bolus: Spell) -> None:
        """A bolus begins over the week."""
        oldest_s = bolus.start_s - DAY_S
        self._boluses = [known for known in self._boluses if known[0] > oldest_s]
        self._boluses.append((bolus.end_s, bolus.num))
        self._sure = False

    def sure(self, t_s: int) -> bool:
        """Whether no window that ends at ``t_s`` or later can pass, if no bolus is added."""
        if not self._sure:
            self._sure = self.surely_fits(t_s, 0)
        return self._sure

    def surely_fits(self, t_s: int, more_gr: int) -> bool:
        """The same with ``more_gr`` added at once."""
        for window_s, most_gr, base_gr in self._base:
            oldest_s = t_s - window_s
            if oldest_s < self._since_s:
                return False
            moved_gr = base_gr + more_gr
            for end_s, bolus_gr in self._boluses:
                if end_s > oldest_s:
                    moved_gr += bolus_gr
            if moved_gr > most_gr:
                return False
        return True
