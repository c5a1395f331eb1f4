"""What a role may ask of a pump: the table of docs/link.md §7, decided in the pump itself."""

from __future__ import annotations

from typing import Any, get_args

from thecal.link.roles import Role
from thecal.pump.language import (
    EndSession,
    Interrogate,
    ReadLog,
    ReadPatientStatus,
    Request,
    RequestPatientDose,
    Stop,
)

_CLINICIAN, _PATIENT = Role.CLINICIAN, Role.PATIENT
_READER, _EMERGENCY = Role.READER, Role.EMERGENCY
_ONLY_CLINICIAN = frozenset({_CLINICIAN})

_OTHERS: dict[type[Any], frozenset[Role]] = {
    Interrogate: frozenset({_CLINICIAN, _READER, _EMERGENCY}),
    ReadLog: frozenset({_CLINICIAN, _READER}),
    ReadPatientStatus: frozenset({_CLINICIAN, _PATIENT, _READER}),
    RequestPatientDose: frozenset({_PATIENT}),
    Stop: frozenset({_CLINICIAN, _EMERGENCY}),
    EndSession: frozenset(Role),
}
MAY_ASK: dict[type[Any], frozenset[Role]] = {
    kind: _OTHERS.get(kind, _ONLY_CLINICIAN) for kind in get_args(Request)
}
"""For every request the roles that may make it."""


def may_ask(role: Role, request: Request) -> bool:
    """Whether a role may make this request."""
    return role in MAY_ASK[type(request)]
