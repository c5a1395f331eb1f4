"""The reservoir where nobody refilled it: what a program may say of it, and its refill dates.

A program tells the pump how much the reservoir holds, and from then on the pump counts from that.
After a fill the figure is the fill's. Without one it can only be what the pump counts already: a
larger one would let the pump believe in drug that is not there, and put the refill off until the
reservoir is empty.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from django.utils import timezone

from thecal.clinic.fills.history import last_fill
from thecal.clinic.fills.models import Fill
from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.pumps.models import Came, Outcome, Purpose, Session
from thecal.clinic.record.doing import Doing
from thecal.programmer.transcription.file import Transcription
from thecal.pump.language import PL_PER_ML, Status
from thecal.therapy.plan import Plan
from thecal.units import VOLUME, show

ROUNDED_ML = Fraction(1, 10)
"""To which a volume is written down where the pump's count is taken over; assumed, Thecal's own."""


def fill_not_sent(patient: Patient) -> Fill | None:
    """A fill that no verified program has told the pump of yet."""
    fill, told = last_fill(patient), _last_verified(patient)
    return fill if fill and (told is None or told.happened_at < fill.happened_at) else None


def _last_verified(patient: Patient) -> Session | None:
    rows = Outcome.objects.current().filter(
        patient=patient, outcome=Came.VERIFIED, session__purpose=Purpose.SEND
    )
    newest = rows.select_related("session").order_by("-session__happened_at").first()
    return newest.session if newest else None


def told_by(status: Status | None) -> Fraction | None:
    """What the pump at hand counts, in mL; None if it has not said."""
    pl = status.remaining_pl if status else None
    return None if pl is None else Fraction(pl, PL_PER_ML)


def shown_by(before: Transcription) -> Fraction | None:
    """What the vendor's programmer shows the pump to count, in mL; None before the first fill."""
    return before.reservoir.volume.value if before.reservoir.drugs else None


def objection(entry: Prescription, plan: Plan, left: Fraction | None, is_filled: bool) -> str:
    """What is wrong with what a program says of the reservoir; empty if nothing is.

    Args:
        entry: the prescription.
        plan: what it came to.
        left: what the pump at hand counts, in mL.
        is_filled: whether a fill stands that the pump has not been told of.
    """
    said = plan.case.fill
    if is_filled or said is None or left is None:
        return ""
    volume = Fraction(said.volume_pl, PL_PER_ML)
    allowed = ROUNDED_ML + _a_day_ml(entry)
    if abs(volume - left) <= allowed:
        return ""
    return (
        f"the prescription says that the reservoir holds {show(volume, VOLUME)}, the pump counts "
        f"{show(left, VOLUME)}, and no fill is recorded since a program was last sent; Thecal's "
        f"own rule lets them differ by {show(allowed, VOLUME)}, a day's delivery and a rounding: "
        "record the fill, or prescribe with the volume that the pump counts"
    )


def _a_day_ml(entry: Prescription) -> Fraction:
    """What the pump may deliver from the prescription to the sending, which is within a day."""
    worst = entry.plan["daily_worst"]["volume_ml"]
    return Fraction(0) if worst is None else Fraction(str(worst))


def redate(doing: Doing, session: Session) -> None:
    """Bring a fill's dates forward, where a program that was sent after it uses it up sooner.

    They are never put off: what a slower program leaves in the reservoir does not keep longer.
    """
    fill, entry = last_fill(doing.patient), session.prescription
    if fill is None or entry is None or fill.visit.prescription_id == entry.pk:
        return
    day = timezone.localdate(session.happened_at)
    refill = plan_of(entry, day).case.refill
    if refill is None or session.happened_at < fill.happened_at:
        return
    due = _sooner(fill.refill_due, refill.due(day))
    latest = _sooner(fill.latest_safe, refill.latest_safe(day))
    if (due, latest) != (fill.refill_due, fill.latest_safe):
        why = "a program that was sent after the fill uses it up sooner"
        doing.correct(fill, why, refill_due=due, latest_safe=latest)


def _sooner(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day), default=None)
