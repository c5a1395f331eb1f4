"""A pump or a catheter as ``Device``, and that a patient has it as ``DeviceUseStatement``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from thecal import devices
from thecal.devices import Catheter, Pump, PumpKind
from thecal.fhir.amounts import amount
from thecal.fhir.elements import (
    Json,
    concept,
    instant,
    own_coding,
    own_concept,
    present,
    published,
    reference,
    resource,
)
from thecal.fhir.names import own_system
from thecal.fhir.reading import Place
from thecal.units import Figure

_TYPES = {
    PumpKind.PROGRAMMABLE: "Implantable intrathecal pump, programmable",
    PumpKind.FIXED_RATE: "Implantable intrathecal pump, fixed rate",
    PumpKind.EXTERNAL: "External infusion pump",
}
_CATHETER = "Intrathecal catheter"


@dataclass(frozen=True, slots=True)
class Instance:
    """One device of the catalogue, as implanted.

    Attributes:
        kind: pump or catheter.
        model: its catalogue key.
        serial: its serial number, empty if unknown.
        udi: the human-readable text of its UDI carrier, empty if unknown.
        udi_device: the device identifier (DI) within it, empty if unknown.
    """

    kind: Literal["pump", "catheter"]
    model: str
    serial: str = ""
    udi: str = ""
    udi_device: str = ""


def pump(one: Instance, identity: str, patient: str = "") -> Json:
    """A pump, with every figure of the catalogue and where it comes from.

    Raises:
        KeyError: not in the catalogue.
    """
    model = devices.pump(one.model)
    return _device(one, model, _TYPES[model.kind], identity, patient)


def catheter(one: Instance, identity: str, patient: str = "") -> Json:
    """A catheter, likewise.

    Raises:
        KeyError: not in the catalogue.
    """
    return _device(one, devices.catheter(one.model), _CATHETER, identity, patient)


def _device(one: Instance, model: Pump | Catheter, kind: str, identity: str, patient: str) -> Json:
    return resource(
        "Device",
        identity,
        identifier=[{"system": own_system("device"), "value": one.model}],
        udiCarrier=_carrier(one),
        status="active",
        manufacturer=model.maker,
        serialNumber=one.serial,
        deviceName=[{"name": model.name, "type": "manufacturer-name"}],
        type=concept(kind, own_coding("device", one.kind)),
        property=[_property(name, figure) for name, figure in figures(model)],
        patient=reference(patient) if patient else None,
    )


def _carrier(one: Instance) -> list[Json]:
    carrier = present(deviceIdentifier=one.udi_device, carrierHRF=one.udi)
    return [carrier] if carrier else []


def figures(model: Pump | Catheter) -> Iterator[tuple[str, Figure]]:
    """Every figure that the catalogue has of a device, by its name there."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Figure):
            yield name, value


def _property(name: str, figure: Figure) -> Json:
    return {
        "extension": published(figure.source, figure.provenance),
        "type": own_concept("figure", name, name.replace("_", " ")),
        "valueQuantity": [amount(figure.value, figure.kind)],
    }


def use(
    identity: str,
    patient: str,
    device: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    site: str = "",
    tip: str = "",
) -> Json:
    """That a patient has a device.

    Args:
        identity: the resource's id.
        patient: ``Patient/id``.
        device: ``Device/id``.
        since: the implantation, None if unknown.
        until: the explantation, None if it is in place.
        site: where the pump lies, in words.
        tip: the vertebral level of a catheter's tip.
    """
    place = own_concept("vertebra", tip, f"catheter tip at {tip}") if tip else None
    return resource(
        "DeviceUseStatement",
        identity,
        status="completed" if until else "active",
        subject=reference(patient),
        timingPeriod=present(
            start=instant(since) if since else None, end=instant(until) if until else None
        )
        or None,
        device=reference(device),
        bodySite=place or (concept(site) if site else None),
    )


def read_device(place: Place) -> Instance:
    """The device of the catalogue that a Device is.

    Raises:
        FhirError: none of the catalogue.
    """
    kind = place.need("type").need_own_code("device")
    known = devices.pumps() if kind == "pump" else devices.catheters()
    if kind not in {"pump", "catheter"}:
        place.need("type").fail(f"'{kind}' is neither pump nor catheter")
    keys = [
        one.need("value")
        for one in place.items("identifier")
        if one.value.get("system") == own_system("device")
    ]
    if len(keys) != 1:
        place.fail(f"has {len(keys)} identifiers of {own_system('device')}; expected one")
    keys[0].word(*known)
    serial, carriers = place.get("serialNumber"), place.items("udiCarrier")
    carrier = carriers[0].value if carriers else {}
    return Instance(
        "pump" if kind == "pump" else "catheter",
        keys[0].text(),
        serial.text() if serial else "",
        carrier.get("carrierHRF", ""),
        carrier.get("deviceIdentifier", ""),
    )
