"""The meter of wake-ups: so many contacts, and no more, may cost a pump its battery (§9)."""

from __future__ import annotations

TOKENS = 20
SECONDS_PER_TOKEN = 15.0


class WakeMeter:
    """A bucket of tokens that fills again with time.

    ``now_s`` lies on any clock that does not run backwards; it is the pump's own, in real time.
    """

    def __init__(self, now_s: float) -> None:
        self._full_at_s = now_s
        self._asleep = False

    def tokens(self, now_s: float) -> float:
        """How many tokens are left, 0 to 20."""
        return TOKENS - max(0.0, self._full_at_s - now_s) / SECONDS_PER_TOKEN

    def take(self, now_s: float) -> bool:
        """Take a token for a contact; False if there is none."""
        if self._full_at_s <= now_s:
            self._asleep = False
        if self.tokens(now_s) < 1:
            return False
        self._full_at_s = max(self._full_at_s, now_s) + SECONDS_PER_TOKEN
        return True

    def falls_asleep(self) -> bool:
        """Whether this is the first contact refused since the meter was last full."""
        first, self._asleep = not self._asleep, True
        return first

    def refund(self) -> None:
        """Give a taken token back: the contact was one of the pump's own people."""
        self._full_at_s -= SECONDS_PER_TOKEN

    def to_plain(self, now_s: float) -> dict[str, int | bool]:
        """The meter's state, free of the clock: milliseconds until it is full, and its sleep."""
        left_s = max(0.0, self._full_at_s - now_s)
        return {"full_in_ms": round(left_s * 1000), "asleep": self._asleep}

    @classmethod
    def from_plain(cls, plain: dict[str, int | bool], now_s: float) -> WakeMeter:
        """The meter as it was kept; the time between counts for nothing."""
        meter = cls(now_s)
        left_s = min(int(plain["full_in_ms"]) / 1000, TOKENS * SECONDS_PER_TOKEN)
        meter._full_at_s += max(0.0, left_s)
        meter._asleep = bool(plain["asleep"])
        return meter
