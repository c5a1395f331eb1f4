"""The page of a patient's course."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from csp.constants import NONCE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from thecal.clinic.overview.services import see
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import page, person

View = Callable[..., HttpResponse]
_styles_by_nonce = cast("Callable[[View], View]", csp_update({"style-src": [NONCE]}))


@page("GET")
@_styles_by_nonce
def course_page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Doses and outcomes above each other, over one time.

    Bokeh's script makes style elements of its own. They bear this answer's nonce; a style that
    came in with anything else is refused here as on every page.
    """
    from thecal.clinic.course.figures import TOKENS, drawn  # noqa: PLC0415  (Bokeh takes its time)

    whose = get_object_or_404(Patient, pk=patient)
    seen = see(person(request), whose, Nothing())
    context = {"patient": whose, "seen": seen, "drawn": drawn(seen), "tokens": TOKENS}
    return render(request, "course/course.html", context)
