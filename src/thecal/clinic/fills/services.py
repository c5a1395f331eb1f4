"""What can be done at a refill: begin, aspirate, look into, label, rinse, fill, watch, close."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from django.utils import timezone

from thecal import __version__, devices
from thecal.care.gates.refill import visit_of
from thecal.clinic.fills.models import (
    Aspirate,
    Close,
    Fill,
    Investigation,
    Label,
    RefillVisit,
    Rinse,
    Step,
    Watch,
)
from thecal.clinic.fills.orders import (
    Aspirating,
    Beginning,
    Closing,
    Correcting,
    Filling,
    Investigating,
    Labelling,
    Rinsing,
    Watching,
    solution_of,
)
from thecal.clinic.pathway.gates import CareGate
from thecal.clinic.pathway.history import history_of
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.checking import plan_of
from thecal.clinic.prescriptions.services import current
from thecal.clinic.pumps.models import Status
from thecal.clinic.pumps.placed import in_place
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.gates import Closed
from thecal.clinic.record.refusals import ConflictError, InvalidError
from thecal.clinic.record.services import writes
from thecal.pump.language import PL_PER_ML
from thecal.units import VOLUME, exact_text, parse

REFILLS = {Role.PHYSICIAN, Role.NURSE}
MAY_FILL, MAY_CLOSE = CareGate("fill"), CareGate("refill.close")
"""The pathway's gates before a fill, and before its end."""
_BEFORE_THE_FILL: tuple[type[Step], ...] = (Aspirate, Label, Rinse)


def open_visit(doing: Doing) -> RefillVisit:
    """The refill visit that is under way.

    Raises:
        ConflictError: none is.
    """
    visit = RefillVisit.objects.current().of(doing.patient).first()
    if visit is None or visit.closes.exists():
        raise ConflictError("no refill visit is under way")
    return visit


@writes("fills.begin", "Begin a refill visit", REFILLS)
def begin(doing: Doing, order: Beginning) -> RefillVisit:
    """Begin a visit for the prescription that stands.

    The first fill of a pump that was just placed was begun by its operation, and needs no aspirate.

    Raises:
        ConflictError: one is under way, or there is no prescription or no such pump in place.
    """
    before = RefillVisit.objects.current().of(doing.patient).first()
    if before is not None and before.fills.exists() and not before.closes.exists():
        raise ConflictError("the refill before was filled and is not closed")
    device = in_place(doing.patient, order.device)
    entry = current(doing.patient)
    if entry is None:
        raise ConflictError("no prescription stands that could be filled")
    return doing.write(
        RefillVisit, device=device, prescription=entry, is_first=_begins_full(doing.patient)
    )


def _begins_full(patient: Patient) -> bool:
    """Whether a pump was just placed whose first fill is still to be given."""
    history = history_of(patient)
    visit = visit_of(history) if history else None
    return visit is not None and visit.first and visit.filled is None


@writes("fills.aspirate", "Write down what was drawn out", REFILLS)
def aspirate(doing: Doing, order: Aspirating) -> Aspirate:
    """With what the pump believed, as it told since the visit began, or as a person read it.

    Raises:
        ConflictError: no visit is under way, or it was filled already.
        InvalidError: what was typed is not what the pump told, or more than it can hold.
    """
    visit = _not_filled(doing)
    for name, volume in order.model_dump(exclude_none=True).items():
        _fits(visit, name, volume)
    told = Status.objects.current().filter(
        device__serial=visit.device.serial, recorded_at__gte=visit.recorded_at
    )
    status = told.order_by("-recorded_at").first()
    expected, delivered = _believed(status)
    for name, typed, read in (
        ("expected", order.expected, expected),
        ("delivered", order.delivered, delivered),
    ):
        if typed and read and parse(typed, VOLUME) != parse(read, VOLUME):
            raise InvalidError({name: f"the pump told {read}; leave it out to take that"})
    return doing.write(
        Aspirate,
        visit=visit,
        volume=order.volume,
        expected=expected or order.expected or "",
        delivered=delivered or order.delivered or "",
        status=status if expected else None,
    )


def _fits(visit: RefillVisit, name: str, volume: str) -> None:
    """Refuse a volume that the reservoir cannot have held: a slip of the pen or of the unit."""
    size = devices.pump(visit.device.model).reservoir
    if size is not None and parse(volume, VOLUME) > size.value and name != "delivered":
        raise InvalidError({name: f"{volume} is more than the reservoir holds: {size}"})


def _believed(status: Status | None) -> tuple[str, str]:
    if status is None or status.remaining_pl is None:
        return "", ""
    both = (status.remaining_pl, status.delivered_pl)
    left, gone = (exact_text(Fraction(one, PL_PER_ML), VOLUME) for one in both)
    return left, gone


def _not_filled(doing: Doing) -> RefillVisit:
    visit = open_visit(doing)
    if visit.fills.exists():
        raise ConflictError("this visit's fill was given already")
    return visit


@writes("fills.investigate", "Look into a difference", {Role.PHYSICIAN})
def investigate(doing: Doing, order: Investigating) -> Investigation:
    """What a difference between aspirated and expected came to.

    Raises:
        ConflictError: nothing was aspirated.
    """
    visit = _not_filled(doing)
    if not Aspirate.objects.current().filter(visit=visit).exists():
        raise ConflictError("nothing was aspirated that could differ")
    return doing.write(Investigation, visit=visit, **order.model_dump())


