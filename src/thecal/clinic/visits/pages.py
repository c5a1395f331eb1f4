"""The page of a flow: the steps at the side, one of them large, the others in short."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from thecal.clinic.audit.chain import Outcome
from thecal.clinic.audit.models import Event
from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Opening
from thecal.clinic.patients.services import open_patient
from thecal.clinic.people.models import Clinic, User
from thecal.clinic.record.actions import Action, Kind, may, table
from thecal.clinic.record.entry import Entry
from thecal.clinic.record.pages import STATUS, ActionPage, Attempt, page, page_of, person
from thecal.clinic.record.services import standing as roles_in
from thecal.clinic.visits.correcting import action_for, begins_with
from thecal.clinic.visits.engine import Flow, Standing, StepNow, stand
from thecal.clinic.visits.panels import drawn
from thecal.clinic.visits.scene import Scene
from thecal.clinic.visits.services import list_visits
from thecal.clinic.visits.steps import Link, Step


@dataclass(frozen=True, slots=True)
class Asking:
    """A form on the page.

    Attributes:
        attempt: the form, as it begins or as it was sent.
        corrects: the entry that it corrects, None if it writes a new one.
        once: the key under which it is done once.
    """

    action: Action
    attempt: Attempt
    corrects: Entry | None = None
    once: str = field(default_factory=lambda: str(uuid4()))


def view_of(flow: Flow) -> Callable[..., HttpResponse]:
    """The page of a flow."""

    @page("GET", "POST")
    def view(request: HttpRequest, patient: UUID) -> HttpResponse:
        whose = get_object_or_404(Patient, pk=patient)
        if request.method == "POST":
            return _sent(request, flow, whose)
        return _shown(request, flow, whose)

    return view


def _opened(request: HttpRequest, flow: Flow, patient: Patient) -> Scene:
    """The record, read once the trail has told of it."""
    opened = open_patient(person(request), patient, Opening(page=f"visits.{flow.key}"))
    return Scene(opened, timezone.now())


def _shown(request: HttpRequest, flow: Flow, patient: Patient) -> HttpResponse:
    scene = _opened(request, flow, patient)
    found = stand(flow, scene)
    chosen = _chosen(found, request.GET.get("step", ""))
    asked = _asked(person(request), scene, chosen, request.GET.get("correct", ""))
    return _drawn(request, scene, found, chosen, asked)


def _chosen(found: Standing, key: str) -> StepNow | None:
    """The step that was asked for, else the one that is next."""
    return found.find(key) or found.current


def _sent(request: HttpRequest, flow: Flow, patient: Patient) -> HttpResponse:
    scene = _opened(request, flow, patient)
    found = stand(flow, scene)
    chosen = found.find(request.POST.get("flow-step", ""))
    asked = _asked(person(request), scene, chosen, request.POST.get("flow-correct", ""))
    sent = next((one for one in asked if one.action.name == request.POST.get("flow-action")), None)
    if chosen is None or sent is None:
        return redirect(_address(flow, patient))
    tried = _tried(request, scene, chosen.step, sent)
    if tried.done:
        return redirect(_address(flow, patient))
    again = [replace(one, attempt=tried) if one is sent else one for one in asked]
    return _drawn(request, scene, found, chosen, again, tried.status)


def _address(flow: Flow, patient: Patient) -> str:
    return reverse(f"visits.{flow.key}", kwargs={"patient": patient.pk})


def _tried(request: HttpRequest, scene: Scene, step: Step, sent: Asking) -> Attempt:
    """What was sent, for the record as the person saw it and no other."""
    asked = page_of(sent.action.name)
    made = asked.attempt(request, scene.patient, looked=True, auto_id=_ids(step, sent.action.name))
    _hide(made.form, step, sent.corrects)
    return made


def _asked(who: User, scene: Scene, chosen: StepNow | None, correct: str) -> list[Asking]:
    """The forms of a step that somebody may send: of one correction, or of all its actions."""
    if chosen is None:
        return []
    corrected = next((one for one in chosen.done.entries if str(one.pk) == correct), None)
    if corrected is not None:
        return _of(who, scene, chosen.step, action_for(corrected), corrected)
    return [one for name in chosen.step.actions for one in _of(who, scene, chosen.step, name, None)]


def _of(who: User, scene: Scene, step: Step, name: str, corrects: Entry | None) -> list[Asking]:
    if not name:
        return []
    asked = page_of(name)
    held = roles_in(who, scene.patient.clinic, scene.patient)
    if may(held, asked.service.action) is None:
        return []
    initial = begins_with(corrects) if corrects else {**step.begins(scene), **_fixed(step, asked)}
    form = asked.begun(scene.patient, initial=initial, auto_id=_ids(step, name))
    _hide(form, step, corrects)
    return [Asking(asked.service.action, Attempt(form), corrects)]


def _fixed(step: Step, asked: ActionPage) -> Mapping[str, Any]:
    parts = asked.service.order.model_fields
    return {name: value for name, value in step.fixed.items() if name in parts}


def _ids(step: Step, action: str) -> str:
    return f"{step.key}-{action.replace('.', '-')}-%s"


def _hide(form: forms.Form, step: Step, corrects: Entry | None) -> None:
    """What the step itself says is sent along, not asked."""
    for name in (*step.fixed, *(("corrects", "step") if corrects else ())):
        if name in form.fields:
            form.fields[name].widget = forms.HiddenInput()


def _drawn(
    request: HttpRequest,
    scene: Scene,
    found: Standing,
    chosen: StepNow | None,
    asked: list[Asking],
    status: int = 200,
) -> HttpResponse:
    context = {
        "patient": scene.patient,
        "now": timezone.localtime(scene.now),
        "standing": found,
        "chosen": chosen,
        "asked": asked,
        "is_correcting": any(one.corrects for one in asked),
        "panel": drawn(chosen.step.panel, scene) if chosen else "",
        "links": _links(chosen.step, scene.patient) if chosen else [],
        "past": _past(found, chosen),
        "seen": scene.patient.version,
        "changed": _changed(scene.patient) if status == STATUS["stale"] else None,
        "address": _address(found.flow, scene.patient),
    }
    return render(request, "visits/flow.html", context, status=status)


def _changed(patient: Patient) -> Event | None:
    """The last change to the record, by whom and what."""
    writes = [one.name for one in table().values() if one.kind is Kind.WRITE]
    done = Event.objects.filter(patient=patient.pk, outcome=Outcome.DONE, action__in=writes)
    return done.order_by("-seq").first()


def _past(found: Standing, chosen: StepNow | None) -> list[Mapping[str, Any]]:
    """What was written for each step; of nothing, where a step is to be done apart."""
    if chosen is not None and chosen.step.apart and not chosen.done.so:
        return []
    return [
        {
            "step": one.step,
            "done": one.done,
            "entries": [(entry, action_for(entry)) for entry in one.done.entries],
        }
        for one in found.steps
        if one.done.entries or one.done.said
    ]


def _links(step: Step, patient: Patient) -> list[Mapping[str, Any]]:
    found = [(link, _first(link, patient)) for link in step.links]
    return [{"title": link.title, "address": address} for link, address in found if address]


def _first(link: Link, patient: Patient) -> str:
    for name in link.names:
        try:
            return reverse(name, kwargs={"patient": patient.pk}) + link.query
        except NoReverseMatch:
            continue
    return ""


@page("GET")
def visits_page(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """A clinic's visits."""
    where = get_object_or_404(Clinic, pk=clinic)
    asked = {name: request.GET[name] for name in ("page",) if request.GET.get(name)}
    found = list_visits.ask(person(request), where, asked)
    return render(request, "visits/list.html", {"clinic": where, "page": found})
