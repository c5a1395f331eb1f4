"""The pump of a patient, sessions with it, what came of each, and what the pump told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.care import facts
from thecal.clinic.prescriptions.models import Prescription, SecondPerson
from thecal.clinic.record.entry import Entry
from thecal.pump.language import PL_PER_ML


class Device(Entry):
    """A pump that a patient has; ``happened_at`` is since when.

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

    def events(self) -> Iterator[care.Event]:
        """As a fact of care: the record has it from here on."""
        yield facts.TakenOver(at=self.happened_at, pump=self.model)


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


class Session(Entry):
    """A session that was begun; what came of it is an ``Outcome``, and until then not known.

    Attributes:
        prescription: what was to be sent; None for a reading.
        digest: of that program.
        second: the second person who had confirmed it.
        about: the session whose outcome is to be found out.
    """

    tells_care = True
    told_with = ("prescription", "second")
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

    class Meta(Entry.Meta):
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
        """As facts of care."""
        if self.prescription is None:
            return
        asks = facts.Answer.of(self.second_id is not None)
        who = str(self.recorded_by_id)
        yield facts.PlanChecked(
            at=self.happened_at, digest=self.digest, accepted=True, second_person=asks, who=who
        )
        if self.second is not None:
            person = str(self.second.person_id)
            yield facts.SecondPersonConfirmed(at=self.happened_at, digest=self.digest, who=person)


class Came(models.TextChoices):
    """What came of a session, in one word; those of ``thecal.programmer``, and a plain reading."""

    VERIFIED = "verified", _("Verified: read back, and exactly what was sent")
    UNKNOWN = "unknown", _("Unknown: nobody knows whether the pump acted on it")
    MISMATCH = "mismatch", _("Mismatch: the pump holds something else")
    NOT_DONE = "not-done", _("Not done: the pump did not act on it")
    REFUSED = "refused", _("Refused: nothing changed")
    STALE = "stale", _("Stale: the pump had changed since it was read")
    READ = "read", _("Read")


class Outcome(Entry):
    """What came of a session; a later one of the same session is what was found out since.

    Attributes:
        told: the session's own report, as plain values: certain, unknown, to do, findings.
        by: the session that found it out, where it was another.
    """

    session = models.ForeignKey(Session, models.PROTECT, related_name="outcomes")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Came.choices)
    because = models.TextField(_("because"), blank=True, default="")
    told = models.JSONField(_("report"), default=dict, blank=True)
    by = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="found")

    class Meta(Entry.Meta):
        verbose_name = _("outcome of a session")
        indexes = (models.Index(fields=["patient"], name="pumps_outcome_patient"),)

    def __str__(self) -> str:
        return self.get_outcome_display()


class Status(Entry):
    """What a pump told when it was interrogated: what it believes, not what is true.

    Attributes:
        digest: of the program it held; empty if none.
        remaining_pl: what it believes is left, in pL; None before a first fill.
        delivered_pl: what it believes it has delivered since the fill, in pL.
        told: all of it, as plain values.
    """

    tells_care = True
    device = models.ForeignKey(Device, models.PROTECT, related_name="statuses")
    session = models.ForeignKey(Session, models.PROTECT, related_name="statuses")
    revision = models.BigIntegerField(_("revision"))
    digest = models.CharField(_("digest of the program"), max_length=64, blank=True, default="")
    running = models.CharField(_("running"), max_length=30)
    remaining_pl = models.BigIntegerField(_("left, pL"), null=True, blank=True)
    delivered_pl = models.BigIntegerField(_("delivered since the fill, pL"))
    told = models.JSONField(_("status"))

    class Meta(Entry.Meta):
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
        at_s = self.told["replace_by_s"]
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

    def events(self) -> Iterator[care.Event]:
        """As a fact of care; whether the log has a stall is not asked of it."""
        by = self.replace_by
        yield facts.Interrogated(
            at=self.happened_at,
            digest=self.digest or None,
            running=self.running not in {"stopped", "held", "empty", "ended"},
            replacement_indicated="replacement-due" in self.alarms,
            replace_by=by.date() if by else None,
            reservoir_ml=self.remaining_ml,
        )
