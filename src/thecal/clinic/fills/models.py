"""What happens at a refill, step by step; ``happened_at`` is when each was written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from thecal import care
from thecal.care import facts
from thecal.clinic.pathway.facts import Tells
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.pumps.models import Device, Status
from thecal.units import CONCENTRATION, VOLUME, exact_text, parse


def mixture(parts: Iterable[Mapping[str, str]]) -> tuple[facts.Ingredient, ...]:
    """A stored solution as care has it."""
    return tuple(
        facts.Ingredient(
            drug=one["drug"], concentration_ug_per_ml=parse(one["concentration"], CONCENTRATION)
        )
        for one in parts
    )


def _ml(text: str) -> Fraction | None:
    return parse(text, VOLUME) if text else None


class RefillVisit(Tells):
    """A refill visit began, for the prescription that stands.

    Attributes:
        is_first: it is the first fill of a pump that was just placed, which its operation began.
    """

    device = models.ForeignKey(Device, models.PROTECT, related_name="refills")
    prescription = models.ForeignKey(Prescription, models.PROTECT, related_name="refills")
    is_first = models.BooleanField(_("the first fill of a new pump"), default=False)

    class Meta(Tells.Meta):
        verbose_name = _("refill visit")
        indexes = (models.Index(fields=["patient"], name="fills_visit_patient"),)

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M}"

    def events(self) -> Iterator[care.Event]:
        """As a fact of care; a first fill was begun by the operation."""
        if not self.is_first:
            yield facts.RefillBegun(at=self.happened_at)


class Step(Tells):
    """A step of a refill visit."""

    visit = models.ForeignKey(RefillVisit, models.PROTECT, related_name="%(class)ss")

    class Meta(Tells.Meta):
        abstract = True

    @property
    def name(self) -> str:
        """What step it is."""
        return str(self._meta.verbose_name)


class Aspirate(Step):
    """What was drawn out, against what the pump believed; what is not known is empty.

    Attributes:
        status: where expected and delivered were read, None if a person gave them.
    """

    volume = models.TextField(_("aspirated"))
    expected = models.TextField(_("expected"), blank=True, default="")
    delivered = models.TextField(_("delivered since the fill before"), blank=True, default="")
    status = models.ForeignKey(Status, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Step.Meta):
        verbose_name = _("aspirate")
        indexes = (models.Index(fields=["patient"], name="fills_aspirate_patient"),)

    def __str__(self) -> str:
        return self.volume

    def events(self) -> Iterator[care.Event]:
        """As a fact of care."""
        yield facts.Aspirated(
            at=self.happened_at,
            volume_ml=parse(self.volume, VOLUME),
            expected_ml=_ml(self.expected),
            delivered_ml=_ml(self.delivered),
        )


class Investigation(Step):
    """A physician looked into a difference."""

    finding = models.TextField(_("what it came to"))
    may_fill = models.BooleanField(_("the fill may go on"))

    class Meta(Step.Meta):
        verbose_name = _("difference looked into")
        indexes = (models.Index(fields=["patient"], name="fills_investigation_patient"),)

    def __str__(self) -> str:
        return self.finding

    def events(self) -> Iterator[care.Event]:
        """As a fact of care."""
        yield facts.DifferenceInvestigated(
            at=self.happened_at, finding=self.finding, may_fill=self.may_fill
        )


class Label(Step):
    """The pharmacy's label, typed off the syringe, apart from the prescription.

    Attributes:
        drugs: drug and concentration of each.
    """

    reads = ("visit__prescription",)

    drugs = models.JSONField(_("drugs"))
    lot = models.CharField(_("lot"), max_length=100, blank=True, default="")
    expires = models.DateField(_("expires"))

    class Meta(Step.Meta):
        verbose_name = _("label")
        indexes = (models.Index(fields=["patient"], name="fills_label_patient"),)

    def __str__(self) -> str:
        return ", ".join(f"{one['drug']} {one['concentration']}" for one in self.drugs)

    def events(self) -> Iterator[care.Event]:
        """As a fact of care, with what the visit's prescription orders."""
        ordered = mixture(ordered_by(self.visit.prescription))
        yield facts.LabelRead(at=self.happened_at, label=mixture(self.drugs), ordered=ordered)


