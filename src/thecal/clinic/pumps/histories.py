"""Sessions that cannot be: what no gate would have let through to a pump."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from thecal import __version__
from thecal.clinic.pathway.gates import CareGate
from thecal.clinic.pathway.replay import closed_then
from thecal.clinic.patients.models import Patient
from thecal.clinic.pumps.models import Came, Purpose, Session, Status, Way
from thecal.clinic.record.histories import history

_PUMP = frozenset({"pump.present"})
"""What holds on every day, by every version, and of what was keyed in already."""


@history
def sent_by_the_rules(patient: Patient) -> Iterator[str]:
    """No gate that was closed, no draft, no second person missing, nothing verified unread."""
    sent = Session.objects.filter(patient=patient, purpose=Purpose.SEND)
    for one in sent.select_related("prescription"):
        gate = CareGate("program.send", () if _is_judged_alike(one) else _PUMP)
        for said in closed_then([gate], one, one.recorded_at):
            yield f"session {one}: {said}"
    rows = Session.objects.filter(patient=patient, purpose=Purpose.SEND, way=Way.LINK)
    for one in rows.select_related("prescription", "second"):
        entry, second = one.prescription, one.second
        if entry is None or entry.is_draft or entry.digest != one.digest:
            yield f"session {one} sent what no prescription that stands says"
            continue
        if entry.second_person and second is None:
            yield f"session {one} had no second person, and its prescription asks for one"
        if second is not None and one.recorded_by_id == second.person_id:
            yield f"session {one} had its sender as its second person"
        if one.certainty == Came.VERIFIED and not _was_read(one):
            yield f"session {one} counts as verified, and its pump was not read back"


def _is_judged_alike(session: Session) -> bool:
    """Whether the checks that let it through are those that are kept with its prescription.

    On another day, or by another version, they may have found something else.
    """
    entry = session.prescription
    return (
        session.way == Way.LINK
        and entry is not None
        and entry.version == __version__
        and entry.visit_on == timezone.localdate(session.recorded_at)
    )


def _was_read(session: Session) -> bool:
    read = Status.objects.filter(
        digest=session.digest,
        device__serial=session.device.serial,
        recorded_at__gte=session.recorded_at,
    )
    return read.exists()
