"""What can be done around the operation. Its gates stand before it, and before going home."""

from __future__ import annotations

from thecal.clinic.implants import models, orders
from thecal.clinic.pathway.gates import CareGate
from thecal.clinic.pathway.recording import Happened, records
from thecal.clinic.pathway.treating import TREATED, treated_first
from thecal.clinic.people.roles import Role

_TREATS = {Role.PHYSICIAN, Role.NURSE}
_OPERATES = {Role.PHYSICIAN}

prepare = records(
    "implants.record-preparation",
    "Record the preparation of the skin",
    models.Preparation,
    orders.PreparationOrder,
    _TREATS,
)
antibiotic = records(
    "implants.record-antibiotic",
    "Record a dose of the antibiotic",
    models.Antibiotic,
    orders.AntibioticOrder,
    _TREATS,
)
place = records(
    "implants.record-implant",
    "Record the operation: a permanent pump",
    models.Implant,
    orders.ImplantOrder,
    _OPERATES,
    gates=[CareGate("implant.start")],
    fixed={"replaces": False},
)
replace = records(
    "implants.record-replacement",
    "Record the operation: a replacement of the pump",
    models.Implant,
    orders.ImplantOrder,
    _OPERATES,
    gates=[CareGate("replacement.start")],
    fixed={"replaces": True},
)
take_over = records(
    "implants.take-over",
    "Take a patient over who has a pump",
    models.TakeOver,
    orders.TakeOverOrder,
    _OPERATES,
    before=treated_first,
    columns=lambda order: order.model_dump(exclude=TREATED),
)
discharge = records(
    "implants.discharge",
    "Send home after the operation",
    models.Discharge,
    orders.DischargeOrder,
    _OPERATES,
    gates=[CareGate("implant.discharge")],
)
check_wound = records(
    "implants.record-wound",
    "Record the wound check",
    models.WoundCheck,
    orders.WoundCheckOrder,
    _OPERATES,
)
closures_out = records(
    "implants.record-closures-out",
    "Record that staples or stitches are out",
    models.ClosuresOut,
    Happened,
    _TREATS,
)
explant = records(
    "implants.record-explant",
    "Record that the pump was taken out",
    models.Explant,
    orders.ExplantOrder,
    _OPERATES,
    gates=[CareGate("replacement.schedule", only={"pump.present"})],
)
