"""Beside a vendor's programmer: what it showed before and after, held against the prescription."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import current
from thecal.clinic.programming.editing import standing_now
from thecal.clinic.programming.reading import Read
from thecal.clinic.programming.screen import changed, laid_out, read_screen
from thecal.clinic.programming.screen_form import ScreenForm, screen_form
from thecal.clinic.programming.sending import opened
from thecal.clinic.programming.sheet import Posted, Sheet, posted
from thecal.clinic.programming.standing import Standing
from thecal.clinic.pumps.services import transcribe
from thecal.clinic.record.pages import key_in, page, person
from thecal.clinic.record.refusals import (
    ConflictError,
    DoneBeforeError,
    GateClosedError,
    InvalidError,
)

_ORDER = ("before", "after")
Sheets = Mapping[str, Sheet]


class _Half:
    """One screen's fields of what a browser sent, without the screen's name."""

    def __init__(self, form: Posted, name: str) -> None:
        self._form, self._prefix = form, f"{name}-"

    def getlist(self, key: str) -> list[str]:
        """Every value of a field."""
        return self._form.getlist(self._prefix + key)

    def __iter__(self) -> Iterator[str]:
        """The fields' names."""
        return (
            one.removeprefix(self._prefix) for one in self._form if one.startswith(self._prefix)
        )


@page("GET", "POST")
def transcribe_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Two screens to be typed in, and what the comparison says; a button draws the form anew."""
    if request.method == "GET":
        whose = opened(request, patient, "programming.transcribe")
        return _drawn(request, whose, _laid_out(whose))
    whose = get_object_or_404(Patient, pk=patient)
    sheets = {name: posted(_Half(request.POST, name)) for name in _ORDER}
    if "do" in request.POST:
        which, _sep, what = request.POST["do"].partition("-")
        drawn = {
            name: changed(one, what if name == which else "show") for name, one in sheets.items()
        }
        return _drawn(request, whose, drawn)
    return _compared(request, whose, sheets)


def _compared(request: HttpRequest, patient: Patient, sheets: Sheets) -> HttpResponse:
    transcribe.allowed(person(request), patient)
    read = {name: read_screen(one, person(request).name) for name, one in sheets.items()}
    if not all(one.text for one in read.values()):
        return _drawn(request, patient, sheets, read, status=422)
    order = {name: request.POST.get(name, "") for name in ("device", "prescription")}
    order |= {name: one.text for name, one in read.items()}
    try:
        session = transcribe.ask(
            person(request), patient, order, once=key_in(request.POST.get("once", ""))
        )
    except DoneBeforeError:
        return redirect("patient", patient=patient.pk)
    except InvalidError as refusal:
        return _drawn(request, patient, sheets, read, problems=refusal.problems, status=422)
    except GateClosedError as refusal:
        return _drawn(request, patient, sheets, read, closed=refusal.closed, status=409)
    except ConflictError as refusal:
        return _drawn(request, patient, sheets, read, problems={"": str(refusal)}, status=409)
    return redirect("programmer.session", patient=patient.pk, session=session.pk)


def _laid_out(patient: Patient) -> Sheets:
    """Each screen with the parts of what is known to run, and of what is to run."""
    standing, entry = standing_now(patient), current(patient)
    device = standing.device or next(iter(standing.pumps), None)
    model, now = device.model if device else "", timezone.localtime()
    told = {"before": _ran(standing, entry), "after": entry}
    return {
        name: laid_out(
            plan_of(one, standing.day).case.prescription if one is not None else None, model, now
        )
        for name, one in told.items()
    }


def _ran(standing: Standing, entry: Prescription | None) -> Prescription | None:
    """What is known to be in the pump, or else was prescribed before; None where nothing was."""
    sent = standing.verified.prescription if standing.verified else None
    return sent or (entry.previous if entry else None)


def _drawn(
    request: HttpRequest,
    patient: Patient,
    sheets: Sheets,
    read: Mapping[str, Read] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    transcribe.allowed(person(request), patient)
    context = {
        "patient": patient,
        "entry": current(patient),
        "pumps": standing_now(patient).pumps,
        "device": request.POST.get("device", ""),
        "once": uuid4(),
        "screens": list(_forms(sheets, read or {})),
        "is_unread": status == 422 and not more,  # noqa: PLR2004
        "redraws_at": reverse("programmer.transcribe", args=[patient.pk]),
        **more,
    }
    return render(request, "programming/transcribe.html", context, status=status)


def _forms(sheets: Sheets, read: Mapping[str, Read]) -> Iterator[ScreenForm]:
    titles = {"before": _("Before it was programmed"), "after": _("After it was programmed")}
    for name, sheet in sheets.items():
        yield screen_form(sheet, read.get(name, Read()), f"{name}-", titles[name])
