"""The pump of a patient, sessions with it, what came of each, and what the pump told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.care import facts
from thecal.clinic.pathway.facts import Fact, Tells
from thecal.clinic.prescriptions.models import Prescription, SecondPerson
from thecal.clinic.record.entry import Entry
from thecal.pump.controller.alarms import AlarmName
from thecal.pump.language import PL_PER_ML
from thecal.therapy.solution_labels import strengths

_STALL = AlarmName.MOTOR_STALL.value


class Device(Entry):
    """A pump that a patient has, as a programmer knows it; ``happened_at`` is since when.

    That it is in the body is told by the operation, or by taking the patient over.

    Attributes:
        model: its key in the catalogue of pumps.
        address: where it is reached over the link; empty for one behind a vendor's programmer.
    """

    model = models.CharField(_("model"), max_length=60)
    serial = models.CharField(_("serial number"), max_length=100)
    address = models.CharField(_("address"), max_length=200, blank=True, default="")

    class Meta(Entry.Meta):
        verbose_name = _("pump")
        indexes = (
            models.Index(fields=["patient"], name="pumps_device_patient"),
            models.Index(fields=["serial"], name="pumps_device_serial"),
        )

    def __str__(self) -> str:
        return f"{self.model}, {self.serial}"


class Pairing(Entry):
    """This clinic's programmer was paired with a pump; the keys are in its notebook alone."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="pairings")
    pump_key = models.CharField(_("the pump's public key"), max_length=64)

    class Meta(Entry.Meta):
        verbose_name = _("pairing")
        indexes = (models.Index(fields=["patient"], name="pumps_pairing_patient"),)

    def __str__(self) -> str:
        return f"{self.device} {self.pump_key[:12]}"


class Way(models.TextChoices):
    """How a session came to the pump."""

    LINK = "link", _("Over the link")
    TRANSCRIBED = "transcribed", _("Transcribed from the vendor's programmer")


class Purpose(models.TextChoices):
    """What a session is for."""

    SEND = "send", _("Send a program")
    READ = "read", _("Interrogate")
    RECONCILE = "reconcile", _("Find out an unknown outcome")


class Session(Tells):
    """A session that was begun; what came of it is an ``Outcome``, and until then not known.

    Attributes:
        prescription: what was to be sent; None for a reading.
        digest: of that program.
        second: the second person who had confirmed it.
        about: the session whose outcome is to be found out.
    """

    device = models.ForeignKey(Device, models.PROTECT, related_name="sessions")
    way = models.CharField(_("way"), max_length=20, choices=Way.choices)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    prescription = models.ForeignKey(
        Prescription, models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    digest = models.CharField(_("digest of the program"), max_length=64, blank=True, default="")
    second = models.ForeignKey(
        SecondPerson, models.PROTECT, null=True, blank=True, related_name="+"
    )
    about = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="inquiries"
    )

    class Meta(Tells.Meta):
        verbose_name = _("session with a pump")
        indexes = (models.Index(fields=["patient"], name="pumps_session_patient"),)

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.happened_at:%Y-%m-%d %H:%M}"

    @property
    def certainty(self) -> str:
        """What is known to have come of it, by its newest outcome; ``unknown`` without one."""
        rows = Outcome.objects.current().filter(session=self)
        newest = rows.order_by("-recorded_at", "-happened_at").first()
        return newest.outcome if newest else Came.UNKNOWN.value

    def events(self) -> Iterator[care.Event]:
        """As a fact of care: a program was sent, and nobody knows yet what came of it."""
        if self.purpose == Purpose.SEND:
            yield _sent(self, self.happened_at, facts.Came.UNKNOWN)


def _sent(session: Session, at: datetime, came: facts.Came) -> care.Event:
    return facts.ProgramSent(at=at, session=str(session.pk), digest=session.digest, came=came)


class Came(models.TextChoices):
    """What came of a session, in one word; those of ``thecal.programmer``, and a plain reading."""

    VERIFIED = "verified", _("Verified: read back, and exactly what was sent")
    UNKNOWN = "unknown", _("Unknown: nobody knows whether the pump acted on it")
    MISMATCH = "mismatch", _("Mismatch: the pump holds something else")
    NOT_DONE = "not-done", _("Not done: the pump did not act on it")
    REFUSED = "refused", _("Refused: nothing changed")
    STALE = "stale", _("Stale: the pump had changed since it was read")
    READ = "read", _("Read")


class Outcome(Tells):
    """What came of a session; a later one of the same session is what was found out since.

    Attributes:
        told: the session's own report, as plain values: certain, unknown, to do, findings.
        by: the session that found it out, where it was another.
    """

    reads = ("session",)

    session = models.ForeignKey(Session, models.PROTECT, related_name="outcomes")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Came.choices)
    because = models.TextField(_("because"), blank=True, default="")
    told = models.JSONField(_("report"), default=dict, blank=True)
    by = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="found")

    class Meta(Tells.Meta):
        verbose_name = _("outcome of a session")
        indexes = (models.Index(fields=["patient"], name="pumps_outcome_patient"),)

    def __str__(self) -> str:
        return self.get_outcome_display()

    def events(self) -> Iterator[care.Event]:
        """As a fact of care, where a program was sent."""
        if self.session.purpose == Purpose.SEND:
            yield _sent(self.session, self.happened_at, _CAME[Came(self.outcome)])


