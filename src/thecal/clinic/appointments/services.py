"""What can be put into the calendar. A trial, an implant and a replacement have their gates."""

from __future__ import annotations

from thecal.clinic.appointments.models import Appointment, Cancellation
from thecal.clinic.appointments.orders import (
    AppointmentOrder,
    CancellationOrder,
    TrialAppointmentOrder,
)
from thecal.clinic.pathway.gates import CareGate
from thecal.clinic.pathway.recording import records
from thecal.clinic.pathway.words import Procedure
from thecal.clinic.people.roles import Role

_SCHEDULES = {Role.PHYSICIAN, Role.NURSE}
_GATES = {
    Procedure.TRIAL: "trial.schedule",
    Procedure.IMPLANT: "implant.schedule",
    Procedure.REPLACEMENT: "replacement.schedule",
}

schedule = {
    procedure: records(
        f"appointments.schedule-{procedure.value}",
        f"Schedule: {str(procedure.label).lower()}",
        Appointment,
        TrialAppointmentOrder if procedure is Procedure.TRIAL else AppointmentOrder,
        _SCHEDULES,
        gates=[CareGate(_GATES[procedure])] if procedure in _GATES else [],
        fixed={"procedure": procedure.value},
    )
    for procedure in Procedure
}
cancel = records(
    "appointments.cancel",
    "Take something out of the calendar",
    Cancellation,
    CancellationOrder,
    _SCHEDULES,
)
