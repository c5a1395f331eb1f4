"""Beside a vendor's programmer: what it showed before and after, held against the prescription."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.services import current
from thecal.clinic.programming.editing import standing_now
from thecal.clinic.programming.sending import opened
from thecal.clinic.pumps.models import Device
from thecal.clinic.pumps.services import transcribe
from thecal.clinic.record.pages import key_in, page, person
from thecal.clinic.record.refusals import (
    ConflictError,
    DoneBeforeError,
    GateClosedError,
    InvalidError,
)
from thecal.therapy.file.prescription import Flex, Prescription, clock

_ORDER = ("before", "after")


@page("GET", "POST")
def transcribe_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Two sheets to be filled in off the screen, and what the comparison says."""
    if request.method == "GET":
        return _drawn(request, opened(request, patient, "programming.transcribe"))
    whose = get_object_or_404(Patient, pk=patient)
    order = {name: request.POST.get(name, "") for name in ("device", "prescription", *_ORDER)}
    try:
        session = transcribe.ask(
            person(request), whose, order, once=key_in(request.POST.get("once", ""))
        )
    except DoneBeforeError:
        return redirect("patient", patient=whose.pk)
    except InvalidError as refusal:
        return _drawn(request, whose, problems=refusal.problems, status=422)
    except GateClosedError as refusal:
        return _drawn(request, whose, closed=refusal.closed, status=409)
    except ConflictError as refusal:
        return _drawn(request, whose, problems={"": str(refusal)}, status=409)
    return redirect("programmer.session", patient=whose.pk, session=session.pk)


def _drawn(request: HttpRequest, patient: Patient, status: int = 200, **more: Any) -> HttpResponse:
    transcribe.allowed(person(request), patient)
    standing, entry = standing_now(patient), current(patient)
    device, sheets = standing.device or next(iter(standing.pumps), None), {}
    if entry is not None and device is not None:
        told = plan_of(entry, standing.day).case.prescription
        old = standing.plan.case.prescription if standing.plan else told
        now = timezone.localtime()
        sheets = {
            "before": "\n".join(_sheet(old, device, person(request).name, now)),
            "after": "\n".join(_sheet(told, device, person(request).name, now)),
        }
    context = {
        "patient": patient,
        "entry": entry,
        "pumps": standing.pumps,
        "once": uuid4(),
        "sheets": {name: request.POST.get(name) or sheets.get(name, "") for name in _ORDER},
        "names": {"before": _("Before it was programmed"), "after": _("After it was programmed")},
        **more,
    }
    return render(request, "programming/transcribe.html", context, status=status)


def _sheet(told: Prescription, device: Device, who: str, now: datetime) -> Iterator[str]:
    """A sheet with a blank for each figure: the screen's are typed, not those that are meant."""
    yield "transcription = 1"
    yield f"read_at = {now:%Y-%m-%dT%H:%M:%S}"
    yield f"read_by = {json.dumps(who, ensure_ascii=False)}"
    yield from ("", "[pump]", f'model = "{device.model}"', 'serial = ""')
    yield from ("", "[reservoir]", 'volume = " mL"', 'alarm_volume = " mL"')
    for one in told.fill.drugs:
        yield from ("", "[[reservoir.drugs]]", f'drug = "{one.drug}"', 'concentration = " mg/mL"')
    yield from ("", "[program]", f'mode = "{told.therapy.mode}"')
    if told.therapy.mode == "simple":
        yield 'daily_dose = " mg/day"'
    if told.therapy.mode != "stopped":
        yield from ('priming = "none"', 'bridge = "none"')
        if told.patient_dose is None:
            yield 'patient_dose = "none"'
    if isinstance(told.therapy, Flex):
        for schedule in told.therapy.schedule:
            yield from ("", "[[program.schedule]]")
            if schedule.days is not None:
                yield f"days = {json.dumps(list(schedule.days))}"
            steps = [
                f'  {{ at = "{clock(step.at_min)}", rate = " mg/h" }},' for step in schedule.steps
            ]
            yield from ("steps = [", *steps, "]")
    if told.patient_dose is not None:
        yield from ("", "[program.patient_dose]", 'dose = " mg"', 'duration = " min"')
        yield from ('lockout = " h"', "max_per_day = 0")
