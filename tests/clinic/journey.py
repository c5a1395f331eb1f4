"""A patient's way through the clinic, step by step, by whichever route a test takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, Protocol
from unittest.mock import patch

import staff
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from programs import Program

from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.record.orders import Overriding
from thecal.clinic.record.refusals import GateClosedError
from thecal.clinic.record.services import services

BEGINNING = datetime(2026, 2, 2, 9, tzinfo=UTC)
RISKS = ["infection", "granuloma", "paralysis"]
PHYSICIAN, NURSE = Role.PHYSICIAN, Role.NURSE


@dataclass
class Clock:
    """The time of day in a test; the clinic asks Django, and Django asks this."""

    now: datetime = BEGINNING

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


@contextmanager
def running() -> Iterator[Clock]:
    """A clock in place of Django's."""
    clock = Clock()
    with patch.object(timezone, "now", lambda: clock.now):
        yield clock


@dataclass(frozen=True)
class Step:
    """Something that somebody does, ``after`` the step before it; facts happen as it is done."""

    action: str
    role: Role
    data: Mapping[str, Any]
    after: timedelta = timedelta(hours=1)


def step(action: str, role: Role, *, hours: float = 1, **data: Any) -> Step:
    """A step; ``data`` are the parts of its order."""
    return Step(action, role, data, timedelta(hours=hours))


def asked(one: Step, clock: Clock) -> dict[str, Any]:
    """What the step asks, with its instant where the order has one."""
    has_instant = "happened_at" in services()[one.action].order.model_fields
    planned = {
        name: (clock.now + value).isoformat() if isinstance(value, timedelta) else value
        for name, value in one.data.items()
    }
    return {**({"happened_at": clock.now.isoformat()} if has_instant else {}), **planned}


class Route(Protocol):
    """A way to ask for a step."""

    def __call__(
        self, patient: Patient, one: Step, clock: Clock, signed: str = ""
    ) -> frozenset[str]:
        """The gates that were closed, none if it was done."""


def by_service(patient: Patient, one: Step, clock: Clock, signed: str = "") -> frozenset[str]:
    """As an import of values or a command would."""
    clock.now += one.after
    try:
        services()[one.action].ask(
            staff.member(one.role),
            patient,
            asked(one, clock),
            overriding=_signed(one.role, signed) if signed else None,
        )
    except GateClosedError as refusal:
        return frozenset(gate.code for gate in refusal.closed)
    return frozenset()


def _passing(role: Role, reason: str) -> dict[str, Any]:
    signature = {"username": f"{role.value}-one", "password": staff.PASSWORD}
    return {"reason": reason, "signature": signature}


def _signed(role: Role, reason: str) -> Overriding:
    return Overriding.model_validate(_passing(role, reason))


_MOMENT = re.compile(r"[0-9-]{10}T[0-9:.]+\+00:00")
_CLOSED = re.compile(r"<h2>Closed: (\S+)</h2>")


def by_page(patient: Patient, one: Step, clock: Clock, signed: str = "") -> frozenset[str]:
    """By the page, as a person would, with Django's own client."""
    clock.now += one.after
    posted = post(patient, one.action, one.role, asked(one, clock), signed)
    if posted.status_code == 302:
        return frozenset()
    text = unescape(posted.content.decode())
    assert posted.status_code == 409, (one.action, posted.status_code, text)
    return frozenset(_CLOSED.findall(text))


def by_api(patient: Patient, one: Step, clock: Clock, signed: str = "") -> frozenset[str]:
    """By the API, as a program with the person's token would."""
    clock.now += one.after
    beside: dict[str, Any] = {"overriding": _passing(one.role, signed)} if signed else {}
    program = Program(staff.member(one.role))
    answer = program.do(patient, one.action, asked(one, clock), **beside)
    if answer.status == 200:
        return frozenset()
    assert answer.code == "gate-closed", answer
    assert all(gate["reasons"] and gate["source"] for gate in answer.said["gates"])
    return frozenset(gate["gate"] for gate in answer.said["gates"])


def post(
    patient: Patient, action: str, role: Role, data: Mapping[str, Any], signed: str = ""
) -> HttpResponse:
    """Open the page of an action, fill its form in and send it."""
    client = Client()
    client.force_login(staff.member(role), staff.BACKEND)
    address = reverse(action, kwargs={"patient": patient.pk})
    assert client.get(address).status_code == 200
    fields = dict(_flat(data))
    if signed:
        fields |= {
            "overriding.reason": signed,
            "overriding.signature.username": f"{role.value}-one",
            "overriding.signature.password": staff.PASSWORD,
        }
    answer: HttpResponse = client.post(address, fields)  # type: ignore[assignment]
    return answer