@writes("fills.read-label", "Type the label off the syringe", REFILLS | {Role.PHARMACIST})
def read_label(doing: Doing, order: Labelling) -> Label:
    """The pharmacy's label, apart from the prescription.

    Raises:
        ConflictError: no visit is under way, or the syringe has expired.
    """
    visit = _not_filled(doing)
    if order.expires < timezone.localdate(doing.now):
        raise ConflictError(f"the syringe expired on {order.expires}")
    return doing.write(
        Label, visit=visit, drugs=solution_of(order.drugs), lot=order.lot, expires=order.expires
    )


@writes("fills.rinse", "Write down a rinse", REFILLS)
def rinse(doing: Doing, order: Rinsing) -> Rinse:
    """A rinse before the fill.

    Raises:
        ConflictError: no visit is under way, or it was filled already.
        InvalidError: the reservoir does not hold that volume.
    """
    visit = _not_filled(doing)
    _fits(visit, "volume", order.volume)
    return doing.write(Rinse, visit=visit, **order.model_dump())


@writes("fills.correct", "Withdraw a step written down wrongly", REFILLS)
def correct(doing: Doing, order: Correcting) -> Step:
    """A step before the fill: it stays in sight, and the right one is written anew.

    Raises:
        ConflictError: there is no such step, or the fill was given by it.
    """
    visit = _not_filled(doing)
    for kind in _BEFORE_THE_FILL:
        step = kind._default_manager.filter(pk=order.step, visit=visit).first()
        if step is not None:
            return doing.withdraw(step, order.why)
    raise ConflictError("this visit has no such step")


def _may_fill(doing: Doing, order: Filling) -> Sequence[Closed]:
    """The pathway's gate, and the prescription's own volume and signatures."""
    visit = open_visit(doing)
    return [*MAY_FILL(doing, order), *_as_prescribed(doing, visit, order)]


def _as_prescribed(doing: Doing, visit: RefillVisit, order: Filling) -> Sequence[Closed]:
    found, volume = [], parse(order.volume, VOLUME)
    size = devices.pump(visit.device.model).reservoir
    if size is not None and volume > size.value:
        said = f"{order.volume} is more than the reservoir holds: {size}"
        found.append(Closed("fill.capacity", (said,), size.source))
    plan = plan_of(visit.prescription, timezone.localdate(doing.now))
    wanted = plan.case.prescription.fill.volume_ml
    if volume != wanted:
        said = f"{order.volume} is not the prescribed {exact_text(wanted, VOLUME)}"
        source = "hazard H04: the pump counts what was prescribed, not what was filled"
        found.append(Closed("fill.volume", (said,), source, "a prescription of that volume"))
    if plan.open_findings:
        reasons = tuple(f"{one.code}: {one.message}" for one in plan.open_findings)
        found.append(Closed("fill.findings", reasons, "thecal.therapy", "signatures"))
    standing = current(doing.patient)
    if standing is None or standing.pk != visit.prescription_id:
        said = "the prescription that this visit began with does not stand any more"
        found.append(Closed("fill.prescription", (said,), "thecal.clinic", "a new visit"))
    if plan.case.pump.key != visit.device.model:
        said = f"the prescription is for {plan.case.pump.key}"
        found.append(Closed("fill.pump", (said,), "hazard H23: limits of the pump at hand"))
    return found


@writes("fills.fill", "Fill the reservoir", REFILLS, gates=(_may_fill,))
def fill(doing: Doing, order: Filling) -> Fill:
    """Write the fill down, with the dates that the plan counts from today.

    Raises:
        GateClosedError: nothing was aspirated, the label differs, a rinse is missing, and so on.
        ConflictError: no visit is under way.
    """
    visit = _not_filled(doing)
    day = timezone.localdate(doing.now)
    refill = plan_of(visit.prescription, day).case.refill
    label = Label.objects.current().filter(visit=visit).order_by("-recorded_at")[0]
    return doing.write(
        Fill,
        visit=visit,
        volume=order.volume,
        drugs=label.drugs,
        refill_due=refill.due(day) if refill else None,
        latest_safe=refill.latest_safe(day) if refill else None,
        version=__version__,
    )


@writes("fills.watch", "Write down the watch after the fill", REFILLS)
def watch(doing: Doing, order: Watching) -> Watch:
    """What was seen until now.

    Raises:
        ConflictError: nothing was filled at this visit.
    """
    visit = open_visit(doing)
    if not visit.fills.exists():
        raise ConflictError("nothing was filled at this visit")
    return doing.write(Watch, visit=visit, **order.model_dump())


def _may_close(doing: Doing, order: Closing) -> Sequence[Closed]:
    open_visit(doing)
    return MAY_CLOSE(doing, order)


@writes("fills.close", "Close the refill", REFILLS, gates=(_may_close,))
def close(doing: Doing, order: Closing) -> Close:  # noqa: ARG001
    """Raises GateClosedError before the watch has found no sign."""
    return doing.write(Close, visit=open_visit(doing))
