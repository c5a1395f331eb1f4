"""Sending: what keeps it back, the second person; then a session that goes on by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Opening
from thecal.clinic.patients.services import open_patient
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.models import FindingSigned
from thecal.clinic.prescriptions.services import (
    confirm_second,
    current,
    needs_second,
    second_of,
    seconds_of,
    sign,
)
from thecal.clinic.programming.editing import standing_now
from thecal.clinic.programming.preview import findings_of, refill_of, rows_of, totals
from thecal.clinic.programming.reviewing import sign_all
from thecal.clinic.programming.standing import Standing, planned
from thecal.clinic.pumps.models import Session, Way
from thecal.clinic.pumps.progress import in_background, states
from thecal.clinic.pumps.services import interrogate, reconcile, send, transcribe
from thecal.clinic.record.actions import may
from thecal.clinic.record.pages import key_in, page, person
from thecal.clinic.record.refusals import (
    ConflictError,
    DoneBeforeError,
    GateClosedError,
    InvalidError,
    RefusalError,
)
from thecal.clinic.record.services import Service
from thecal.clinic.record.services import standing as roles_of

PAGE = "programming.send"


def opened(request: HttpRequest, patient: UUID, shown: str) -> Patient:
    """The patient, whose page is looked at; the trail tells of it."""
    whose = get_object_or_404(Patient, pk=patient)
    return open_patient(person(request), whose, Opening(page=shown))


@page("GET", "POST")
def send_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """What stands, what keeps it back, and the button that sends it."""
    if request.method == "GET":
        return _drawn(request, opened(request, patient, PAGE))
    whose = get_object_or_404(Patient, pk=patient)
    order = {
        "device": request.POST.get("device", ""),
        "prescription": request.POST.get("prescription", ""),
        "ten_fold_is_right": request.POST.get("ten_fold") == "yes",
    }
    return _begun(request, whose, send, order, _drawn)


Drawn = Callable[..., HttpResponse]


def _begun(
    request: HttpRequest,
    patient: Patient,
    service: Service[Any, Session],
    order: dict[str, Any],
    drawn: Drawn,
) -> HttpResponse:
    """Begin a session that goes on by itself, and show it; the same request twice begins one."""
    under_way = running(patient)
    if under_way is not None:
        messages.info(request, _("A session is under way: this is it."))
        return redirect("programmer.session", patient=patient.pk, session=under_way.pk)
    try:
        with in_background():
            session = service.ask(
                person(request), patient, order, once=key_in(request.POST.get("once", ""))
            )
    except DoneBeforeError:
        latest = Session.objects.of(patient).first()
        if latest is None:
            raise
        return redirect("programmer.session", patient=patient.pk, session=latest.pk)
    except GateClosedError as refusal:
        return drawn(request, patient, closed=refusal.closed, status=409)
    except (ConflictError, InvalidError) as refusal:
        return drawn(request, patient, problem=str(refusal), status=409)
    return redirect("programmer.session", patient=patient.pk, session=session.pk)


def running(patient: Patient) -> Session | None:
    """A session of this patient that goes on in this process now."""
    for one in Session.objects.of(patient).filter(way=Way.LINK)[:5]:
        if states(one.pk) is not None:
            return one
    return None


def _drawn(request: HttpRequest, patient: Patient, status: int = 200, **more: Any) -> HttpResponse:
    standing = standing_now(patient)
    context: dict[str, Any] = {
        "patient": patient,
        "standing": standing,
        "under_way": running(patient),
        "once": uuid4(),
        "may": _may(request, patient),
        **_standing_plan(request, patient, standing),
        **more,
    }
    return render(request, "programming/send.html", context, status=status)


def _may(request: HttpRequest, patient: Patient) -> dict[str, bool]:
    held = roles_of(person(request), patient.clinic, patient)
    services: dict[str, Service[Any, Any]] = {
        "sign": sign,
        "second": confirm_second,
        "send": send,
        "transcribe": transcribe,
        "interrogate": interrogate,
    }
    return {name: may(held, one.action) is not None for name, one in services.items()}


def _standing_plan(request: HttpRequest, patient: Patient, standing: Standing) -> dict[str, Any]:
    """The plan of the prescription that stands, on this day, with its signatures."""
    entry = current(patient)
    if entry is None:
        return {"entry": None}
    plan = plan_of(entry, standing.day)
    new = planned(plan, standing.device)
    old, whose = standing.ran
    rows = rows_of(old, new) if old else ()
    rules = needs_second(entry)
    open_codes = {one.code for one in plan.open_findings}
    findings = list(findings_of(plan))
    return {
        "entry": entry,
        "plan": plan,
        "program": plan.case.program,
        "totals": list(totals(old, new)),
        "whose": whose,
        "refill": list(refill_of(plan)),
        "rows": rows,
        "ten_fold": [row for row in rows if row.ten_fold],
        "findings": findings,
        "stops": [one for one in findings if one.severity == "stop"],
        "open": [
            (code, [one for one in findings if one.code == code and one.severity == "confirm"])
            for code in dict.fromkeys(one.code for one in findings)
            if code in open_codes
        ],
        "signed": FindingSigned.objects.current()
        .filter(prescription=entry)
        .select_related("signer"),
        "rules": sorted(rules),
        "second": second_of(entry, person(request), rules),
        "is_second": seconds_of(entry, rules).filter(person=person(request)).exists(),
        "is_mine": entry.recorded_by_id == person(request).pk,
        "links": [one for one in standing.pumps if one.address],
    }


@page("POST")
def sign_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Sign what is still open."""
    whose = get_object_or_404(Patient, pk=patient)
    entry = current(whose)
    sign.allowed(person(request), whose)
    if entry is not None and str(entry.pk) == request.POST.get("prescription"):
        if sign_all(request, whose, entry, request.POST.dict()):
            messages.success(request, _("Signed."))
    else:
        messages.error(request, _("Another prescription stands now: look again."))
    return redirect("programmer.send", patient=whose.pk)


@page("POST")
def second_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The second person signs: on this screen by their own name, or on their own."""
    whose = get_object_or_404(Patient, pk=patient)
    typed = request.POST.get("username", "").strip()
    signature = {
        "username": typed or person(request).username,
        "password": request.POST.get("password", ""),
    }
    order = {"prescription": request.POST.get("prescription", ""), "signature": signature}
    try:
        made = confirm_second.ask(person(request), whose, order)
    except RefusalError as refusal:
        if refusal.code == "not-allowed":
            raise
        messages.error(request, _("Not confirmed: %s") % refusal)
    else:
        messages.success(request, _("Confirmed by %s.") % made)
    return redirect("programmer.send", patient=whose.pk)


@page("POST")
def interrogate_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Read the pump."""
    whose = get_object_or_404(Patient, pk=patient)
    return _begun(request, whose, interrogate, {"device": request.POST.get("device", "")}, _drawn)


@page("POST")
def reconcile_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Find out what became of a session."""
    whose = get_object_or_404(Patient, pk=patient)
    return _begun(request, whose, reconcile, {"session": request.POST.get("session", "")}, _drawn)
