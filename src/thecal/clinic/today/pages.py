"""The page that staff begin with, and its part that is renewed each minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from thecal.care import Stage
from thecal.clinic.design.charts import Bar, Chart, bar, bars
from thecal.clinic.pathway.words import stage_name
from thecal.clinic.patients.orders import NO_STAGE
from thecal.clinic.people.models import Clinic
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.pages import page, person
from thecal.clinic.reminders.models import Step
from thecal.clinic.tasks.worklists import StageCount
from thecal.clinic.today import services
from thecal.clinic.today.services import Raised, Refill, Today

SHOWN_DAYS = 60
"""Days to the right of today that the bars reach; later ones go to the edge."""
LATE_DAYS = 15
"""Days to the left, likewise."""
NEAR_DAYS = 14
"""A refill this near is due rather than far; the reminders have the clinic's own figures."""

NOTHING_KNOWN = ""
"""The stage of whoever nobody has recorded an indication for."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the refills: the bar runs from today to the latest safe day."""

    refill: Refill
    kind: str
    words: str
    bar: SafeString
    reminder: str


@page("GET")
def today(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The clinic's day."""
    where = get_object_or_404(Clinic, pk=clinic)
    found = services.show(person(request), where, Nothing())
    context = {
        "clinic": where,
        "today": found,
        "at_once": found.at_once,
        "refills": _refills(found),
        "stages": _stages(where, found.stages),
        "figures": _figures(found),
    }
    return render(request, "today/today.html", context)


@page("GET")
def at_once(request: HttpRequest, clinic: UUID) -> HttpResponse:
    """The part that changes by the minute, alone."""
    where = get_object_or_404(Clinic, pk=clinic)
    found = services.now(person(request), where, Nothing())
    return render(request, "today/now.html", {"clinic": where, "at_once": found})


def _figures(found: Today) -> dict[str, int]:
    """The day in four numbers."""
    return {
        "patients": sum(one.patients for one in found.stages),
        "overdue": sum(one.overdue for one in found.counts),
        "refills_overdue": found.run_over,
        "refills": found.running,
    }


def _refills(found: Today) -> list[Row]:
    raised = {one.patient: one for one in found.reminders}
    return [_refill(one, found.now, raised.get(one.patient)) for one in found.refills]


def _refill(one: Refill, now: datetime, raised: Raised | None) -> Row:
    days = days_left(one.latest_safe or one.due, timezone.localdate(now))
    kind = "unknown" if days is None else _nearness(days)
    words = _in_words(days)
    place = None if days is None else min(max(days, -LATE_DAYS), SHOWN_DAYS)
    drawn = bar(place, -LATE_DAYS, SHOWN_DAYS, kind=kind, title=words)
    said = f"{Step(raised.step).label}, {timezone.localdate(raised.raised_at)}" if raised else ""
    return Row(one, kind, words, drawn, said)


def days_left(limit: date | None, today: date) -> int | None:
    """Days until the latest safe day, 0 on it, below zero after it; None without one."""
    return None if limit is None else (limit - today).days


def _nearness(days: int) -> str:
    if days < 0:
        return "late"
    return "due" if days <= NEAR_DAYS else "ok"


def _in_words(days: int | None) -> str:
    if days is None:
        return _("no date is known")
    if days == 0:
        return _("TODAY is the latest day")
    if days < 0:
        return ngettext("%d day too late", "%d days too late", -days) % -days
    return ngettext("in %d day", "in %d days", days) % days


def _along_the_pathway(one: StageCount) -> int:
    order = [NOTHING_KNOWN, *Stage]
    return order.index(one.stage) if one.stage in order else len(order)


def _stages(clinic: Clinic, found: Sequence[StageCount]) -> Chart | None:
    """Patients by stage, each bar leading to their list."""
    if not found:
        return None
    address = reverse("patients", kwargs={"clinic": clinic.pk})
    rows = [
        Bar(
            stage_name(one.stage),
            one.patients,
            address=f"{address}?stage={one.stage or NO_STAGE}",
        )
        for one in sorted(found, key=_along_the_pathway)
    ]
    return bars(_("Patients by stage"), rows, x_title=_("patients"), width=440)
