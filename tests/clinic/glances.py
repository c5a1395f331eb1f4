"""A patient with everything that a glance can show: tried, operated, programmed, filled, asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import programming
import staff
from journey import (
    HOME,
    IMPLANTED,
    NURSE,
    PHYSICIAN,
    Clock,
    Step,
    pain,
    step,
    walk,
)

from thecal import devices
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.pumps.models import Came, Device, Outcome, Purpose, Session, Status, Way
from thecal.clinic.record.services import services
from thecal.pump.language import PL_PER_ML, Interrogate, plain
from thecal.pump.profile import PumpProfile
from thecal.pump.twin import Twin

SIDE_LEFT = {"pocket_side": "left", "entry_level": "L3"}


def placed_left() -> list[Step]:
    """The way to the operation, whose record has the side and the entry too."""
    return [
        Step(one.action, one.role, {**one.data, **SIDE_LEFT}, one.after)
        if one.action == "implants.record-implant"
        else one
        for one in IMPLANTED
    ]


BEFORE: list[Step] = [
    step("followup.record-side-effects", NURSE, nausea="severe", constipation="moderate"),
    step("followup.record-oral-medicines", NURSE, medicines="morphine: 60 mg/day"),
]
SINCE: list[Step] = [
    step("followup.record-side-effects", NURSE, nausea="mild", sedation="none"),
    step(
        "followup.record-oral-medicines", NURSE, medicines="morphine: 15 mg/day\nthe-other: 1 g/d"
    ),
    step("followup.record-activity", NURSE, change="better"),
    pain("3"),
]


def sent(
    device: Device, entry: Prescription, clock: Clock, came: str = Came.VERIFIED.value
) -> Session:
    """A session as the record has it, with what came of it; no pump is spoken to."""
    who = staff.member(Role.PHYSICIAN)
    common: dict[str, Any] = {
        "patient": device.patient,
        "happened_at": clock.now,
        "recorded_at": clock.now,
        "recorded_by": who,
        "recorded_role": Role.PHYSICIAN.value,
    }
    session = Session(
        device=device,
        way=Way.LINK,
        purpose=Purpose.SEND,
        prescription=entry,
        digest=entry.digest,
        **common,
    )
    session.save()
    if came:
        Outcome(session=session, outcome=came, **common).save()
    return session


def told(
    session: Session, clock: Clock, left_ml: float, digest: str | None = None, kind: str = "Status"
) -> Status:
    """What the pump told when it was read; of another kind, no version here understands it."""
    model = PumpProfile.from_catalogue(devices.pump(session.device.model))
    new = Twin(model, serial=session.device.serial)
    status = Status(
        patient=session.patient,
        device=session.device,
        session=session,
        revision=1,
        digest=session.digest if digest is None else digest,
        running="base",
        remaining_pl=round(left_ml * PL_PER_ML),
        delivered_pl=0,
        told={**plain(new.send(Interrogate())), "kind": kind},
        happened_at=clock.now,
        recorded_at=clock.now,
        recorded_by=staff.member(Role.NURSE),
        recorded_role=Role.NURSE.value,
    )
    status.save()
    return status


def filled(
    patient: Patient, device: Device, clock: Clock, drugs: str = "morphine 10 mg/mL"
) -> None:
    """A refill by its steps."""
    expires = (clock.now + timedelta(days=30)).date()
    steps: list[tuple[str, dict[str, Any]]] = [
        ("fills.begin", {"device": device.pk}),
        ("fills.aspirate", {"volume": "4 mL", "expected": "4 mL", "delivered": "16 mL"}),
        ("fills.read-label", {"drugs": drugs, "expires": expires}),
        ("fills.fill", {"volume": "20 mL"}),
    ]
    for action, order in steps:
        clock.wait(minutes=5)
        services()[action].ask(staff.member(Role.NURSE), patient, order)


def everything(clock: Clock, **who: Any) -> tuple[Patient, Device]:
    """A patient who has come all the way, filled and programmed an hour ago."""
    patient = staff.patient(**who)
    walk(patient, [placed_left()[0], *BEFORE, *placed_left()[1:], *HOME, *SINCE], clock)
    device = services()["pumps.enter"].ask(
        staff.member(PHYSICIAN),
        patient,
        {"happened_at": clock.now, "model": "synchromed-ii-20", "serial": "SN-1"},
    )
    entry = programming.written(patient)
    filled(patient, device, clock)
    sent(device, entry, clock)
    clock.wait(hours=1)
    return patient, device
