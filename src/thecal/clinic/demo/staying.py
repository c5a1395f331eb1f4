"""What a demo needs to go on: its mark, its pumps' addresses, and who can sign in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.utils import timezone

from thecal.clinic.demo import mark
from thecal.clinic.demo.folder import PUMPS, DemoError
from thecal.clinic.demo.staff import ACCOUNTS, PASSWORD
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User
from thecal.clinic.people.roles import Role
from thecal.clinic.pumps.models import Device
from thecal.clinic.record.services import services


def check() -> None:
    """Whether the record at hand is a demo's.

    Raises:
        DemoError: it is not; nobody's record is served with known passwords.
    """
    if not mark.is_demo():
        raise DemoError("the record in this folder is no demo's")


def addresses() -> dict[str, str]:
    """Where the record says that each pump on the link answers, by serial."""
    rows = Device.objects.current().exclude(address="")
    return dict(rows.values_list("serial", "address"))


def follow_the_pumps(now_at: Mapping[str, str]) -> None:
    """Write down, by the service, which pumps answer elsewhere than they did."""
    physician = User.objects.get(username=Role.PHYSICIAN.value)
    for device in Device.objects.current().exclude(address="").select_related("patient"):
        address = now_at.get(device.serial, device.address)
        if address != device.address:
            order = {
                "device": device.pk,
                "model": device.model,
                "serial": device.serial,
                "address": address,
                "why": "the demo's pump answers elsewhere since it was started again",
            }
            services()["pumps.amend"].ask(physician, device.patient, order)


def introduction(home: Path) -> Iterator[str]:
    """Who can sign in, how old the demo is, and where its pumps are."""
    yield f"Demo: {Patient.objects.count()} invented patients; nothing here is for care."
    yield f"Every password is: {PASSWORD}"
    for one in ACCOUNTS:
        yield f"  {one.username:<18} {one.role.label}"
    yield f"Pumps: thecal pump list {home / PUMPS}"
    age = (timezone.now() - mark.founded_at()).days
    if age:
        yield f"Founded {age} days ago; --renew founds it anew, with today's tasks."