def ordered_by(entry: Prescription) -> list[dict[str, str]]:
    """What a prescription's fill is made of."""
    from thecal.clinic.prescriptions.checking import said  # noqa: PLC0415  (reads models itself)

    fill = said(entry.text).fill
    return [
        {
            "drug": one.drug,
            "concentration": exact_text(one.concentration_ug_per_ml, CONCENTRATION),
        }
        for one in fill.drugs
    ]


class Rinse(Step):
    """The reservoir was rinsed."""

    times = models.IntegerField(_("times"))
    volume = models.TextField(_("volume each time"))

    class Meta(Step.Meta):
        verbose_name = _("rinse")
        indexes = (models.Index(fields=["patient"], name="fills_rinse_patient"),)

    def __str__(self) -> str:
        return f"{self.times} × {self.volume}"

    def events(self) -> Iterator[care.Event]:
        """As a fact of care."""
        volume = parse(self.volume, VOLUME)
        yield facts.Rinsed(at=self.happened_at, times=self.times, volume_ml=volume)


class Fill(Step):
    """The reservoir was filled; the dates are counted from this day by the plan.

    Attributes:
        refill_due: at nominal accuracy; None if unknown.
        latest_safe: at the pump's upper accuracy; None if unknown.
        version: the Thecal that worked the dates out.
    """

    volume = models.TextField(_("volume"))
    drugs = models.JSONField(_("drugs"))
    refill_due = models.DateField(_("refill due"), null=True, blank=True)
    latest_safe = models.DateField(_("latest safe day"), null=True, blank=True)
    version = models.CharField(_("by version"), max_length=40)

    class Meta(Step.Meta):
        verbose_name = _("fill")
        indexes = (
            models.Index(fields=["patient"], name="fills_fill_patient"),
            models.Index(fields=["refill_due"], name="fills_fill_due"),
        )

    def __str__(self) -> str:
        return f"{self.volume}, {self.happened_at:%Y-%m-%d}"

    def events(self) -> Iterator[care.Event]:
        """As a fact of care."""
        yield facts.Filled(
            at=self.happened_at,
            volume_ml=parse(self.volume, VOLUME),
            drugs=mixture(self.drugs),
            refill_due=self.refill_due,
            latest_safe=self.latest_safe,
        )


class Signs(models.TextChoices):
    """Whether there were signs of an overdose."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not examined")


class Watch(Step):
    """The patient was watched after the fill until now."""

    overdose_signs = models.CharField(
        _("signs of an overdose"), max_length=10, choices=Signs.choices
    )
    notes = models.TextField(_("notes"), blank=True, default="")

    class Meta(Step.Meta):
        verbose_name = _("watch after the fill")
        verbose_name_plural = _("watches after the fill")
        indexes = (models.Index(fields=["patient"], name="fills_watch_patient"),)

    def __str__(self) -> str:
        return gettext("signs of an overdose: %s") % self.get_overdose_signs_display()

    def events(self) -> Iterator[care.Event]:
        """As a fact of care."""
        signs = facts.Answer(self.overdose_signs)
        yield facts.WatchEnded(at=self.happened_at, overdose_signs=signs)


class Close(Step):
    """The refill was closed: filled, and watched without a sign."""

    class Meta(Step.Meta):
        verbose_name = _("refill closed")
        verbose_name_plural = _("refills closed")
        indexes = (models.Index(fields=["patient"], name="fills_close_patient"),)

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M}"


class RunningFill(models.Model):
    """The fill that a patient runs on; a pump that was taken out runs on none.

    Attributes:
        near: its nearest limit: the latest safe day, or the nominal one if that is not known.
    """

    is_derived = True

    patient = models.OneToOneField("patients.Patient", models.CASCADE, related_name="+")
    clinic = models.ForeignKey("people.Clinic", models.CASCADE, related_name="+")
    fill = models.ForeignKey(Fill, models.CASCADE, related_name="+")
    is_dated = models.BooleanField()
    near = models.DateField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["clinic", "is_dated", "near", "id"], name="fills_running_near"),
        )

    def __str__(self) -> str:
        return str(self.fill)
