"""A round of all pumps that can be reached: each is interrogated, and nothing in it is changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from thecal.clinic.people.models import User, clinics_of
from thecal.clinic.pumps.models import Came, Device, Outcome, Status
from thecal.clinic.pumps.orders import Reading
from thecal.clinic.pumps.placed import another_pump
from thecal.clinic.pumps.services import interrogate
from thecal.clinic.record.refusals import RefusalError


class NobodyError(Exception):
    """There is no such person."""


@dataclass
class Round:
    """What a round came to; ``lines`` name each pump that needs a person."""

    read: int = 0
    missed: int = 0
    lines: list[str] = field(default_factory=list)


def go_round(username: str) -> Round:
    """Interrogate every pump in place that has an address, in a person's name.

    Raises:
        NobodyError: there is no such person.
    """
    who = User.objects.filter(username=username, is_active=True).first()
    if who is None:
        raise NobodyError(f"there is nobody called '{username}'")
    made, clinics = Round(), [one.pk for one in clinics_of(who)]
    rows = Device.objects.current().filter(patient__clinic__in=clinics).exclude(address="")
    for device in rows.select_related("patient").order_by("patient__number", "pk"):
        if not another_pump(device.patient, device.model, device.serial):
            _visit(made, who, device)
    return made


def _visit(made: Round, who: User, device: Device) -> None:
    name = f"record {device.patient.number}, {device}"
    try:
        session = interrogate(who, device.patient, Reading(device=device.pk))
    except RefusalError as refusal:
        made.missed += 1
        made.lines.append(f"{name}: NOT READ: {refusal}")
        return
    came = Outcome.objects.filter(session=session).order_by("recorded_at").last()
    if came is None or came.outcome != Came.READ:
        made.missed += 1
        made.lines.append(f"{name}: NOT READ: {came.because if came else 'no outcome'}")
        return
    made.read += 1
    status = Status.objects.filter(session=session).first()
    if status is not None and status.alarms:
        made.lines.append(f"{name}: ALARMS: {', '.join(status.alarms)}")
