"""The patient's page: at a glance, then everything by subject; and all that happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from thecal.clinic.overview import drawing
from thecal.clinic.overview.happenings import Happenings
from thecal.clinic.overview.services import Overview, happenings, overview_of
from thecal.clinic.overview.steps import STAGES, place_of
from thecal.clinic.pathway.history import read_once
from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Opening
from thecal.clinic.patients.services import open_patient
from thecal.clinic.people.roles import READS, Role
from thecal.clinic.record.actions import may
from thecal.clinic.record.forms import data_of
from thecal.clinic.record.pages import page, person
from thecal.clinic.record.sections import Section, sections
from thecal.clinic.record.services import services, standing

_SENSIBLE: Mapping[str, tuple[str, ...]] = {
    "": ("patients", "selection", "pathway"),
    "selection": ("selection", "assessments", "appointments", "tasks"),
    "trial": ("trials", "appointments", "followup", "tasks"),
    "decision": ("trials", "appointments", "selection", "tasks"),
    "operation": ("implants", "pumps", "prescriptions", "tasks"),
    "healing": ("implants", "followup", "pumps", "tasks"),
    "follow-up": ("fills", "pumps", "prescriptions", "followup", "appointments", "tasks"),
}
"""For each step of the pathway, the subjects whose actions are sensible then."""
_RIGHTS_A_WRONG = ("correct", "withdraw", "amend")
_DATE = {"type": "date"}


@page("GET")
def patient_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Everything about one patient; all of it is read in one transaction, with its event."""
    whose, who = get_object_or_404(Patient, pk=patient), person(request)
    with transaction.atomic(), read_once():
        opened = open_patient(who, whose, Opening())
        held = standing(who, opened.clinic, opened)
        shown = [_drawn(section, opened, held) for section in sections() if section.roles & held]
        seen = overview_of(opened, timezone.now()) if held & READS else None
        context = {
            "patient": opened,
            "sections": shown,
            "seen": seen,
            **(_pictures(seen) if seen else {}),
            **_actions(shown, seen),
        }
    return render(request, "overview/patient.html", context)


def _drawn(section: Section, patient: Patient, held: frozenset[Role]) -> dict[str, Any]:
    context = {**section.shows(patient), "patient": patient}
    html: SafeString = render_to_string(section.template, context)
    able = [name for name in section.actions if may(held, services()[name].action)]
    return {
        "key": section.key,
        "title": section.title,
        "html": html,
        "links": [_link(name, patient) for name in able],
    }


def _link(name: str, patient: Patient) -> dict[str, str]:
    return {
        "name": name,
        "subject": name.partition(".")[0],
        "title": services()[name].action.title,
        "address": reverse(name, kwargs={"patient": patient.pk}),
    }


def _actions(shown: Sequence[dict[str, Any]], seen: Overview | None) -> dict[str, Any]:
    """What is sensible now, and all the rest; what rights a wrong stands apart."""
    place = place_of(seen.pathway.stage) if seen and seen.pathway else ""
    sensible = _SENSIBLE[place]
    links = [link for section in shown for link in section["links"]]
    rank = {subject: number for number, subject in enumerate(sensible)}
    now = [one for one in links if one["subject"] in rank and not _rights(one["name"])]
    return {
        "sensible": sorted(now, key=lambda one: rank[one["subject"]]),
        "groups": [
            {
                "title": section["title"],
                "does": [one for one in section["links"] if not _rights(one["name"])],
                "rights": [one for one in section["links"] if _rights(one["name"])],
            }
            for section in shown
            if section["links"]
        ],
    }


def _rights(name: str) -> bool:
    return name.partition(".")[2].startswith(_RIGHTS_A_WRONG)


def _pictures(seen: Overview) -> dict[str, Any]:
    time = drawing.frame([one.since for course in seen.courses for one in course.spans], seen.at)
    answered = [one.at for series in seen.outcomes for one in series.points]
    begun = drawing.frame(answered, seen.at)
    return {
        "stage": STAGES[seen.pathway.stage] if seen.pathway else "",
        "tasks": [(one, one.is_overdue(seen.at)) for one in seen.pathway.tasks]
        if seen.pathway
        else [],
        "gauge": drawing.gauge(seen.reservoir),
        "figure": drawing.figure(seen.body),
        "doses": [(one, drawing.dose_steps(one, time)) for one in seen.courses],
        "dose_time": time,
        "outcomes": [(one, drawing.outcome_dots(one, begun, seen.since)) for one in seen.outcomes],
        "outcome_time": begun,
    }


class Sieve(forms.Form):
    """What to show of what happened."""

    kind = forms.CharField(label=_("Kind"), required=False, widget=forms.Select)
    person = forms.CharField(label=_("Written by"), required=False, widget=forms.Select)
    text = forms.CharField(label=_("Words"), required=False, max_length=200)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(_DATE))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(_DATE))
    corrections = forms.BooleanField(
        label=_("Only what was corrected or withdrawn"), required=False
    )
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def offer(self, found: Happenings) -> None:
        """Offer what this patient has."""
        for name, choices in (
            ("kind", found.kinds),
            ("person", [(one, one) for one in found.people]),
        ):
            widget = self.fields[name].widget
            assert isinstance(widget, forms.Select)  # noqa: S101
            widget.choices = [("", _("All")), *choices]


@page("GET")
def happenings_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Everything that happened, sifted as was asked."""
    whose, who = get_object_or_404(Patient, pk=patient), person(request)
    form = Sieve(request.GET or None)
    asked = data_of(form) if form.is_valid() else {}
    found = happenings.ask(who, whose, asked)
    form.offer(found)
    context = {
        "patient": whose,
        "found": found,
        "form": form,
        "before": _leafed(request.GET, found.page - 1) if found.page > 1 else "",
        "after": _leafed(request.GET, found.page + 1) if found.page < found.pages else "",
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "overview/happenings.html", context, status=status)


def _leafed(asked: QueryDict, number: int) -> str:
    other = asked.copy()
    other["page"] = str(number)
    return other.urlencode()
