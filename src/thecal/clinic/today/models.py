"""What a pump makes somebody look at: kept in short, so that a large clinic finds it at once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Why a pump needs somebody."""

    UNKNOWN = "unknown", _("Nobody knows whether the pump acted on a session")
    ALARM = "alarm", _("An alarm sounded when the pump was last read")


class Concern(models.Model):
    """A pump that somebody must see to, as the entries say; made again at every write.

    Attributes:
        since: when the session was begun, or the pump was read.
        text: the session, or the alarms.
    """

    is_derived = True

    patient = models.ForeignKey("patients.Patient", models.CASCADE, related_name="concerns")
    clinic = models.ForeignKey("people.Clinic", models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    since = models.DateTimeField(_("since"))
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("concern about a pump")
        indexes = (models.Index(fields=["clinic", "since"], name="today_concern_by_clinic"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"
