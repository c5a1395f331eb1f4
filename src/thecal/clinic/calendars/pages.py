"""One's calendars: the page to open and close them, and the address where one is read."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from thecal.clinic.calendars.orders import Known, Opening
from thecal.clinic.calendars.services import close_feed, fetch, found, list_feeds, open_feed
from thecal.clinic.people.models import Clinic
from thecal.clinic.record.forms import data_of, form_of
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import page, person
from thecal.clinic.record.refusals import ConflictError, RefusalError


@page("GET", "POST")
def calendars(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """One's own calendars of a clinic, and a form to open one; its address is shown once."""
    where, who = get_object_or_404(Clinic, pk=clinic), person(request)
    address = ""
    form = form_of(Opening)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = open_feed.ask(who, where, data_of(form))
        address = request.build_absolute_uri(
            reverse("calendars.read", kwargs={"secret": opened.secret})
        )
    context = {
        "clinic": where,
        "feeds": list_feeds(who, where, Nothing()),
        "form": form_of(Opening)() if address else form,
        "address": address,
    }
    status = 201 if address else 422 if form.errors else 200
    return render(request, "calendars/calendars.html", context, status=status)


@page("POST")
def close(request: HttpRequest, clinic: UUID, feed: UUID) -> HttpResponse:
    """Close one."""
    where = get_object_or_404(Clinic, pk=clinic)
    try:
        close_feed(person(request), where, Known(feed=feed))
    except ConflictError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The address is closed."))
    return redirect("calendars", clinic=where.pk)


@require_safe
def read(request: HttpRequest, secret: str) -> HttpResponse:  # noqa: ARG001  (the secret says all)
    """A calendar, by its address alone; one whose person has no role here any more is not there."""
    feed = found(secret)
    if feed is None:
        raise Http404
    try:
        calendar = fetch(feed.person, feed.clinic, Known(feed=feed.pk))
    except RefusalError:
        raise Http404 from None
    return HttpResponse(calendar.text, content_type="text/calendar; charset=utf-8")
