"""After an MRI scan: the pump is read twice, and its program compared with the one before.

Some pumps enter a stall in their log only at the second interrogation, and a scan may have altered
what a pump holds (hazard H11).
"""

from __future__ import annotations

from dataclasses import dataclass

from thecal.programmer.session.port import NotAnAnswerError, SpokenPort
from thecal.pump.controller.alarms import AlarmName
from thecal.pump.language import Status


@dataclass(frozen=True, slots=True)
class AfterScan:
    """What two interrogations after a scan show.

    Attributes:
        status: the second one's.
        problems: why the pump must not be left as it is; empty if there is nothing.
        notes: what else there is to know.
    """

    status: Status
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def after_scan(port: SpokenPort, digest_before: str | None) -> AfterScan:
    """Read the pump twice; ``digest_before`` is of the program that it was last seen to hold.

    Raises:
        LinkLostError: it could not be read twice.
    """
    first, second = _read(port), _read(port)
    return AfterScan(
        second, tuple(_problems(first, second, digest_before)), tuple(_notes(first, second))
    )


def _read(port: SpokenPort) -> Status:
    status = port.read().status
    if status is None:
        raise NotAnAnswerError("the pump told nothing")
    return status


def _problems(first: Status, second: Status, digest_before: str | None) -> list[str]:
    found = []
    if digest_before is None:
        found.append("no program of before the scan is known here: compare it by hand")
    elif second.program_digest != digest_before:
        found.append(f"the program is not the one of before the scan, {digest_before[:16]}…")
    if first.program_digest != second.program_digest:
        found.append("the two interrogations read different programs")
    sounding = {alarm.name for alarm in second.alarms}
    for name in (AlarmName.MOTOR_STALL, AlarmName.RESET):
        if name in sounding:
            found.append(f"alarm {name}: the pump has not recovered")
    return found


def _notes(first: Status, second: Status) -> list[str]:
    late = second.log_length - first.log_length
    if not late:
        return []
    return [f"{late} entries came into the log only with the second interrogation"]
