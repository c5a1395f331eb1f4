"""The gates again, over a whole history: what no service would have let into the record.

An import brings entries that no gate has seen. Each of them is judged as its service would have,
on the record as it stood when it was written, by the figures that were in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from thecal.clinic.pathway.facts import Fact
from thecal.clinic.pathway.figures import at
from thecal.clinic.pathway.gates import NOBODY_KNOWS, CareGate, care_gates
from thecal.clinic.pathway.history import history_of
from thecal.clinic.pathway.recording import Recorded, recorded
from thecal.clinic.patients.models import Patient
from thecal.clinic.record.entry import Entry
from thecal.clinic.record.gates import Closed
from thecal.clinic.record.histories import history
from thecal.clinic.record.models import Override


@history
def passed_its_gates(patient: Patient) -> Iterator[str]:
    """Every gated entry, corrected ones too: each was written while its gates were open."""
    for sort in recorded():
        if care_gates(sort.gates):
            for entry in sort.kind.objects.filter(patient=patient, withdrawn=False, **sort.fixed):
                for closed in _closed(sort, entry):
                    yield f"{sort.write.action.name} at {entry.recorded_at.isoformat()}: {closed}"


def _closed(sort: Recorded, entry: Fact) -> Iterator[str]:
    when = entry.happened_at if sort.tells_when else entry.recorded_at
    return closed_then(care_gates(sort.gates), entry, when)


def closed_then(gates: Sequence[CareGate], entry: Entry, when: datetime) -> Iterator[str]:
    """What closed the way to an entry when it was written, and nobody signed to pass.

    Args:
        gates: that stood in its way.
        entry: whatever was written; it doubles as the order by which a gate applies.
        when: the instant at which the gates are judged.
    """
    signed = {
        one.gate
        for one in Override.objects.filter(patient=entry.patient, recorded_at=entry.recorded_at)
    }
    for one in _gates_then(gates, entry, when):
        if one.code not in signed or not one.override_roles:
            yield f"{one.code} was closed: {'; '.join(one.reasons)}"


def _gates_then(gates: Sequence[CareGate], entry: Entry, when: datetime) -> list[Closed]:
    then = entry.recorded_at
    known = history_of(entry.patient, without=entry.pk, as_of=then)
    if known is None:
        return [NOBODY_KNOWS]
    return [closed for gate in gates for closed in gate.closed(known, entry, when, at(then))]
