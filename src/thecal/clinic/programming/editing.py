"""The editor's pages: the form, its live preview, what is kept of it, and the file in and out."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Opening
from thecal.clinic.patients.services import open_patient
from thecal.clinic.prescriptions.services import prescribe
from thecal.clinic.programming import drafts, spine
from thecal.clinic.programming.form import form_of
from thecal.clinic.programming.prefilling import begun, imported
from thecal.clinic.programming.preview import Preview, preview
from thecal.clinic.programming.sheet import Sheet, change, posted
from thecal.clinic.programming.standing import Standing, standing_of
from thecal.clinic.record.actions import may
from thecal.clinic.record.pages import key_in, page, person
from thecal.clinic.record.services import standing as roles_of
from thecal.therapy.file.reading import MAX_BYTES, PrescriptionError, read_bytes

PAGE = "programming.edit"
_TO_BE_JUDGED = ("version", "clinic", "account")
"""What of a patient says who may prescribe, and what stands."""


def prescribed_for(request: HttpRequest, patient: UUID, *, draws_clinic: bool = True) -> Patient:
    """The patient, for whom this person may prescribe.

    Args:
        request: theirs.
        patient: the key.
        draws_clinic: whether the page shows the clinic too; what each key asks for does not.

    Raises:
        NotAllowedError: they may not; the trail tells of it.
    """
    every = Patient.objects
    needed = every.select_related("clinic") if draws_clinic else every.only(*_TO_BE_JUDGED)
    whose = get_object_or_404(needed, pk=patient)
    who = person(request)
    if may(roles_of(who, whose.clinic_id, whose), prescribe.action) is None:
        prescribe.allowed(who, whose)  # refuses, and tells the trail
    return whose


def standing_now(patient: Patient) -> Standing:
    """What stands; read once for each version of the record, however often a key is pressed."""
    return _standing(patient.pk, patient.version, timezone.localdate().isoformat())


@lru_cache(maxsize=128)
def _standing(key: UUID, version: int, day: str) -> Standing:  # noqa: ARG001
    return standing_of(Patient.objects.select_related("clinic").get(pk=key))


@page("GET", "POST")
def edit(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The editor; a POST is a button that changes its rows, and works without a script."""
    whose = prescribed_for(request, patient)
    spine.warm_up()
    if request.method == "POST":
        sheet = posted(request.POST)
        change(sheet, request.POST.get("do", ""))
        return _drawn(request, whose, sheet, request.POST.get("follows", ""))
    whose = open_patient(person(request), whose, Opening(page=PAGE))
    standing, draft = standing_now(whose), drafts.own(person(request), whose)
    if draft is not None and not draft.has_expired:
        follows = str(draft.follows or "")
        return _drawn(request, whose, Sheet(dict(draft.fields)), follows, draft=draft)
    return _drawn(request, whose, begun(standing), standing.follows, expired=draft)


def _drawn(
    request: HttpRequest, patient: Patient, sheet: Sheet, follows: str, **more: Any
) -> HttpResponse:
    standing = standing_now(patient)
    seen = preview(sheet, standing)
    context = {
        "patient": patient,
        "follows": follows,
        "is_stale": follows != standing.follows,
        "standing": standing,
        **shown(sheet, seen),
        **more,
    }
    return render(request, "programming/edit.html", context)


def shown(sheet: Sheet, seen: Preview) -> dict[str, Any]:
    """What the preview's templates draw; the form is made where one of them asks for it."""
    form = SimpleLazyObject(lambda: form_of(sheet, seen.read))
    return {"form": form, "preview": seen, "sheet": sheet}


@page("POST")
def live(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The preview of what stands in the fields now; nothing is kept, nothing is written."""
    whose = prescribed_for(request, patient, draws_clinic=False)
    sheet, standing = posted(request.POST), standing_now(whose)
    context = {
        "patient": whose,
        "standing": standing,
        "is_live": True,
        "is_stale": request.POST.get("follows", "") != standing.follows,
        **shown(sheet, preview(sheet, standing)),
    }
    return HttpResponse(render_to_string("programming/preview.html", context))


@page("POST")
def next_days(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The next days: dose at the tip and the drug along the spine, of the same plan."""
    whose = prescribed_for(request, patient, draws_clinic=False)
    sheet, standing = posted(request.POST), standing_now(whose)
    seen = preview(sheet, standing)
    context: dict[str, Any] = {"patient": whose, "plan": seen.plan}
    if seen.plan is not None:
        context |= ahead_of(seen.plan)
    return HttpResponse(render_to_string("programming/ahead.html", context))


def ahead_of(plan: Any) -> dict[str, Any]:
    """What the template of the next days draws."""
    found = spine.ahead(plan)
    return {"ahead": found, "tips": spine.tips(found), "maps": spine.maps(plan, found)}


@page("POST")
def keep(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Keep what is typed, and say so."""
    whose = prescribed_for(request, patient)
    kept = drafts.keep(
        person(request), whose, posted(request.POST), key_in(request.POST.get("follows", ""))
    )
    return HttpResponse(render_to_string("programming/kept.html", {"draft": kept}))


@page("POST")
def drop(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Throw the draft away and begin anew."""
    whose = prescribed_for(request, patient)
    drafts.drop(person(request), whose)
    return redirect("programmer.edit", patient=whose.pk)


@page("POST")
def export(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The prescription file of what is typed, once every field can be read."""
    whose = prescribed_for(request, patient)
    sheet = posted(request.POST)
    seen = preview(sheet, standing_now(whose))
    if not seen.read.text:
        return _drawn(
            request,
            whose,
            sheet,
            request.POST.get("follows", ""),
            said=_("There is no file yet: not every field can be read."),
        )
    response = HttpResponse(seen.read.text, content_type="application/toml")
    response["Content-Disposition"] = 'attachment; filename="prescription.toml"'
    return response


@page("POST")
def load(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Fill the form from a prescription file; its signatures are left out, people sign here."""
    whose = prescribed_for(request, patient)
    standing, file = standing_now(whose), request.FILES.get("file")
    content = file.read(MAX_BYTES + 1) if file is not None else b""
    try:
        sheet = imported(read_bytes(content, _("the file")))
    except PrescriptionError as error:
        messages.error(request, str(error))
        return redirect("programmer.edit", patient=whose.pk)
    return _drawn(
        request, whose, sheet, standing.follows, said=_("This is from a file: check every field.")
    )


def new_key() -> UUID:
    """A request's own key."""
    return uuid4()
