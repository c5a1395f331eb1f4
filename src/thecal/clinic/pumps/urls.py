"""The pumps' addresses."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages

from thecal import devices
from thecal.clinic.pathway.recording import addresses
from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.urls import standing
from thecal.clinic.pumps.models import Came, Device, Purpose, Session, Way
from thecal.clinic.pumps.services import (
    amend,
    enter,
    interrogate,
    pair,
    reconcile,
    send,
    transcribe,
)
from thecal.clinic.record.forms import Offered
from thecal.clinic.record.pages import ActionPage


def pumps(patient: Patient) -> list[tuple[str, str]]:
    """The patient's pumps, as choices."""
    return [(str(one.pk), str(one)) for one in Device.objects.current().of(patient)]


def _models(_patient: Patient) -> Mapping[str, Offered]:
    return {
        "model": lambda: [("", "—"), *((key, one.name) for key, one in devices.pumps().items())]
    }


def _amended(patient: Patient) -> Mapping[str, Offered]:
    return {**_models(patient), **_pumps(patient)}


def _pumps(patient: Patient) -> Mapping[str, Offered]:
    return {"device": lambda: pumps(patient)}


def _pump_and_prescription(patient: Patient) -> Mapping[str, Offered]:
    return {**_pumps(patient), "prescription": lambda: standing(patient)}


def _unknown(patient: Patient) -> Mapping[str, Offered]:
    rows = Session.objects.of(patient).filter(purpose=Purpose.SEND, way=Way.LINK)
    return {
        "session": lambda: [
            (str(one.pk), str(one)) for one in rows if one.certainty == Came.UNKNOWN
        ]
    }


def _came(session: Session) -> tuple[int, str]:
    """A session is done whatever came of it; only what was read back has succeeded."""
    came = Came(session.certainty)
    if came in {Came.VERIFIED, Came.READ}:
        return messages.SUCCESS, str(came.label)
    return (messages.WARNING if came is Came.UNKNOWN else messages.ERROR), str(came.label)


urlpatterns = [
    ActionPage(enter, offered=_models).at(),
    ActionPage(amend, offered=_amended).at(),
    ActionPage(pair, offered=_pumps).at(),
    ActionPage(send, offered=_pump_and_prescription, came=_came).at(),
    ActionPage(interrogate, offered=_pumps, came=_came).at(),
    ActionPage(reconcile, offered=_unknown, came=_came).at(),
    ActionPage(transcribe, offered=_pump_and_prescription, came=_came).at(),
    *addresses("pumps"),
]
