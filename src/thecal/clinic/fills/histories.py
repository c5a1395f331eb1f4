"""Refills that cannot be: fills that no gate would have let into the record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar, cast

from thecal.clinic.fills.models import (
    Aspirate,
    Close,
    Fill,
    Label,
    Step,
    Watch,
    mixture,
    ordered_by,
)
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.entry import Entries
from thecal.clinic.record.histories import history

S = TypeVar("S", bound=Step)


@history
def filled_by_the_rules(patient: Patient) -> Iterator[str]:
    """Each fill came after its aspirate and a label that agrees; each close after a watch."""
    for fill in Fill.objects.filter(patient=patient).select_related("visit__prescription"):
        if _last(Aspirate, fill) is None:
            yield f"the fill of {fill} has no aspirate"
        label, entry = _last(Label, fill), fill.visit.prescription
        if label is None or set(mixture(label.drugs)) != set(mixture(ordered_by(entry))):
            yield f"the fill of {fill} has no label that agrees with its prescription"
        if entry.is_draft:
            yield f"the fill of {fill} is of a draft"
    for close in Close.objects.filter(patient=patient):
        watch = _last(Watch, close)
        if watch is None or watch.overdose_signs != "no":
            yield f"the refill closed at {close} has no watch without a sign"


def _last(kind: type[S], step: Step) -> S | None:
    """The step of a kind at the same visit that stood when another was written."""
    rows = cast("Entries[S]", kind._default_manager.all())
    rows = rows.filter(visit=step.visit, recorded_at__lte=step.recorded_at)
    corrected = set(rows.exclude(corrects=None).values_list("corrects", flat=True))
    standing = rows.filter(withdrawn=False).exclude(pk__in=corrected)
    return standing.order_by("-recorded_at").first()
