"""The pages that take a document in and give it out again."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from thecal.clinic.attachments.models import MediaType
from thecal.clinic.attachments.orders import MOST_BYTES, Fetching
from thecal.clinic.attachments.services import add, fetch
from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.orders import Opening
from thecal.clinic.patients.services import open_patient
from thecal.clinic.record.pages import key_in, page, person
from thecal.clinic.record.refusals import DoneBeforeError, InvalidError


class DocumentForm(forms.Form):
    """A document from the reader's disk."""

    title = forms.CharField(label=_("Title"), max_length=200)
    happened_at = forms.DateTimeField(
        label=_("Made"), widget=forms.DateTimeInput({"type": "datetime-local"})
    )
    media_type = forms.ChoiceField(label=_("Kind"), choices=MediaType.choices)
    content = forms.FileField(label=_("File"))


@page("GET", "POST")
def add_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Add a document."""
    whose, who = get_object_or_404(Patient, pk=patient), person(request)
    add.write.allowed(who, whose)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            add.write.ask(who, whose, _asked(form), once=key_in(request.POST.get("once", "")))
        except InvalidError as refusal:
            for place, why in refusal.problems.items():
                form.add_error(place if place in form.fields else None, why)
        except DoneBeforeError:
            return redirect("patient", patient=whose.pk)
        else:
            messages.success(request, _("The document is in the record."))
            return redirect("patient", patient=whose.pk)
    whose = open_patient(who, whose, Opening(page=add.write.action.name))
    context = {
        "patient": whose,
        "form": form,
        "once": key_in(request.POST.get("once", "")) or uuid4(),
    }
    status = 422 if form.errors else 200
    return render(request, "attachments/add.html", context, status=status)


def _asked(form: DocumentForm) -> dict[str, Any]:
    file: UploadedFile[bytes] = form.cleaned_data["content"]
    content = file.read(MOST_BYTES + 1)
    return {
        **form.cleaned_data,
        "file_name": str(file.name),
        "content": base64.b64encode(content),
    }


@page("GET")
def document(request: HttpRequest, patient: UUID, entry: UUID) -> HttpResponse:
    """A document, to be saved; no browser shows it as a page of this site."""
    whose = get_object_or_404(Patient, pk=patient)
    found = fetch(person(request), whose, Fetching(entry=entry))
    name = "".join(sign if sign.isascii() else "_" for sign in found.file_name)
    return HttpResponse(
        bytes(found.content),
        content_type=found.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
