"""A rehearsal: put a plan into a pump twin, prove that it holds it, and let it run.

The twin is programmed in a session, as any pump is: interrogated, sent the plan, read back and
compared. Then time runs, the patient asks for doses, faults strike, and what leaves the pump is
followed through the path to the catheter's tip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import count
from zoneinfo import ZoneInfo

from thecal.devices import PumpKind
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.port import TwinPort
from thecal.programmer.session.session import Edit, PumpStandsError, Session
from thecal.pump import (
    AlarmSpan,
    Fault,
    PumpProfile,
    Refused,
    RequestPatientDose,
    Segment,
    Twin,
)
from thecal.pump.language import (
    PL_PER_ML,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    PatientDose,
)
from thecal.therapy.changeover.bridge import Solution
from thecal.therapy.changeover.path import arrived, spread_per_day
from thecal.therapy.plan import Plan

VISIT_HOUR = 10
"""A rehearsal starts at ten o'clock, local time, on the day of the visit."""
_SAMPLE_S = 6 * SECONDS_PER_HOUR
_STEPS_PER_PATH = 200
_PATHS_FOLLOWED = 2.0


class NotProgrammedError(RuntimeError):
    """The twin refused the plan, or holds something else than was sent."""


@dataclass(frozen=True, slots=True)
class ReservoirSample:
    """The reservoir at one time: what the pump believes (None if it cannot) and what is true."""

    hour: float
    believed_ml: float | None
    true_ml: float


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """A patient's request that the pump refused."""

    hour: float
    code: str
    wait_s: int | None


