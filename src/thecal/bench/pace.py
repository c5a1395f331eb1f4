"""How fast a bench pump's time runs: real seconds and the pump's own."""

from __future__ import annotations

from dataclasses import dataclass

SLOWEST, FASTEST = 1.0, 1_000_000.0


class PaceError(ValueError):
    """A speed that time cannot run at."""


@dataclass(frozen=True, slots=True)
class Pace:
    """From one instant on, ``speed`` seconds of the pump pass in each real one.

    Attributes:
        pump_s: the pump's counter at that instant.
        real_s: the instant, on a clock that does not run backwards.
    """

    speed: float
    pump_s: int
    real_s: float

    def __post_init__(self) -> None:
        if not SLOWEST <= self.speed <= FASTEST:
            raise PaceError(f"{self.speed:g} is no speed; expected {SLOWEST:g} to {FASTEST:g}")

    def pump_at(self, real_s: float) -> int:
        """The pump's counter at a real instant."""
        return self.pump_s + int((real_s - self.real_s) * self.speed)

    def real_at(self, pump_s: int) -> float:
        """The real instant at which the pump's counter comes to ``pump_s``."""
        return self.real_s + (pump_s - self.pump_s) / self.speed
