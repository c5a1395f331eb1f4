"""What a bench pump sounds: its alarms as lines of text, at the pump's own time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from thecal.pump import ALARMS, ToneRun, Twin
from thecal.pump.controller.alarms import CLEARED, AlarmName
from thecal.pump.language import Priority


def pump_time(twin: Twin, t_s: int) -> str:
    """A second of the counter as the pump believes it: UTC, and local time where it differs."""
    state = twin.controller.state
    utc = datetime.fromtimestamp(state.epoch_utc_s + t_s, UTC)
    text = f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    if state.utc_offset_s == 0:
        return text
    local = utc + timedelta(seconds=state.utc_offset_s)
    return f"{text} (local {local:%H:%M:%S})"


class Listening:
    """Hears a pump's alarms as its time passes."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._heard_s = twin.now_s
        self._seen = len(twin.controller.log)

    def hear(self) -> Iterator[str]:
        """Every alarm that sounded or ended since this was last asked."""
        log, state = self._twin.controller.log, self._twin.controller.state
        from_s, to_s = self._heard_s + 1, self._twin.now_s + 1
        seen, self._heard_s, self._seen = self._seen, self._twin.now_s, len(log)
        if len(log) == seen and not state.sounding:
            return
        fresh = log.page(seen, len(log) - seen)
        raised_s = min((entry.t_s for entry in fresh), default=from_s)
        for run in self._twin.controller.tones(min(from_s, raised_s), to_s):
            yield self._line(run)
        for entry in fresh:
            if entry.what == CLEARED:
                yield f"{pump_time(self._twin, entry.t_s)}  {entry.facts['alarm']} is over"

    def _line(self, run: ToneRun) -> str:
        rule = ALARMS[run.alarm]
        tones = "two tones" if rule.priority is Priority.CRITICAL else "one tone"
        text = f"{pump_time(self._twin, run.first_s)}  ALARM {run.alarm}, {rule.priority}, {tones}"
        if run.count > 1:
            text += f", {run.count} times, every {run.every_s // 60} min"
        return text

    def next_s(self) -> int | None:
        """The next second at which an alarm that sounds now sounds again."""
        state, profile = self._twin.controller.state, self._twin.profile
        now_s, instants = self._twin.now_s, list[int]()
        for name, sounding in state.sounding.items():
            if sounding.silenced_s is None:
                critical = ALARMS[AlarmName(name)].priority is Priority.CRITICAL
                every_s = profile.critical_repeat_s if critical else profile.noncritical_repeat_s
                instants.append(now_s + every_s - (now_s - sounding.since_s) % every_s)
        return min(instants, default=None)