def _flat(data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """An order's parts as a page's fields have them."""
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, bool):
            yield prefix + name, "yes" if value else "no"
        elif value is not None:
            yield prefix + name, str(value).removesuffix("+00:00") if _is_moment(value) else value


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and _MOMENT.fullmatch(value) is not None


def walk(patient: Patient, steps: list[Step], clock: Clock, route: Route = by_service) -> None:
    """Do steps, all of which must be let through."""
    for one in steps:
        assert route(patient, one, clock) == frozenset(), one.action


YES: dict[str, Any] = dict.fromkeys(
    (
        "conservative_therapy_failed",
        "no_further_surgery",
        "no_untreated_habituation",
        "no_contraindication",
    ),
    "yes",
)

REFERRED = [
    step(
        "selection.refer",
        NURSE,
        indication="pain",
        referred_by="the family doctor",
        question="Pain after two operations.",
    )
]
INDICATED = [step("selection.answer-indications", PHYSICIAN, **YES)]
CLEARED = [
    step(
        "assessments.record-psychological",
        Role.NEUROPSYCHOLOGIST,
        clearance="cleared",
        untreated_habituation=False,
        summary="Fit.",
    )
]
SELECTED = [*REFERRED, *INDICATED, *CLEARED]
SCHEDULED = [
    step("appointments.schedule-trial", NURSE, planned=timedelta(days=2), method="catheter")
]


def consent(procedure: str, risks: list[str] = RISKS) -> Step:
    return step(
        "selection.record-consent",
        PHYSICIAN,
        procedure=procedure,
        risks=risks,
        discussed_by="the physician",
    )


def antibiotic(*, before: bool = True, last: bool = False) -> Step:
    return step(
        "implants.record-antibiotic",
        NURSE,
        agent="as the clinic's protocol has it",
        dose="once",
        before_incision=before,
        is_last=last,
    )


def pain(score: str, hours: float = 1) -> Step:
    return step("followup.record-score", NURSE, hours=hours, instrument="nrs", score=score)


NOTHING_THINS = [step("selection.review-anticoagulants", NURSE)]
BEFORE_TRIAL = [*SCHEDULED, consent("trial"), *NOTHING_THINS, pain("8"), antibiotic()]
START = step("trials.start", PHYSICIAN, hours=0.5, method="catheter", tunnelled=True)


def flow(score: str, hours: float = 4) -> Step:
    return step(
        "trials.record-observation",
        NURSE,
        hours=hours,
        pain=score,
        poss="1",
        respiratory_rate=14,
        spo2=97,
    )


INFUSION = step(
    "trials.record-infusion",
    NURSE,
    drugs="morphine",
    pump="external pump",
    rate="0.1 mL/h",
    concentrations="morphine 1 mg/mL",
)
END = step("trials.end", PHYSICIAN, intact="yes")


def trial(score: str = "3", hours: float = 4) -> list[Step]:
    """A trial with six scores, ``hours`` apart; function is kept."""
    return [
        START,
        INFUSION,
        *(flow(score, hours) for _ in range(6)),
        step("trials.record-function", NURSE, answer="yes"),
    ]


TRIED = [*SELECTED, *BEFORE_TRIAL, *trial(), END]
SCHEDULE_IMPLANT = step("appointments.schedule-implant", PHYSICIAN, planned=timedelta(days=2))
PREPARED = [
    step("implants.record-preparation", NURSE, measure="decolonised"),
    step("implants.record-preparation", NURSE, measure="chlorhexidine"),
    antibiotic(),
]
BEFORE_IMPLANT = [SCHEDULE_IMPLANT, consent("implant"), *NOTHING_THINS, *PREPARED]
PUMP: dict[str, Any] = {
    "pump": "synchromed-ii-20",
    "pump_serial": "SN-1",
    "catheter": "ascenda-8780",
    "catheter_length": "89 cm",
    "tip_level": "T10",
    "anaesthesia": "general",
    "pocket": "abdominal",
    "closure": "staples",
}
IMPLANT = step("implants.record-implant", PHYSICIAN, hours=0.5, **PUMP)
IMPLANTED = [*TRIED, *BEFORE_IMPLANT, IMPLANT]
HOME = [
    antibiotic(before=False, last=True),
    step("implants.discharge", PHYSICIAN, hours=30),
    step("implants.record-wound", PHYSICIAN, hours=72, healthy="yes"),
    step("implants.record-closures-out", NURSE, hours=24 * 10),
]


ROUTES: list[Route] = [by_page, by_service, by_api]
"""Every way that a person or a program has to ask for a step."""
