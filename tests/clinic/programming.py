"""A patient with a pump and a prescription, as the tests of programming and refills find them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import staff
from django.utils import timezone

from thecal.clinic.pathway.models import Indication
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.checking import said
from thecal.clinic.prescriptions.models import FindingSigned, Prescription, SecondPerson
from thecal.clinic.prescriptions.services import confirm_second, current, prescribe, sign
from thecal.clinic.pumps.models import Device
from thecal.clinic.pumps.services import enter
from thecal.clinic.record.services import services

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL, SERIAL = "synchromed-ii-20", "SERIAL-1"


def example(name: str) -> str:
    """An example's text without the age, which is another patient's."""
    lines = (EXAMPLES / name).read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("age_years"))


FIRST = example("morphine-first-fill.toml")
BACLOFEN = example("baclofen-spinal-first-fill.toml")


def signature(role: Role, password: str = staff.PASSWORD) -> dict[str, str]:
    """What somebody types to sign."""
    return {"username": f"{role.value}-one", "password": password}


def written(patient: Patient, text: str = FIRST, **more: Any) -> Prescription:
    """A prescription by the physician, after the one that stands."""
    before = current(patient)
    order = {"text": text, **({"follows": before.pk} if before else {}), **more}
    return prescribe.ask(staff.member(Role.PHYSICIAN), patient, order)


def signed(patient: Patient, entry: Prescription, rule: str) -> FindingSigned:
    """A physician's answer to a finding."""
    order = {
        "prescription": entry.pk,
        "rule": rule,
        "reason": "seen and meant",
        "signature": signature(Role.PHYSICIAN),
    }
    return sign.ask(staff.member(Role.PHYSICIAN), patient, order)


def confirmed(patient: Patient, entry: Prescription, who: Role = Role.PHARMACIST) -> SecondPerson:
    """A second person's signature, on the physician's screen."""
    order = {"prescription": entry.pk, "signature": signature(who)}
    return confirm_second.ask(staff.member(Role.PHYSICIAN), patient, order)


def pump(patient: Patient, address: str = "", serial: str = SERIAL, model: str = MODEL) -> Device:
    """The patient's pump, with which they were taken over an hour ago."""
    _taken_over(patient, serial, model)
    order = {
        "happened_at": timezone.now() - timedelta(hours=1),
        "model": model,
        "serial": serial,
        "address": address,
    }
    return enter.ask(staff.member(Role.NURSE), patient, order)


def _taken_over(patient: Patient, serial: str, model: str) -> None:
    """The pump is in place, placed elsewhere; what is treated is what the prescription says."""
    entry = current(patient)
    known = Indication.objects.current().of(patient).first()
    treated = known or (said(entry.text).patient if entry else None)
    order = {
        "happened_at": timezone.now() - timedelta(hours=1),
        "indication": treated.indication if treated else "pain",
        "spasticity_origin": (treated.spasticity_origin or None) if treated else None,
        "pump": model,
        "pump_serial": serial,
        "from_whom": "another clinic",
    }
    services()["implants.take-over"].ask(staff.member(Role.PHYSICIAN), patient, order)
