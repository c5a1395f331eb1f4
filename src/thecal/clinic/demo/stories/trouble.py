"""Patients to whom something has happened: alarms, doubts, harm, and the ends of treatment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from thecal.clinic.demo.scribe import NURSE, PHYSICIAN, Scribe, Story
from thecal.clinic.demo.stories.implant import StoryError, drawn_out, prescribed
from thecal.clinic.demo.stories.running import (
    answers,
    dose_changed,
    left_by_the_pump,
    stable,
)
from thecal.clinic.demo.stories.selection import treated
from thecal.clinic.demo.therapies import Therapy
from thecal.clinic.pumps.models import Came, Status

Steps = Sequence[Therapy]


def wound_is_unhealthy(s: Scribe, steps: Steps, left: float) -> Story:
    """Redness over the pump, seen this week."""
    yield from stable(s, steps, left, *["3"] * (len(steps) - 1))
    yield s.house.before(days=1)
    s.do("followup.record-surveillance", NURSE, answers=answers(fever="yes", wound="yes"))
    what = "Redness and warmth over the pump."
    s.do("followup.record-adverse-event", PHYSICIAN, harm="infection", serious=False, what=what)


def granuloma_is_suspected(s: Scribe, steps: Steps, left: float) -> Story:
    """Less effect at a higher dose, and pain in a band."""
    yield from stable(s, steps, left, *["4"] * (len(steps) - 1))
    yield s.house.before(hours=20)
    told = answers(effect_lost="yes", band_pain="yes")
    s.do("followup.record-surveillance", NURSE, answers=told, notes="Worse since a month.")
    s.do("followup.record-score", NURSE, instrument="nrs", score="7")


def effect_is_lost(s: Scribe, steps: Steps, left: float) -> Story:
    """On the way of the search: interrogated, residual compared, X-ray still to do."""
    yield from stable(s, steps, left, *["2"] * (len(steps) - 1))
    yield s.house.before(days=2)
    s.do("followup.record-effect-lost", NURSE, notes="Spasms as before the pump, since a week.")
    s.do("pumps.interrogate", NURSE, device=s.device.pk)
    s.do("followup.record-effect-step", NURSE, step="interrogate", result="normal")
    yield s.house.before(days=1)
    s.do("followup.record-effect-step", NURSE, step="residual", result="normal")


def scan_is_planned(s: Scribe, steps: Steps, left: float) -> Story:
    """An MRI tomorrow, the pump read before it."""
    yield from stable(s, steps, left, *["3"] * (len(steps) - 1))
    yield s.house.before(days=1)
    planned = s.now + timedelta(days=2)
    s.do("followup.record-scan-plan", NURSE, planned=planned, tesla="1.5")
    s.do("pumps.interrogate", NURSE, device=s.device.pk)


def pump_alarms(s: Scribe, steps: Steps, left: float) -> Story:
    """The rotor stands since yesterday evening, as read this morning."""
    yield from stable(s, steps, left, *["3"] * (len(steps) - 1))
    yield s.house.before(hours=15)
    s.house.beds.do(s.serial, "fault", "stall")
    yield s.house.before(hours=2)
    s.do("pumps.interrogate", NURSE, device=s.device.pk)
    if not Status.objects.filter(patient=s.patient).latest("recorded_at").alarms:
        raise StoryError("the pump sounds no alarm")


def outcome_is_unknown(s: Scribe, steps: Steps, left: float, dose: str) -> Story:
    """The link dropped after an update, before the pump could answer."""
    yield from stable(s, steps, left, *["4"] * (len(steps) - 1))
    yield s.house.before(hours=1)
    s.house.beds.do(s.serial, "drop", "update")
    try:
        dose_changed(s, steps[-1].at(dose))
    except StoryError:
        session = s.session
    else:
        raise StoryError("the link did not drop")
    if session is None or session.certainty != Came.UNKNOWN:
        raise StoryError("the outcome is known")


def residual_differs(s: Scribe, steps: Steps, left: float) -> Story:
    """Drawn out at a refill that is under way: much less than the pump believes."""
    yield from stable(s, steps, left, *["3"] * (len(steps) - 1))
    yield s.house.before(days=25)
    s.house.beds.do(s.serial, "fault", "bias=+14.5%")
    yield s.house.before(minutes=50)
    drawn_out(s, steps[-1])


def refill_under_way(s: Scribe, steps: Steps, left: float) -> Story:
    """Drawn out, as much as expected; nothing filled yet."""
    yield from stable(s, steps, left, *["2"] * (len(steps) - 1))
    yield s.house.before(minutes=25)
    drawn_out(s, steps[-1])


def is_prescribed(s: Scribe, steps: Steps, left: float, dose: str) -> Story:
    """A new dose is prescribed, and nobody has sent it."""
    yield from stable(s, steps, left, *["5"] * (len(steps) - 1))
    yield s.house.before(hours=3)
    prescribed(s, steps[-1].at(dose).holding(left_by_the_pump(s)))


def transcribed(s: Scribe, therapy: Therapy, dose_before: str) -> Story:
    """A dose changed between fills, in a pump that only its vendor's programmer reaches."""
    yield s.house.before(days=120)
    s.do(
        "implants.take-over",
        PHYSICIAN,
        **treated(therapy),
        pump=therapy.model,
        pump_serial=s.serial,
        catheter=therapy.catheter,
        implanted=s.house.before(days=800),
        from_whom="Another clinic, as invented as this one.",
    )
    s.device = s.do("pumps.enter", NURSE, model=therapy.model, serial=s.serial)
    yield s.house.before(days=8)
    s.therapy = therapy.at(dose_before)
    entry = prescribed(s, therapy)
    s.do(
        "pumps.transcribe",
        NURSE,
        device=s.device.pk,
        prescription=entry.pk,
        before=_screen(s, s.therapy, s.now - timedelta(minutes=10), therapy.volume),
        after=_screen(s, therapy, s.now, therapy.volume),
    )


def _screen(s: Scribe, therapy: Therapy, at: datetime, volume: str) -> str:
    """What a vendor's programmer shows, as a person types it."""
    read_at = timezone.make_naive(at).replace(microsecond=0).isoformat()
    drugs = "".join(
        f'[[reservoir.drugs]]\ndrug = "{drug}"\nconcentration = "{strength}"\n'
        for drug, strength in therapy.drugs
    )
    return (
        f'transcription = 1\nread_at = {read_at}\nread_by = "N. A."\n'
        f'[pump]\nmodel = "{therapy.model}"\nserial = "{s.serial}"\n'
        f'[reservoir]\nvolume = "{volume}"\nalarm_volume = "{therapy.alarm}"\n{drugs}'
        f'[program]\nmode = "simple"\ndaily_dose = "{therapy.dose}"\n'
        'patient_dose = "none"\npriming = "none"\nbridge = "none"\n'
    )


def explanted(s: Scribe, steps: Steps, left: float) -> Story:
    """The pump is out, for an infection."""
    yield from stable(s, steps, left, *["3"] * (len(steps) - 1))
    yield s.house.before(days=3)
    s.do(
        "implants.record-explant",
        PHYSICIAN,
        reason="An infection of the pocket that antibiotics did not clear.",
        infected=True,
        closure="stitches",
    )


def care_has_ended(s: Scribe, steps: Steps, left: float) -> Story:
    """The pump is out, and care has ended."""
    yield from explanted(s, steps, left)
    yield s.house.before(days=1)
    s.do("selection.end-care", PHYSICIAN, reason="Moved to another country, which is invented too.")
