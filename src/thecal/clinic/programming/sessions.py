"""A session with a pump, while it goes on and after: each step, what came of it, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from thecal.clinic.patients.models import Patient
from thecal.clinic.patients.services import open_patient
from thecal.clinic.people.models import User
from thecal.clinic.programming.differing import said_of
from thecal.clinic.programming.editing import standing_now
from thecal.clinic.programming.paper import session_paper
from thecal.clinic.programming.sending import opened
from thecal.clinic.programming.standing import status_of
from thecal.clinic.pumps.models import Came, Device, Outcome, Purpose, Session
from thecal.clinic.pumps.models import Status as Told
from thecal.clinic.pumps.progress import states
from thecal.clinic.pumps.services import reconcile
from thecal.clinic.record.actions import may
from thecal.clinic.record.pages import page, person
from thecal.clinic.record.services import standing as roles_of
from thecal.programmer.session.states import State
from thecal.pump.language import PL_PER_ML, Status
from thecal.units import VOLUME, show

PAGE = "programming.session"
_CLASSES = {
    Came.VERIFIED: "ok",
    Came.READ: "ok",
    Came.UNKNOWN: "unknown",
    Came.MISMATCH: "stop",
    Came.STALE: "warn",
    Came.REFUSED: "warn",
    Came.NOT_DONE: "warn",
}
_LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a session: its name, and ``done``, ``now`` or nothing yet."""

    name: str
    state: str


@page("GET")
def session_page(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """The session; while it goes on the page asks again by itself."""
    whose = opened(request, patient, PAGE)
    return _drawn(request, whose, session, "programming/session.html")


@page("GET")
def progress_part(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """How far it has come; the opening of the page was told to the trail, not each look."""
    whose = get_object_or_404(Patient, pk=patient)
    open_patient.allowed(person(request), whose)
    return _drawn(request, whose, session, "programming/progress.html")


def _drawn(request: HttpRequest, patient: Patient, key: UUID, template: str) -> HttpResponse:
    session = get_object_or_404(
        Session.objects.select_related("device", "prescription", "second__person", "recorded_by"),
        pk=key,
        patient=patient,
    )
    reached = states(session.pk)  # before the outcome is read: it is written before this ends
    context: dict[str, Any] = {
        "patient": patient,
        "session": session,
        "is_running": reached is not None,
        "steps": steps_of(session, reached or []),
        "once": uuid4(),
        **_came(session, person(request)),
    }
    return render(request, template, context)


def steps_of(session: Session, reached: list[State]) -> list[Step]:
    """The steps of its purpose, each done, under way or to come."""
    wanted = _SENDING if session.purpose == Purpose.SEND else _READING
    if State.UNKNOWN in reached[:1]:
        wanted = [_RECONCILING, *wanted]
    done = [any(state in reached for state in after) for _name, after in wanted]
    last = max((i for i, is_done in enumerate(done) if is_done), default=-1)
    return [
        Step(str(name), "done" if i <= last else "now" if i == last + 1 else "")
        for i, (name, _after) in enumerate(wanted)
    ]


_RECONCILING = (
    gettext_lazy("Find out what became of an earlier session"),
    (State.VERIFIED, State.MISMATCH, State.NOT_DONE),
)
_READING = [
    (gettext_lazy("Reach the pump"), (State.NEW, State.INTERROGATED)),
    (gettext_lazy("Interrogate it"), (State.INTERROGATED, State.VERIFIED, State.NOT_DONE)),
    (gettext_lazy("End the session"), (State.ENDED,)),
]
_SENDING = [
    (gettext_lazy("Interrogate the pump"), (State.INTERROGATED,)),
    (gettext_lazy("Judge what it holds"), (State.REVIEWED,)),
    (gettext_lazy("Send"), (State.READING_BACK,)),
    (gettext_lazy("Read back and compare"), (State.VERIFIED, State.MISMATCH)),
    (gettext_lazy("End the session"), (State.ENDED,)),
]


def _came(session: Session, who: User) -> dict[str, Any]:
    rows = list(
        Outcome.objects.current()
        .filter(session=session)
        .select_related("by", "recorded_by")
        .order_by("-recorded_at", "-happened_at")
    )
    came = rows[0] if rows else None
    word = Came(came.outcome) if came else Came.UNKNOWN
    told: dict[str, Any] = next((one.told for one in rows if one.told), {})
    status = Told.objects.filter(session=session).select_related("device").first()
    read = status_of(status) if status else None
    held = roles_of(who, session.patient.clinic, session.patient)
    return {
        "came": came,
        "earlier": rows[1:],
        "word": word,
        "word_class": _CLASSES[word],
        "told": told,
        "ten_fold": [row for row in told.get("review", []) if row["ten_fold"]],
        "status": status,
        **(_now_said(session.patient, status) if status else {}),
        "believes": believed(read) if read else [],
        "may_reconcile": word is Came.UNKNOWN
        and session.purpose == Purpose.SEND
        and may(held, reconcile.action) is not None,
        "device_now": Device.objects.current()
        .filter(patient=session.patient, serial=session.device.serial)
        .first(),
        "found": _found_out(session),
        "is_late": timezone.now() - session.recorded_at > _LATE,
    }


def _now_said(patient: Patient, status: Told) -> Mapping[str, Any]:
    """What differs, where this session's reading is the last there is."""
    standing = standing_now(patient)
    return said_of(standing) if standing.told == status else {}


def _found_out(session: Session) -> Outcome | None:
    """What this session found out of another."""
    return Outcome.objects.filter(by=session).select_related("session").first()


def believed(status: Status) -> list[tuple[str, str]]:
    """What a pump says of itself, in words: it counts what it was told, and measures nothing."""
    left = status.remaining_pl
    alarms = ", ".join(f"{one.name} ({one.priority})" for one in status.alarms)
    return [
        (_("runs"), str(status.running)),
        (_("left in the reservoir"), "?" if left is None else show(_ml(left), VOLUME)),
        (_("delivered since the fill"), show(_ml(status.delivered_since_fill_pl), VOLUME)),
        (_("program"), status.program_digest or _("none")),
        (_("alarms"), alarms or _("none")),
        (
            _("patient doses"),
            _("%(given)s given, %(refused)s refused")
            % {"given": status.doses_granted, "refused": status.doses_refused},
        ),
        (_("log"), _("%s entries") % status.log_length),
    ]


def _ml(volume_pl: int) -> Fraction:
    return Fraction(volume_pl, PL_PER_ML)


@page("GET")
def session_pdf(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """The session's report on paper, from what the record keeps of it."""
    whose = opened(request, patient, "programming.report")
    found = get_object_or_404(
        Session.objects.select_related("device", "prescription", "second__person", "recorded_by"),
        pk=session,
        patient=whose,
    )
    response = HttpResponse(session_paper(found), content_type="application/pdf")
    name = f"session-{found.happened_at:%Y%m%d-%H%M}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