_CAME = {
    Came.VERIFIED: facts.Came.VERIFIED,
    Came.UNKNOWN: facts.Came.UNKNOWN,
    Came.MISMATCH: facts.Came.MISMATCH,
    Came.NOT_DONE: facts.Came.NOT_DONE,
    Came.REFUSED: facts.Came.NOT_DONE,
    Came.STALE: facts.Came.NOT_DONE,
    Came.READ: facts.Came.NOT_DONE,
}
"""What care has for it: whether the pump took the program."""


class Status(Tells):
    """What a pump told when it was interrogated: what it believes, not what is true.

    Attributes:
        digest: of the program it held; empty if none.
        remaining_pl: what it believes is left, in pL; None before a first fill.
        delivered_pl: what it believes it has delivered since the fill, in pL.
        stall_logged: whether a stall of the motor sounds, or came into the log since the reading
            before; None if the log was not read.
        told: all of it, as plain values.
    """

    device = models.ForeignKey(Device, models.PROTECT, related_name="statuses")
    session = models.ForeignKey(Session, models.PROTECT, related_name="statuses")
    revision = models.BigIntegerField(_("revision"))
    digest = models.CharField(_("digest of the program"), max_length=64, blank=True, default="")
    running = models.CharField(_("running"), max_length=30)
    remaining_pl = models.BigIntegerField(_("left, pL"), null=True, blank=True)
    delivered_pl = models.BigIntegerField(_("delivered since the fill, pL"))
    stall_logged = models.BooleanField(_("a stall is logged"), null=True, blank=True)
    told = models.JSONField(_("status"))

    class Meta(Tells.Meta):
        verbose_name = _("status of a pump")
        verbose_name_plural = _("statuses of pumps")
        indexes = (models.Index(fields=["patient"], name="pumps_status_patient"),)

    def __str__(self) -> str:
        return f"{self.running} {self.digest[:12]}"

    @property
    def remaining_ml(self) -> Fraction | None:
        """What the pump believes is left."""
        return None if self.remaining_pl is None else Fraction(self.remaining_pl, PL_PER_ML)

    @property
    def replace_by(self) -> datetime | None:
        """When the pump says that it must be replaced; None if it does not."""
        at_s = self.told.get("replace_by_s")
        if at_s is None:
            return None
        utc_s = self.told["utc_s"] + at_s - self.told["t_s"]
        try:
            return datetime.fromtimestamp(utc_s, UTC)
        except (OverflowError, ValueError, OSError):
            return None

    @property
    def alarms(self) -> list[str]:
        """The alarms that sound."""
        return [one["name"] for one in self.told["alarms"]]

    @property
    def daily_dose_ug(self) -> Fraction | None:
        """What today's schedule gives of the primary drug; None where its strength is not known."""
        base_pl, fill = self.told.get("base_day_pl"), self.told.get("fill")
        if base_pl == 0:
            return Fraction(0)
        if base_pl is None or fill is None:
            return None
        known = strengths(tuple(fill["labels"]))
        first = next(iter((known or {}).values()), None)
        return None if first is None else Fraction(base_pl, PL_PER_ML) * first

    def events(self) -> Iterator[care.Event]:
        """As a fact of care."""
        by = self.replace_by
        sounding = tuple(self.alarms)
        yield facts.Interrogated(
            at=self.happened_at,
            digest=self.digest or None,
            running=self.running not in {"stopped", "held", "empty", "ended"},
            stall_logged=self.stall_logged,
            recovery_logged=None if self.stall_logged is None else _STALL not in sounding,
            replacement_indicated="replacement-due" in sounding,
            replace_by=by.date() if by else None,
            reservoir_ml=self.remaining_ml,
            daily_dose_ug=self.daily_dose_ug,
            alarms=sounding,
            silent=not sounding,
        )


class Reading(Fact):
    """What a vendor's programmer showed of a pump, as a person wrote it down.

    Attributes:
        shown: the transcription, from which the columns up to ``daily_dose`` are taken.
        digest: of the program shown, to be compared with that of another reading.
    """

    event = facts.Interrogated
    beside = ("shown",)
    shown = models.TextField(_("as the programmer showed it"))
    digest = models.CharField(_("digest of the program"), max_length=64, blank=True, default="")
    running = models.BooleanField(_("the pump runs"))
    reservoir = models.TextField(_("left, as the pump believes"))
    daily_dose = models.TextField(_("daily dose"), blank=True, default="")
    stall_logged = models.BooleanField(_("its log has a stall"), null=True, blank=True)
    recovery_logged = models.BooleanField(_("its log has the recovery"), null=True, blank=True)
    replacement_indicated = models.BooleanField(
        _("the replacement indicator is up"), null=True, blank=True
    )
    replace_by = models.DateField(_("to be replaced by"), null=True, blank=True)
    alarms = models.JSONField(_("alarms"), default=list, blank=True)
    silent = models.BooleanField(_("no alarm sounds"), null=True, blank=True)

    class Meta(Fact.Meta):
        verbose_name = _("reading of a pump")
        indexes = (models.Index(fields=["patient"], name="pumps_reading_patient"),)
