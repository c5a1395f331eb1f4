"""What is recorded of where pump and catheter lie; the drawing shows that, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from thecal import care, devices
from thecal.care.facts import Explanted
from thecal.clinic.implants.models import Implant, TakeOver
from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.checking import check
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import current
from thecal.clinic.pumps.models import Device
from thecal.therapy.file.prescription import VERTEBRAE


@dataclass(frozen=True, slots=True)
class Body:
    """Pump and catheter as recorded; an empty text is not known.

    Attributes:
        has_pump: None where nobody has recorded whether there is one.
        side: of the pocket: ``left``, ``right`` or empty; ``pocket`` where it is.
        entry: the level at which the catheter enters the canal, one of ``VERTEBRAE`` or empty.
        tip: the level of its tip, likewise.
        tip_as_written: what somebody wrote, where it is no single level.
        prescribed_tip: the level that the prescription counts with.
    """

    has_pump: bool | None
    pump: str = ""
    model: str = ""
    serial: str = ""
    pocket: str = ""
    side: str = ""
    catheter: str = ""
    catheter_length: str = ""
    entry: str = ""
    tip: str = ""
    tip_as_written: str = ""
    prescribed_tip: str = ""
    placed: datetime | None = None

    @property
    def tips_differ(self) -> bool:
        """Whether the operation's level is not the prescription's."""
        return bool(self.tip and self.prescribed_tip and self.tip != self.prescribed_tip)

    @property
    def drawn_tip(self) -> str:
        """The level to draw: the operation's, else the prescription's."""
        return self.tip or self.prescribed_tip


def body(patient: Patient, history: care.History | None) -> Body:
    """Read the newest operation, or how the patient came, and the pump that is entered."""
    device = Device.objects.current().of(patient).first()
    placed = Implant.objects.current().of(patient).first()
    prescribed = _prescribed_tip(current(patient))
    if _is_out(history):
        return Body(False)
    if placed is not None:
        return _of_implant(placed, device, prescribed)
    taken = TakeOver.objects.current().of(patient).first()
    if taken is None and device is None:
        return Body(False if history else None)
    model = (device.model if device else "") or (taken.pump if taken else "")
    return Body(
        True,
        pump=_pump_name(model),
        model=model,
        serial=(device.serial if device else "") or (taken.pump_serial if taken else ""),
        catheter=_catheter_name(taken.catheter if taken else ""),
        prescribed_tip=prescribed,
        placed=taken.implanted if taken else None,
    )


def _is_out(history: care.History | None) -> bool:
    last = history.all(Explanted) if history else ()
    if not last:
        return False
    return (
        not any(
            one.at > last[-1].at and one.kind in {"implanted", "taken-over"}
            for one in history.events
        )
        if history
        else False
    )


def _of_implant(placed: Implant, device: Device | None, prescribed: str) -> Body:
    written = placed.tip_level.strip()
    tip, entry = written.upper(), placed.entry_level.strip().upper()
    model = device.model if device else placed.pump
    return Body(
        True,
        pump=_pump_name(model),
        model=model,
        serial=device.serial if device else placed.pump_serial,
        pocket=placed.pocket,
        side=placed.pocket_side,
        catheter=_catheter_name(placed.catheter),
        catheter_length=placed.catheter_length,
        entry=entry if entry in VERTEBRAE else "",
        tip=tip if tip in VERTEBRAE else "",
        tip_as_written="" if tip in VERTEBRAE else written,
        prescribed_tip=prescribed,
        placed=placed.happened_at,
    )


def _prescribed_tip(entry: Prescription | None) -> str:
    if entry is None:
        return ""
    return check(entry.text, entry.visit_on).case.prescription.catheter.tip


def _pump_name(model: str) -> str:
    pump = devices.pumps().get(model)
    return pump.name if pump else model


def _catheter_name(key: str) -> str:
    catheter = devices.catheters().get(key)
    return catheter.name if catheter else key
