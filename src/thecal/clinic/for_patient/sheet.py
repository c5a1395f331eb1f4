"""What a patient's own page and leaflet are made of: read from the record, nothing made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from thecal import care
from thecal.care.gates.moment import scheduled
from thecal.clinic.fills.history import last_fill
from thecal.clinic.for_patient.models import ContactDetails
from thecal.clinic.overview.body import body
from thecal.clinic.overview.running import Running, running
from thecal.clinic.overview.steps import Where, steps
from thecal.clinic.pathway import figures
from thecal.clinic.pathway.history import history_of
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic
from thecal.clinic.prescriptions.checking import plan_of
from thecal.pump.language import (
    DAYS_PER_WEEK,
    MINUTES_PER_DAY,
    PL_PER_ML,
    DaySchedule,
    Mode,
)
from thecal.therapy.plan import Plan

_WINDOWS = ("wound.check", "closures.remove")
"""Tasks whose days a patient has to know."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of one drug, in µg."""

    drug: str
    ug: Fraction
    shown_in: str


@dataclass(frozen=True, slots=True)
class Hours:
    """From a minute of the day until another: what is given in that time altogether."""

    start_min: int
    end_min: int
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class DayDoses:
    """The doses of some days of the week; Monday is 0."""

    days: tuple[int, ...]
    hours: tuple[Hours, ...]
    total: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class OwnDose:
    """What the patient's own controller may ask for."""

    amounts: tuple[Amount, ...]
    minutes: Fraction
    lockout_hours: Fraction
    most_a_day: int


@dataclass(frozen=True, slots=True)
class Program:
    """The program that the pump was proven to hold.

    Attributes:
        mode: of ``thecal.pump.language``; without a schedule nothing is given for the illness.
    """

    since: datetime
    mode: str
    days: tuple[DayDoses, ...]
    own: OwnDose | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """Something in the calendar."""

    procedure: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Something that is due in a window: a task's code, and its days; None: no limit known."""

    code: str
    due: date
    latest: date | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How the clinic is reached; an empty text was never given."""

    phone: str = ""
    hours: str = ""
    at_night: str = ""
    emergency: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the page and the leaflet say of one patient, at one instant.

    Attributes:
        treated: ``pain``, ``spasticity`` or empty if nobody has recorded it.
        place: the step of the pathway where the patient is, empty off it.
        behind: the steps that are done.
        has_pump: None where nobody has recorded whether there is one.
        program: None where it is not known what runs; ``doubt`` tells that it should be.
        latest_safe: the last day for the refill; None if not known.
    """

    at: datetime
    name: str
    clinic: str
    treated: str
    stage: str
    place: str
    behind: tuple[str, ...]
    has_pump: bool | None
    pump: str
    side: str
    tip: str
    drugs: tuple[str, ...]
    program: Program | None
    doubt: bool
    appointments: tuple[Appointment, ...]
    windows: tuple[Window, ...]
    refill_due: date | None
    latest_safe: date | None
    reach: Reach


def sheet(patient: Patient, now: datetime) -> Sheet:
    """Read it; call it within a read that the trail tells of."""
    history, known = history_of(patient), running(patient)
    pathway = care.follow(history, now, figures.in_force()) if history else None
    way = steps(pathway, history) if pathway and history else ()
    fill, lies = last_fill(patient), body(patient, history)
    program = _program(known)
    return Sheet(
        now,
        f"{patient.given_name} {patient.family_name}",
        patient.clinic.name,
        str(history.patient.indication) if history else "",
        str(pathway.stage) if pathway else "",
        next((one.key for one in way if one.where is Where.HERE), ""),
        tuple(one.key for one in way if one.where is Where.BEHIND),
        lies.has_pump,
        lies.pump,
        lies.side,
        lies.tip,
        tuple(one["drug"] for one in fill.drugs) if fill else (),
        program,
        program is None and bool(known.sent),
        tuple(_appointments(history, now)) if history else (),
        tuple(_windows(pathway)) if pathway else (),
        fill.refill_due if fill else None,
        fill.latest_safe if fill else None,
        reach(patient.clinic),
    )


def reach(clinic: Clinic) -> Reach:
    """How the clinic says that it is reached."""
    row = ContactDetails.objects.filter(clinic=clinic).order_by("-since").first()
    if row is None:
        return Reach()
    return Reach(row.phone, row.hours, row.at_night, row.emergency)


def _appointments(history: care.History, now: datetime) -> Iterator[Appointment]:
    facts = history.until(now)
    found = [scheduled(facts, procedure) for procedure in care.Procedure]
    planned = [one for one in found if one is not None and one.planned >= now]
    for one in sorted(planned, key=lambda one: one.planned):
        yield Appointment(str(one.procedure), one.planned)


def _windows(pathway: care.Pathway) -> Iterator[Window]:
    for task in pathway.tasks:
        if task.code in _WINDOWS and task.due is not None:
            latest = task.latest.date() if task.latest else None
            yield Window(task.code, task.due.date(), latest)


def _program(known: Running) -> Program | None:
    """The verified program, worked out anew; None if it is not exactly the one in the pump."""
    sent = known.program
    if sent is None or sent.session.prescription is None:
        return None
    plan = plan_of(sent.session.prescription, sent.session.prescription.visit_on)
    program = plan.case.program
    if program is None or program.digest != sent.session.digest:
        return None
    return Program(sent.at, str(program.mode), tuple(_days(plan)), _own(plan))


def _days(plan: Plan) -> Iterator[DayDoses]:
    """The days of the week by schedule, in the week's order."""
    program = plan.case.program
    if program is None or program.mode not in {Mode.SIMPLE, Mode.FLEX}:
        return
    for index in dict.fromkeys(program.week):
        days = tuple(day for day in range(DAYS_PER_WEEK) if program.week[day] == index)
        schedule = program.schedules[index]
        total = Fraction(schedule.volume_pl_minutes(), MINUTES_PER_DAY * PL_PER_ML)
        yield DayDoses(days, tuple(_hours(plan, schedule)), _amounts(plan, total))


def _hours(plan: Plan, schedule: DaySchedule) -> Iterator[Hours]:
    for start, end, rate in schedule.spans():
        volume_ml = Fraction(rate * (end - start), MINUTES_PER_DAY * PL_PER_ML)
        yield Hours(start, end, _amounts(plan, volume_ml))


def _amounts(plan: Plan, volume_ml: Fraction) -> tuple[Amount, ...]:
    return tuple(
        Amount(part.name, volume_ml * part.strength, part.drug.shown_in) for part in plan.case.parts
    )


def _own(plan: Plan) -> OwnDose | None:
    dose = plan.case.program.patient_dose if plan.case.program else None
    if dose is None:
        return None
    return OwnDose(
        _amounts(plan, Fraction(dose.volume_pl, PL_PER_ML)),
        Fraction(dose.duration_s, 60),
        Fraction(dose.lockout_s, 3600),
        dose.max_per_day,
    )
