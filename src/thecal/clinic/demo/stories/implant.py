"""The operation, the first fill and the days after; and the pump's visits ever after."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from thecal.clinic.demo.scribe import NURSE, PHARMACIST, PHYSICIAN, Scribe, Story
from thecal.clinic.demo.stories.selection import consent
from thecal.clinic.demo.stories.trial import antibiotic, tried
from thecal.clinic.demo.therapies import Therapy
from thecal.clinic.prescriptions.services import current, needs_second, open_findings
from thecal.clinic.pumps.models import Came, Outcome

_DAY = timedelta(days=1)
_TRIES = 3
REASON = "Seen, meant, and explained to the patient. Invented, as all here."


class StoryError(Exception):
    """A story that did not come out as it is told."""


def implanted(s: Scribe, at: datetime, therapy: Therapy, closure: str = "staples") -> Story:
    """Tried in time, operated on at an instant, filled, programmed and sent."""
    yield from tried(s, at - timedelta(days=21), therapy)
    yield at - timedelta(days=14)
    s.do("trials.decide", PHYSICIAN, proceeds=True, reason="The trial succeeded.")
    s.do("appointments.schedule-implant", PHYSICIAN, planned=at)
    consent(s, "implant")
    yield at - timedelta(minutes=40)
    s.do("selection.review-anticoagulants", NURSE, taken=[])
    s.do("implants.record-preparation", NURSE, measure="decolonised")
    s.do("implants.record-preparation", NURSE, measure="chlorhexidine")
    antibiotic(s)
    yield at
    s.do(
        "implants.record-implant",
        PHYSICIAN,
        pump=therapy.model,
        pump_serial=s.serial,
        catheter=therapy.catheter,
        catheter_length=therapy.length,
        tip_level=therapy.tip,
        anaesthesia="general",
        pocket="abdominal",
        closure=closure,
    )
    pump_entered(s, therapy)
    yield at + timedelta(minutes=20)
    yield from filled(s, therapy)


def pump_entered(s: Scribe, therapy: Therapy, since: datetime | None = None) -> None:
    """A pump of the demo's, new or of an age, entered and paired."""
    s.address, card = s.house.beds.new(therapy.model, s.serial, since)
    s.device = s.do("pumps.enter", NURSE, model=therapy.model, serial=s.serial, address=s.address)
    s.do("pumps.pair", PHYSICIAN, device=s.device.pk, card=card)


def prescribed(s: Scribe, therapy: Therapy, **more: Any) -> Any:
    """Written, every finding signed, and confirmed by a second person where that is asked for."""
    standing = current(s.patient)
    follows = {"follows": standing.pk} if standing else {}
    text = therapy.text(s.age_years, s.therapy)
    entry = s.do("prescriptions.write", PHYSICIAN, text=text, **follows, **more)
    if not entry.is_draft:
        s.prescription = entry
        _sign(s, [rule for rule, _ in open_findings(entry, timezone.localdate(s.now))])
    return entry


def _sign(s: Scribe, rules: list[str]) -> None:
    """A physician signs each rule; a pharmacist confirms, if one of them asks for a second."""
    entry = s.prescription
    for rule in rules:
        s.do(
            "prescriptions.sign",
            PHYSICIAN,
            prescription=entry.pk,
            rule=rule,
            reason=REASON,
            signature=s.signature(),
        )
    if needs_second(entry):
        s.do(
            "prescriptions.confirm-second",
            PHYSICIAN,
            prescription=entry.pk,
            signature=s.signature(PHARMACIST.value),
        )


def sent(s: Scribe, therapy: Therapy) -> Any:
    """Sent over the link; what only the pump at hand asks is signed, and it is sent again.

    Raises:
        StoryError: the pump does not hold it in the end.
    """
    for _ in range(_TRIES):
        session = s.do("pumps.send", NURSE, device=s.device.pk, prescription=s.prescription.pk)
        s.session = session
        came = Outcome.objects.filter(session=session).latest("recorded_at")
        if came.outcome == Came.VERIFIED:
            s.therapy = therapy
            return session
        asked = [one["code"] for one in came.told.get("findings", ()) if _asks(one)]
        if not asked:
            break
        _sign(s, asked)
    raise StoryError(f"{s.patient}: {came.outcome}: {came.because}")


def _asks(finding: dict[str, Any]) -> bool:
    return finding["severity"] == "confirm" and not finding["signed"]


def filled(s: Scribe, therapy: Therapy) -> Story:
    """A refill visit from its beginning to its close, which sends what is prescribed."""
    at = s.now
    drawn_out(s, therapy)
    s.do("fills.read-label", PHARMACIST, drugs=therapy.label, expires=(at + 30 * _DAY).date())
    for _ in range(3 if therapy.drugs[0][0] == "ziconotide" else 0):
        s.do("fills.rinse", NURSE, times=1, volume="2 mL")
    s.house.beds.do(s.serial, "fill", therapy.volume)
    s.do("fills.fill", NURSE, volume=therapy.volume)
    sent(s, therapy)
    yield at + timedelta(minutes=40)
    s.do("fills.watch", NURSE, overdose_signs="no")
    s.do("fills.close", NURSE)


def drawn_out(s: Scribe, therapy: Therapy) -> None:
    """The prescription, the beginning of the visit, and what the needle drew out."""
    prescribed(s, therapy)
    s.do("fills.begin", NURSE, device=s.device.pk)
    aspirated(s)


def aspirated(s: Scribe) -> None:
    """What the needle drew out, against what the pump believed; a new pump believes nothing."""
    expected: dict[str, str] = {}
    if s.therapy is None:
        expected = {"expected": "0 mL", "delivered": "0 mL"}
    else:
        s.do("pumps.interrogate", NURSE, device=s.device.pk)
    drawn = s.house.beds.do(s.serial, "aspirate")
    volume = re.sub("^aspirated ", "", drawn)
    s.do("fills.aspirate", NURSE, volume=volume, **expected)


def home(s: Scribe, at: datetime) -> Story:
    """From the operation at an instant to a healed wound."""
    yield at + timedelta(hours=12)
    antibiotic(s, last=True)
    yield at + timedelta(hours=30)
    s.do("implants.discharge", PHYSICIAN)
    yield at + 4 * _DAY
    s.do("implants.record-wound", PHYSICIAN, healthy="yes")
    yield at + 14 * _DAY
    s.do("implants.record-closures-out", NURSE)


def night_after(s: Scribe, therapy: Therapy, hours: float) -> Story:
    """Operated on so many hours ago, and in hospital."""
    at = s.house.before(hours=hours)
    yield from implanted(s, at, therapy)
    yield at + timedelta(hours=4)
    antibiotic(s, last=True)


def wound_check_is_due(s: Scribe, therapy: Therapy, days: float) -> Story:
    """At home, the wound not looked at yet."""
    at = s.house.before(days=days)
    yield from implanted(s, at, therapy)
    yield at + timedelta(hours=12)
    antibiotic(s, last=True)
    yield at + timedelta(hours=30)
    s.do("implants.discharge", PHYSICIAN)


def closures_are_due(s: Scribe, therapy: Therapy, days: float, closure: str = "staples") -> Story:
    """The wound is healthy, its staples or stitches are still in."""
    at = s.house.before(days=days)
    yield from implanted(s, at, therapy, closure)
    yield at + timedelta(hours=12)
    antibiotic(s, last=True)
    yield at + timedelta(hours=30)
    s.do("implants.discharge", PHYSICIAN)
    yield at + 4 * _DAY
    s.do("implants.record-wound", PHYSICIAN, healthy="yes")
