"""Which program is known to run, since when, and what ran before: only what was verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from thecal.clinic.patients.models import Patient
from thecal.clinic.pumps.models import Came, Outcome, Purpose, Session, Status
from thecal.pump.language import PL_PER_ML

_HOURS = 24
_DAY_S = 24 * 3600
_NOTHING_DONE = {Came.NOT_DONE.value, Came.REFUSED.value, Came.STALE.value}


@dataclass(frozen=True, slots=True)
class Sent:
    """A program that was sent, and what is known to have come of it.

    Attributes:
        certainty: one of ``Came``.
        came_at: when that was written down; None while nothing was.
        plan: what the checks said of the prescription, as it is kept with it.
    """

    session: Session
    certainty: str
    came_at: datetime | None
    plan: Mapping[str, Any]

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return self.session.happened_at

    @property
    def is_verified(self) -> bool:
        """Whether the pump was read back and held exactly this."""
        return self.certainty == Came.VERIFIED

    @property
    def ug_per_day(self) -> dict[str, Fraction | None]:
        """The mean day's dose of each drug in µg, the primary first; None where none is known."""
        found: Mapping[str, Any] = self.plan["daily"]["drugs"]
        return {drug: exact(value) for drug, value in found.items()}

    @property
    def ml_per_day(self) -> Fraction | None:
        """The mean day's volume without the patient's own doses."""
        return exact(self.plan["daily"]["volume_ml"])

    @property
    def own_ml_per_day(self) -> Fraction:
        """All the patient's own doses of a day."""
        dose = (self.plan["program"] or {}).get("patient_dose")
        return Fraction(dose["volume_pl"] * dose["max_per_day"], PL_PER_ML) if dose else Fraction(0)

    @property
    def priming(self) -> tuple[Fraction, Fraction]:
        """The priming bolus that ran first: its mL, and how many days it took."""
        found = (self.plan["program"] or {}).get("priming")
        if not found:
            return Fraction(0), Fraction(0)
        return Fraction(found["volume_pl"], PL_PER_ML), Fraction(found["duration_s"], _DAY_S)

    @property
    def bridge(self) -> Mapping[str, Any] | None:
        """The bridge that ran first: its rate, hours and drugs."""
        found: Mapping[str, Any] | None = self.plan["bridge"]
        return found

    @property
    def bridge_days(self) -> Fraction:
        """How long the bridge ran."""
        hours = exact(self.bridge["hours"]) if self.bridge else None
        return (hours or Fraction(0)) / _HOURS


def exact(value: Any) -> Fraction | None:
    """A number as an entry keeps it: a text, or a whole number; None stays unknown."""
    return None if value is None else Fraction(str(value))


@dataclass(frozen=True, slots=True)
class Running:
    """What is known of what runs.

    Attributes:
        sent: every program that was sent and that the pump may have taken, the oldest first.
        doubtful: the sends of which nobody knows, or which left something else in the pump.
        status: what the pump told last; None if it never was read.
        held: whether the pump, read since, still held the program; None if it was not read since.
    """

    sent: tuple[Sent, ...]
    doubtful: tuple[Sent, ...]
    status: Status | None
    held: bool | None

    @property
    def program(self) -> Sent | None:
        """The program that runs; None if that is not known."""
        last = self.sent[-1] if self.sent else None
        if last is None or not last.is_verified or self.held is False:
            return None
        return last


def running(patient: Patient) -> Running:
    """Read a patient's sessions and what the pump told."""
    found = _sent(patient)
    sent = tuple(one for one in found if one.certainty not in _NOTHING_DONE)
    shaky = {Came.UNKNOWN.value, Came.MISMATCH.value}
    status = (
        Status.objects.current()
        .filter(patient=patient)
        .select_related("device", "session")
        .order_by("-recorded_at")
        .first()
    )
    doubtful = tuple(one for one in sent if one.certainty in shaky and one is _last_of(sent, one))
    return Running(sent, doubtful, status, _is_held(sent, status))


def _last_of(sent: tuple[Sent, ...], one: Sent) -> Sent:
    """The send that settles what a pump holds: a later verified one answers the doubt before it."""
    later = [other for other in sent if other.at > one.at and other.is_verified]
    return later[-1] if later else one


def _sent(patient: Patient) -> list[Sent]:
    rows = (
        Session.objects.current()
        .filter(patient=patient, purpose=Purpose.SEND, prescription__isnull=False)
        .select_related("prescription", "device", "recorded_by")
        .order_by("happened_at", "recorded_at")
    )
    newest: dict[Any, Outcome] = {}
    for one in Outcome.objects.current().filter(patient=patient):
        held = newest.get(one.session_id)
        if held is None or (one.recorded_at, one.happened_at) > (
            held.recorded_at,
            held.happened_at,
        ):
            newest[one.session_id] = one
    return [_as_sent(one, newest.get(one.pk)) for one in rows]


def _as_sent(session: Session, outcome: Outcome | None) -> Sent:
    assert session.prescription is not None  # noqa: S101  (the query asked for it)
    certainty = outcome.outcome if outcome else Came.UNKNOWN.value
    came_at = outcome.recorded_at if outcome else None
    return Sent(session, certainty, came_at, session.prescription.plan)


def _is_held(sent: tuple[Sent, ...], status: Status | None) -> bool | None:
    if not sent or status is None:
        return None
    last = sent[-1]
    if status.device.serial != last.session.device.serial or status.recorded_at < last.at:
        return None
    return status.digest == last.session.digest