@dataclass(frozen=True)
class Rehearsal:
    """What happened.

    Attributes:
        start: local time of the visit, hour 0.
        days: how long it ran.
        digest: of the program that the twin holds; empty for a pump that holds none.
        solution: what the reservoir holds; ``old`` is what the path held.
        segments: what left the pump, from the twin.
        path_ml: None if unknown: then no dose at the tip is known either.
        granted: patient doses given.
    """

    plan: Plan
    start: datetime
    days: float
    digest: str
    solution: Solution
    old: Solution
    segments: tuple[Segment, ...]
    path_ml: float | None
    dead_volume_ml_per_cm: float | None
    reservoir: tuple[ReservoirSample, ...]
    alarms: tuple[AlarmSpan, ...]
    refused: tuple[RefusedRequest, ...]
    granted: int
    bridged_s: int

    @property
    def hours(self) -> int:
        """The whole hours followed."""
        return int(self.days * 24)

    @cached_property
    def pump_ug(self) -> Mapping[str, tuple[float, ...]]:
        """For each drug in the reservoir, the dose that left the pump in each hour, in µg."""
        volumes = [0.0] * self.hours
        for segment in self.segments:
            volume = (segment.volume_pl + segment.leaked_pl) / PL_PER_ML
            for hour, share in _hours_of(segment.start_s, segment.end_s):
                if hour < self.hours:
                    volumes[hour] += volume * share
        return {
            drug: tuple(volume * float(strength) for volume in volumes)
            for drug, strength in self.solution.strengths.items()
        }

    @cached_property
    def tip_ug(self) -> Mapping[str, tuple[float, ...]] | None:
        """For each drug, the dose that left the tip in each hour, in µg; None if not known."""
        if self.path_ml is None or self.dead_volume_ml_per_cm is None:
            return None
        drugs = tuple(dict.fromkeys((*self.solution.strengths, *self.old.strengths)))
        totals = {drug: [0.0] * self.hours for drug in drugs}
        for hour, volume, share in self._parcels(self.path_ml, self.dead_volume_ml_per_cm):
            if hour >= self.hours:
                break
            for drug in drugs:
                before, after = float(self.old.of(drug)), float(self.solution.of(drug))
                totals[drug][hour] += volume * (before + (after - before) * share)
        return {drug: tuple(amounts) for drug, amounts in totals.items()}

    def _parcels(
        self, path_ml: float, dead_volume_ml_per_cm: float
    ) -> Iterator[tuple[int, float, float]]:
        """Parcels of fluid leaving the tip: (hour, mL, share of the new solution)."""
        pumped, variance, last = 0.0, 0.0, 0.0
        for segment in self.segments:
            seconds = segment.end_s - segment.start_s
            if not segment.volume_pl or not seconds:
                continue
            flow = segment.volume_pl / PL_PER_ML / seconds * SECONDS_PER_DAY
            growth = spread_per_day(flow, dead_volume_ml_per_cm)
            following = pumped < path_ml * _PATHS_FOLLOWED
            longest = path_ml / _STEPS_PER_PATH / flow * SECONDS_PER_DAY if following else None
            for start, end in _cuts(segment.start_s, segment.end_s, longest):
                days = (end - start) / SECONDS_PER_DAY
                pumped += flow * days
                variance += growth * days
                share = arrived(pumped, variance, path_ml) if following else 1.0
                yield int(start // SECONDS_PER_HOUR), flow * days, (share + last) / 2
                last = share


def _hours_of(start_s: int, end_s: int) -> Iterator[tuple[int, float]]:
    """The hours that a span touches, each with its share of the span."""
    for start, end in _cuts(start_s, end_s, None):
        yield int(start // SECONDS_PER_HOUR), (end - start) / (end_s - start_s)


def _cuts(start_s: float, end_s: float, longest_s: float | None) -> Iterator[tuple[float, float]]:
    """Cut a span at whole hours, and into pieces no longer than ``longest_s``."""
    at = start_s
    while at < end_s:
        end = min(end_s, (at // SECONDS_PER_HOUR + 1) * SECONDS_PER_HOUR)
        pieces = 1 if longest_s is None else max(1, -(-(end - at) // longest_s))
        step = (end - at) / pieces
        for index in range(int(pieces)):
            yield at + index * step, at + (index + 1) * step
        at = end


def rehearse(
    plan: Plan,
    days: float,
    faults: tuple[Fault, ...] = (),
    requests_per_day: int | None = None,
) -> Rehearsal:
    """Program a twin with a plan and run it.

    Args:
        plan: an accepted plan.
        days: how long to run.
        faults: what happens to the pump; times count from the visit.
        requests_per_day: how often the patient asks for a dose, evenly; None: every allotted one.

    Raises:
        NotProgrammedError: the plan is refused, or the twin does not take or hold it.
    """
    if not plan.accepted or plan.case.program is None:
        raise NotProgrammedError("a refused plan is not put into a pump")
    start = _start(plan.case.visit or date(2026, 1, 5), plan.case.zone)
    twin = _new_twin(plan, start)
    twin.inject(*faults)
    digest = program_twin(plan, twin)
    begins = _before_base_s(plan)
    log = _run(plan, twin, int(days * SECONDS_PER_DAY), begins, requests_per_day)
    path = plan.case.path
    return Rehearsal(
        plan=plan,
        start=start,
        days=days,
        digest=digest,
        solution=Solution({part.name: part.strength for part in plan.case.parts}),
        old=Solution({part.name: part.strength for part in plan.case.old_parts}),
        segments=twin.timeline(),
        path_ml=None if path.volume_ml is None else float(path.volume_ml),
        dead_volume_ml_per_cm=None
        if path.dead_volume_ml_per_cm is None
        else float(path.dead_volume_ml_per_cm),
        reservoir=tuple(log.samples),
        alarms=twin.controller.alarm_spans(),
        refused=tuple(log.refused),
        granted=log.granted,
        bridged_s=begins,
    )


def _start(visit: date, zone: ZoneInfo | None) -> datetime:
    return datetime(visit.year, visit.month, visit.day, VISIT_HOUR, tzinfo=zone or UTC)


def _new_twin(plan: Plan, start: datetime) -> Twin:
    offset = start.utcoffset() or timedelta(0)
    fixed = plan.case.pump.kind is PumpKind.FIXED_RATE
    factory_rate = _only_rate(plan) if fixed else None
    return Twin(
        PumpProfile.from_catalogue(plan.case.pump),
        serial="TWIN-1",
        epoch_utc_s=int(start.timestamp()),
        utc_offset_s=int(offset.total_seconds()),
        factory_rate_pl_per_day=factory_rate,
    )


def _only_rate(plan: Plan) -> int:
    assert plan.case.program is not None  # noqa: S101  (only accepted plans come here)
    return plan.case.program.schedules[0].steps[0].rate_pl_per_day


def _before_base_s(plan: Plan) -> int:
    """How long priming and bridge take, in seconds."""
    program = plan.case.program
    assert program is not None  # noqa: S101  (only accepted plans come here)
    priming = program.priming.duration_s if program.priming else 0
    return priming + (program.bridge.duration_s if program.bridge else 0)


def program_twin(plan: Plan, twin: Twin) -> str:
    """Fill the twin and hold a session with it; the digest of the program that it then holds.

    A priming bolus is drawn during the visit and topped up at its end, since ``fill.volume`` is
    what the reservoir holds *after* the visit.

    Raises:
        NotProgrammedError: refused, or read back different.
    """
    case = plan.case
    twin.fill(round(case.prescription.fill.volume_ml * PL_PER_ML))
    if case.pump.kind is PumpKind.FIXED_RATE or case.program is None:
        return ""
    numbers = count(1)
    session = Session(TwinPort(twin), new_id=lambda: f"rehearsal-{next(numbers)}")
    session.interrogate()
    _put(session, Edit(case.program, case.fill, case.ceiling))
    digest = case.program.digest
    if case.program.priming is not None:
        twin.advance(case.program.priming.duration_s)
        twin.fill(case.program.priming.volume_pl)
        session = Session(TwinPort(twin), new_id=lambda: f"rehearsal-{next(numbers)}")
        session.interrogate()
        _put(session, Edit(fill=case.fill))
    with suppress(PumpStandsError):  # a fault may have stopped it: the rehearsal shows that
        session.end()
    return digest


def _put(session: Session, edit: Edit) -> None:
    session.edit(edit)
    session.review()
    result = session.confirm()
    if result.refusal is not None:
        refused = result.refusal
        figures = f" ({refused.asked} asked, {refused.limit} {refused.unit})"
        raise NotProgrammedError(
            f"the pump refused the update: {refused.code}{figures if refused.limit else ''}"
        )
    if result.outcome is not Outcome.VERIFIED:
        raise NotProgrammedError("the pump holds something else than was sent")


class _Log:
    """What is written down while the twin runs."""

    def __init__(self) -> None:
        self.samples: list[ReservoirSample] = []
        self.refused: list[RefusedRequest] = []
        self.granted = 0

    def sample(self, twin: Twin) -> None:
        believed = twin.controller.remaining_pl()
        self.samples.append(
            ReservoirSample(
                twin.now_s / SECONDS_PER_HOUR,
                None if believed is None else believed / PL_PER_ML,
                twin.truth().remaining_pl / PL_PER_ML,
            )
        )

    def request(self, twin: Twin, number: int) -> None:
        reply = twin.send(RequestPatientDose(f"request-{number}"))
        if isinstance(reply, Refused):
            hour = twin.now_s / SECONDS_PER_HOUR
            self.refused.append(RefusedRequest(hour, str(reply.code), reply.wait_s))
        else:
            self.granted += 1


def _run(plan: Plan, twin: Twin, until_s: int, begins_s: int, requests_per_day: int | None) -> _Log:
    log, number = _Log(), 0
    for at_s, is_request in _agenda(plan, until_s, begins_s, requests_per_day):
        twin.advance(max(at_s, twin.now_s))
        if is_request:
            number += 1
            log.request(twin, number)
        else:
            log.sample(twin)
    return log


def _agenda(
    plan: Plan, until_s: int, begins_s: int, requests_per_day: int | None
) -> list[tuple[int, bool]]:
    """When to look at the reservoir and when the patient asks, in order."""
    times = [(at, False) for at in range(0, until_s, _SAMPLE_S)] + [(until_s, False)]
    dose = plan.case.program.patient_dose if plan.case.program else None
    if dose is not None:
        every = _interval_s(dose, requests_per_day)
        times += [(at, True) for at in range(begins_s, until_s, every)] if every else []
    return sorted(times)


def _interval_s(dose: PatientDose, requests_per_day: int | None) -> int:
    if requests_per_day == 0:
        return 0
    if requests_per_day is not None:
        return SECONDS_PER_DAY // requests_per_day
    return max(dose.lockout_s, -(-SECONDS_PER_DAY // dose.max_per_day))


def days_to_refill(plan: Plan) -> float | None:
    """How long a rehearsal to the refill lasts, None if no refill date is known."""
    refill = plan.case.refill
    return None if refill is None or refill.days is None else float(Fraction(refill.days))
