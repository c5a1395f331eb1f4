"""A clinic of any size: rows as the projections leave them, with no history behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import uuid4

from django.utils import timezone

from thecal.care import Stage, Urgency
from thecal.clinic.fills.models import Fill, RefillVisit, RunningFill
from thecal.clinic.pathway.kinds import calls, worklist_of
from thecal.clinic.pathway.models import NEVER, OpenTask
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import Clinic, User
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.pumps.models import Device
from thecal.clinic.record import tallies

Kind = tuple[str, Urgency]
KINDS: tuple[Kind, ...] = (("refill", Urgency.SOON), ("surveillance.ask", Urgency.ROUTINE))
PAST, DAYS = 3, 90
"""Dates go round so many days, the first of them so many before today."""
_STAGES = [one.value for one in Stage if one not in (Stage.EXPLANTED, Stage.ENDED)]
_PRESSING = {urgency: number for number, urgency in enumerate(Urgency)}


def fill(
    user: User, clinic: Clinic, count: int, kinds: Sequence[Kind] = KINDS, days: int = DAYS
) -> list[Patient]:
    """So many more patients, each with a stage, a fill and a task of every kind."""
    now = timezone.now()
    patients = [
        Patient(clinic=clinic, registered_at=now, stage=_STAGES[n % len(_STAGES)], **who())
        for n in range(count)
    ]
    Patient.objects.bulk_create(patients)
    OpenTask.objects.bulk_create(
        _task(one, kind, due, now)
        for one, due in zip(patients, _dates(now, days), strict=False)
        for kind in kinds
    )
    _fills(_written(patients, user, now, days))
    tallies.recount()
    return patients


def who() -> dict[str, Any]:
    """A patient's particulars."""
    key = uuid4().hex
    return {
        "number": key,
        "family_name": key[:8],
        "given_name": key[8:16],
        "birth_date": date(1970, 1, 1),
        "sex": "unknown",
    }


def _dates(now: datetime, days: int) -> Iterator[datetime]:
    for day in cycle(range(days)):
        yield now + timedelta(days=day - PAST, hours=1)


def _task(patient: Patient, kind: Kind, due: datetime, now: datetime) -> OpenTask:
    code, urgency = kind
    dated = None if code.endswith(".unknown") else due
    return OpenTask(
        patient=patient,
        clinic_id=patient.clinic_id,
        key=code,
        code=code,
        title=code,
        urgency=urgency.value,
        pressing=_PRESSING[urgency],
        raised=now,
        told_from=due,
        due=dated,
        limit=dated,
        soonest=dated or NEVER,
        worklist=worklist_of(code).value,
        calls=int(calls(code, urgency)),
        overdue=int(dated is not None and dated < now),
    )


def _fills(written: Iterator[Fill]) -> None:
    fills = Fill.objects.bulk_create(written)
    RunningFill.objects.bulk_create(
        RunningFill(
            patient=one.patient,
            clinic_id=one.patient.clinic_id,
            fill=one,
            is_dated=True,
            near=one.latest_safe,
        )
        for one in fills
    )


def _written(patients: Sequence[Patient], user: User, now: datetime, days: int) -> Iterator[Fill]:
    """A fill of each, all at one visit of the first: no list asks for more."""
    by = {"happened_at": now, "recorded_at": now, "recorded_by": user, "recorded_role": "nurse"}
    first = {"patient": patients[0], **by}
    prescription = Prescription.objects.create(visit_on=now.date(), plan={}, **first)
    device = Device.objects.create(model="synchromed-ii-20", serial=uuid4().hex, **first)
    visit = RefillVisit.objects.create(device=device, prescription=prescription, **first)
    for one, due in zip(patients, _dates(now, days), strict=False):
        yield Fill(patient=one, visit=visit, drugs=[], latest_safe=due.date(), **by)
