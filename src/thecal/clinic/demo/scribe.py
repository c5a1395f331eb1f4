"""Who writes a demo patient's story: every deed by its service, as a person of its role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from thecal.clinic.demo.beds import Beds
from thecal.clinic.demo.clock import Clock
from thecal.clinic.demo.staff import PASSWORD
from thecal.clinic.demo.therapies import Therapy
from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Particulars
from thecal.clinic.patients.services import register
from thecal.clinic.people.models import Clinic, User
from thecal.clinic.people.roles import Role
from thecal.clinic.record.services import services

PHYSICIAN, NURSE = Role.PHYSICIAN, Role.NURSE
PHARMACIST, NEUROPSYCHOLOGIST = Role.PHARMACIST, Role.NEUROPSYCHOLOGIST
_TAKES = timedelta(seconds=20)
"""How long a deed takes, so that no two of a patient's are at one instant."""
Story = Iterator[datetime]
"""A patient's story: it gives when it goes on, and does what is then done when it is resumed."""


@dataclass(frozen=True, slots=True)
class House:
    """All that stories share."""

    clock: Clock
    beds: Beds
    clinic: Clinic
    people: Mapping[str, User]
    today: datetime

    def before(self, **time: float) -> datetime:
        """So long before the demo is founded."""
        return self.today - timedelta(**time)


@dataclass
class Scribe:
    """One patient's.

    Attributes:
        serial: of their pump, here and on its label.
        address: where the pump answers; empty for one behind a vendor's programmer.
        device: the pump's entry, once there is one.
        prescription: the one that stands, likewise.
        therapy: what runs in the pump.
        session: the last one that sent something.
    """

    house: House
    who: Particulars
    serial: str
    address: str = ""
    device: Any = None
    prescription: Any = None
    therapy: Therapy | None = None
    session: Any = None

    registered: Patient | None = None

    @property
    def patient(self) -> Patient:
        """Theirs.

        Raises:
            LookupError: they are not registered yet.
        """
        if self.registered is None:
            raise LookupError(f"{self.who.number} is not registered yet")
        return self.registered

    def register(self) -> None:
        """Begin the patient's record."""
        self.registered = register(self.house.people[NURSE.value], self.house.clinic, self.who)

    @property
    def now(self) -> datetime:
        """The instant at hand."""
        return self.house.clock.now()

    @property
    def age_years(self) -> int:
        """The patient's, by their birthdays."""
        born, day = self.patient.birth_date, self.now.date()
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def do(self, action: str, role: Role, **order: Any) -> Any:
        """Do something now, by its service.

        Raises:
            RefusalError: a story that the clinic's own rules do not allow.
        """
        clock, service = self.house.clock, services()[action]
        clock.move_to(clock.now() + _TAKES)
        if "happened_at" in service.order.model_fields:
            order.setdefault("happened_at", clock.now())
        return service.ask(self.house.people[role.value], self.patient, order)

    def signature(self, username: str = PHYSICIAN.value) -> dict[str, str]:
        """What somebody types to sign."""
        return {"username": username, "password": PASSWORD}
