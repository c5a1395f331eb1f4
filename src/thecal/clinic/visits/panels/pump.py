"""The pump: what it told last, what came of sessions, and what it does in a scanner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from thecal.clinic.prescriptions.services import (
    current,
    needs_second,
    open_findings,
    seconds_of,
)
from thecal.clinic.pumps.models import Came, Device, Outcome, Purpose, Session, Status
from thecal.clinic.visits.flows import mri as scans
from thecal.clinic.visits.flows.occasions import pump as model_of
from thecal.clinic.visits.panels.registry import panel
from thecal.clinic.visits.scene import Scene
from thecal.units import VOLUME, show


def _told(status: Status) -> dict[str, Any]:
    left = status.remaining_ml
    return {
        "status": status,
        "left": None if left is None else show(left, VOLUME),
        "alarms": status.alarms,
    }


@panel("pump")
def pump(scene: Scene) -> Mapping[str, Any]:
    """What it told last; what it tells is what it believes."""
    rows = scene.rows(Status)
    return {"device": scene.last(Device), "told": [_told(one) for one in rows[:1]]}


@panel("program")
def program(scene: Scene) -> Mapping[str, Any]:
    """The last session that sent, and what keeps the next from being sent."""
    sent = scene.last(Session, purpose=Purpose.SEND)
    outcome = Outcome.objects.current().filter(session=sent).order_by("-recorded_at").first()
    entry = current(scene.patient)
    day = scene.now.date()
    return {
        "sent": sent,
        "outcome": outcome,
        "is_unknown": sent is not None and sent.certainty == Came.UNKNOWN,
        "is_verified": sent is not None and sent.certainty == Came.VERIFIED,
        "open": open_findings(entry, day) if entry else [],
        "second": sorted(needs_second(entry)) if entry else [],
        "seconded": seconds_of(entry, needs_second(entry)).first() if entry else None,
    }


@panel("mri")
def mri(scene: Scene) -> Mapping[str, Any]:
    """What this pump does in the field, and every reading before and after."""
    since, over = scans.planned(scene), scans.scanned(scene)
    rows = scene.rows(Status, since) if since else []
    return {
        "model": model_of(scene),
        "readings": [_reading(one, over) for one in reversed(rows)],
        "tasks": scene.tasks(
            "mri.prepare",
            "mri.interrogate",
            "mri.not-recovered",
            "mri.program-altered",
            "mri.refill",
        ),
    }


def _reading(status: Status, over: datetime | None) -> dict[str, Any]:
    return {**_told(status), "after": over is not None and status.happened_at >= over}
