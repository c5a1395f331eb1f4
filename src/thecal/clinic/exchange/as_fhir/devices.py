"""The pumps and catheters that a patient has or had: one device each, however often written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from thecal import devices
from thecal.clinic.exchange.as_fhir.standing import standing
from thecal.clinic.implants.models import Explant, Implant, TakeOver
from thecal.clinic.patients.models import Patient
from thecal.clinic.pumps.models import Device
from thecal.fhir import Json, target
from thecal.fhir.devices import Instance, catheter, metrics, pump, use

Kind = Literal["pump", "catheter"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A device in a patient.

    Attributes:
        name: what its resource's id is made of.
        serial: empty if the record does not say.
        since: when it was placed; None if unknown.
        until: when it was taken out or replaced; None while it is in place.
        known_at: when the record first speaks of it.
    """

    kind: Kind
    model: str
    name: str
    known_at: datetime
    serial: str = ""
    since: datetime | None = None
    until: datetime | None = None
    site: str = ""
    tip: str = ""

    def was_in_place(self, at: datetime) -> bool:
        """Whether it was in the patient at a moment, as far as the record says."""
        begun = self.since or self.known_at
        return begun <= at and (self.until is None or at < self.until)

    @property
    def target(self) -> str:
        """``Device/id``."""
        return f"Device/{self.name}"

    def resources(self, whose: str) -> Iterator[Json]:
        """The device, its use, and what a pump counts."""
        instance = Instance(self.kind, self.model, self.serial)
        made = (pump if self.kind == "pump" else catheter)(instance, self.name, whose)
        yield made
        yield use(
            f"{self.name}-use",
            whose,
            target(made),
            since=self.since,
            until=self.until,
            site=self.site,
            tip=self.tip,
        )
        if self.kind == "pump":
            yield from metrics(target(made), self.name)


def placed(patient: Patient, as_of: datetime) -> list[Placed]:
    """Every device that the record speaks of at a moment, by when it does."""
    found: list[Placed] = []
    for one in sorted(_mentioned(patient, as_of), key=lambda each: each.known_at):
        same = next((old for old in found if _is_same(old, one)), None)
        if same is None:
            found.append(one)
        else:
            found[found.index(same)] = replace(same, serial=same.serial or one.serial)
    ends = _ends(patient, as_of)
    return [_ended(one, ends) for one in found]


def _is_same(old: Placed, new: Placed) -> bool:
    """One device twice: of one serial number, or of one model where one of the two says none."""
    if (old.kind, old.model) != (new.kind, new.model) or new.since is not None:
        return False
    return old.serial == new.serial or not old.serial or not new.serial


def _mentioned(patient: Patient, as_of: datetime) -> Iterator[Placed]:
    implants = standing(Implant, patient, as_of)
    for row in implants.rows:
        at, name = row.happened_at, str(implants.root(row))
        site = f"subcutaneous pocket, {row.pocket}" if row.pocket else ""
        yield Placed("pump", row.pump, f"{name}-pump", at, row.pump_serial, at, site=site)
        serial = row.catheter_serial
        yield Placed(
            "catheter", row.catheter, f"{name}-catheter", at, serial, at, tip=row.tip_level
        )
    taken = standing(TakeOver, patient, as_of)
    for over in taken.rows:
        at, name, since = over.happened_at, str(taken.root(over)), over.implanted
        yield Placed("pump", over.pump, f"{name}-pump", at, over.pump_serial, since)
        yield Placed("catheter", over.catheter, f"{name}-catheter", at, "", since)
    entered = standing(Device, patient, as_of)
    for device in entered.rows:
        name = f"{entered.root(device)}-pump"
        yield Placed("pump", device.model, name, device.happened_at, device.serial)


def _ends(patient: Patient, as_of: datetime) -> list[tuple[datetime, frozenset[str]]]:
    """When what kinds of device came out: at an explant both, at an operation what it replaces."""
    out = [
        (one.happened_at, frozenset({"pump", "catheter"}))
        for one in standing(Explant, patient, as_of).rows
    ]
    for one in standing(Implant, patient, as_of).rows:
        out.append((one.happened_at, frozenset({"pump", *(["catheter"] if one.catheter else [])})))
    return sorted(out, key=lambda each: each[0])


def _ended(one: Placed, ends: list[tuple[datetime, frozenset[str]]]) -> Placed:
    begun = one.since or one.known_at
    after = [at for at, kinds in ends if one.kind in kinds and at > begun]
    return replace(one, until=after[0]) if after else one


def exported(found: list[Placed]) -> list[Placed]:
    """Those whose model the catalogue has: FHIR gets its published figures, or nothing."""
    return [
        one
        for one in found
        if one.model in (devices.pumps() if one.kind == "pump" else devices.catheters())
    ]


def in_place(found: list[Placed], kind: Kind, model: str, at: datetime) -> Placed | None:
    """The device of a model that was in place at a moment; None if the record knows of none."""
    fitting = [
        one for one in found if one.kind == kind and one.model == model and one.was_in_place(at)
    ]
    return fitting[-1] if fitting else None


def of_serial(found: list[Placed], serial: str) -> Placed | None:
    """The pump of a serial number."""
    return next((one for one in found if one.kind == "pump" and one.serial == serial), None)
