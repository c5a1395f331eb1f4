"""What stands and what runs: the prescription, the fill, and the pump as it was last read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext as _

from thecal import devices
from thecal.clinic.fills.history import last_fill
from thecal.clinic.fills.models import Fill
from thecal.clinic.overview.reservoir import reservoir
from thecal.clinic.overview.running import running
from thecal.clinic.patients.models import Patient
from thecal.clinic.prescriptions.checking import check
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import current
from thecal.clinic.programming.reading import Now
from thecal.clinic.pumps import refilled
from thecal.clinic.pumps.models import Came, Device, Purpose, Session
from thecal.clinic.pumps.models import Status as Told
from thecal.pump.decoding import NotLanguageError, decode
from thecal.pump.holding import Holding
from thecal.pump.language import PL_PER_ML, Status, encode
from thecal.therapy.plan import Plan
from thecal.therapy.rules.pump_at_hand import Found
from thecal.units import VOLUME, show


def status_of(told: Told) -> Status | None:
    """What a pump told, from the record: its plain form is the one that the link carries.

    None if it is not in this language, as another version's may not be.
    """
    try:
        return cast("Status", decode(encode(told.told)))
    except NotLanguageError:
        return None


def found_of(status: Status) -> Found:
    """A reading worked out."""
    return Found.of(Holding.of(status), status, _minimum_ml(status.model))


def planned(plan: Plan, device: Device | None = None) -> Found:
    """A plan as a pump would hold it; without a program it holds none."""
    case, serial = plan.case, device.serial if device else ""
    holding = Holding(case.pump.key, serial, 0, case.program, case.fill, case.ceiling)
    return Found(holding, None, {one.name: one.strength for one in case.parts}, case.doses)


def _minimum_ml(model: str) -> Fraction:
    try:
        slow = devices.pump(model).minimum_rate_mode
    except KeyError:
        return Fraction(0)
    return slow.value if slow else Fraction(0)


@dataclass(frozen=True)
class Standing:
    """What there is to begin from.

    Attributes:
        entry: the prescription that stands.
        pumps: the patient's pumps.
        told: what the pump told last; None if it was never read.
        unknown: sessions whose outcome is not known: then nobody knows what runs.
        verified: the last session whose program is known to have gone into the pump.
        fill: the last one.
    """

    patient: Patient
    day: date
    entry: Prescription | None
    pumps: tuple[Device, ...]
    told: Told | None
    unknown: tuple[Session, ...]
    verified: Session | None
    fill: Fill | None

    @property
    def device(self) -> Device | None:
        """The patient's pump, if there is exactly one."""
        return self.pumps[0] if len(self.pumps) == 1 else None

    @property
    def age_years(self) -> int:
        """The patient's age on this day, in whole years."""
        born, day = self.patient.birth_date, self.day
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @cached_property
    def plan(self) -> Plan | None:
        """The plan of the prescription that stands, as of the day it was written."""
        return None if self.entry is None else check(self.entry.text, self.entry.visit_on)

    @cached_property
    def status(self) -> Status | None:
        """What the pump told last; None if it was never read, or cannot be understood."""
        return status_of(self.told) if self.told else None

    @property
    def is_read(self) -> bool:
        """Whether the pump itself has said what it runs."""
        return self.status is not None and self.status.program is not None

    @cached_property
    def fill_not_sent(self) -> Fill | None:
        """A fill that the pump has not been told of."""
        return refilled.fill_not_sent(self.patient)

    @cached_property
    def left_ml(self) -> Fraction | None:
        """What should be in the reservoir now, without a fill; None if nobody knows."""
        model = self.device.model if self.device else ""
        held = reservoir(self.patient, running(self.patient), model, timezone.now())
        return held.expected.ml if held.expected else None

    @property
    def put_in(self) -> Prescription | None:
        """The prescription that is known to be in the pump; else the one that stands."""
        sent = self.verified.prescription if self.verified else None
        return sent or self.entry

    @cached_property
    def runs(self) -> Found | None:
        """What runs now as far as is known: the pump's own word, else the prescription."""
        if self.is_read and self.status is not None:
            return found_of(self.status)
        return self._of(self.put_in)

    @property
    def runs_by(self) -> str:
        """Whose word that is, and from when."""
        if self.is_read and self.told is not None:
            return _("the pump itself, as read %s") % _when(self.told.recorded_at)
        return _whose(self.put_in)

    @property
    def ran(self) -> tuple[Found | None, str]:
        """What the prescription that stands is held against, and whose word that is.

        One that was only prescribed does not run yet: it is never held against itself.
        """
        if self.is_read or self.verified is not None:
            return self.runs, self.runs_by
        before = self.entry.previous if self.entry else None
        return self._of(before), _whose(before)

    def _of(self, entry: Prescription | None) -> Found | None:
        if entry is None:
            return None
        return planned(check(entry.text, entry.visit_on), self.device)

    @cached_property
    def now(self) -> Now:
        """What runs now, to doubt typed numbers by."""
        if self.runs is None:
            return Now()
        volume = self.plan.case.prescription.fill.volume_ml if self.plan else None
        return Now(dict(self.runs.mean_ug_per_day), dict(self.strengths), volume)

    @property
    def strengths(self) -> Mapping[str, Fraction]:
        """The solution that runs now; empty where it is not known."""
        return (self.runs.strengths or {}) if self.runs else {}

    @property
    def left(self) -> str:
        """What the pump believed was left when it was read; empty if it did not say."""
        pl = self.status.remaining_pl if self.status else None
        return "" if pl is None else show(Fraction(pl, PL_PER_ML), VOLUME)

    @property
    def follows(self) -> str:
        """The key of the prescription that stands; empty if none does."""
        return str(self.entry.pk) if self.entry else ""


def _whose(entry: Prescription | None) -> str:
    if entry is None:
        return _("nothing is known to run")
    return _("the prescription of %s; the pump has not been read") % _when(entry.recorded_at)


def _when(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def standing_of(patient: Patient) -> Standing:
    """Read it, within the read or write that the trail tells of."""
    pumps = tuple(Device.objects.current().of(patient))
    serials = [one.serial for one in pumps]
    statuses = Told.objects.current().filter(patient=patient, device__serial__in=serials)
    sent = Session.objects.current().filter(
        patient=patient, purpose=Purpose.SEND, device__serial__in=serials
    )
    sessions = list(sent.select_related("device", "prescription").order_by("-recorded_at"))
    came = {one.pk: one.certainty for one in sessions}
    return Standing(
        patient,
        timezone.localdate(),
        current(patient),
        pumps,
        statuses.select_related("device").order_by("-recorded_at").first(),
        tuple(one for one in sessions if came[one.pk] == Came.UNKNOWN),
        next((one for one in sessions if came[one.pk] == Came.VERIFIED), None),
        last_fill(patient),
    )
