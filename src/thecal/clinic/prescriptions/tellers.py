"""The prescription that stands, as the pathway has it: checked, signed, confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar, cast

from thecal import care
from thecal.care.facts import Answer, PlanChecked, SecondPersonConfirmed
from thecal.clinic.pathway.history import teller
from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.checking import asks_for_a_second_person
from thecal.clinic.prescriptions.models import FindingSigned, Prescription, SecondPerson
from thecal.clinic.record.entry import Entries, Entry
from thecal.therapy.findings import Severity

E = TypeVar("E", bound=Entry)


@teller
def standing_plan(patient: Patient, as_of: datetime | None) -> Iterator[care.Event]:
    """What the checks said when it was written, and again after every signature."""
    written = _stood(Prescription, as_of, patient=patient, is_draft=False)
    if not written:
        return
    entry, answered = written[-1], set[str]()
    yield _checked(entry, entry.happened_at, answered)
    for one in _stood(FindingSigned, as_of, prescription=entry):
        answered.add(one.rule)
        yield _checked(entry, one.happened_at, answered)
    for second in _stood(SecondPerson, as_of, prescription=entry):
        who = str(second.person_id)
        yield SecondPersonConfirmed(at=second.happened_at, digest=second.digest, who=who)


def _stood(kind: type[E], as_of: datetime | None, **which: object) -> list[E]:
    """The entries that stood then, the oldest first."""
    rows = cast("Entries[E]", kind._default_manager.filter(**which))
    if as_of is None:
        return list(rows.current().order_by("recorded_at"))
    known = list(rows.filter(recorded_at__lte=as_of).order_by("recorded_at"))
    corrected = {one.corrects_id for one in known}  # type: ignore[attr-defined]
    return [one for one in known if not one.withdrawn and one.pk not in corrected]


def _checked(entry: Prescription, at: datetime, answered: set[str]) -> PlanChecked:
    said = [(one["code"], one["severity"]) for one in entry.plan["findings"]]
    asking = {code for code, severity in said if severity == Severity.CONFIRM.value}
    stopped = any(severity == Severity.STOP.value for _, severity in said)
    second = set(entry.second_person) | (answered & set(asks_for_a_second_person()))
    return PlanChecked(
        at=at,
        digest=entry.digest or "none",
        accepted=not stopped and asking <= answered,
        second_person=Answer.of(bool(second)),
        who=str(entry.recorded_by_id),
    )
