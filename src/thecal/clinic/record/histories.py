"""Histories that cannot be: what no chain of services could have written, though its links fit.

An import brings rows that no gate has seen. Each subject enters a check that looks at one
patient's whole history and says what could not have happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from thecal.clinic.patients.models import IDENTITY, Details, Patient

History = Callable[[Patient], Iterable[str]]
_histories: list[History] = []
_forgets: list[Callable[[], None]] = []


def history(check: History) -> History:
    """Enter a check; it yields a sentence for each thing that could not have happened."""
    _histories.append(check)
    return check


def keeps(forget: Callable[[], None]) -> Callable[[], None]:
    """Enter what lets go of whatever a process keeps of entries that it has read."""
    _forgets.append(forget)
    return forget


def complaints() -> Iterator[str]:
    """What is wrong with whose history, read anew: a file may tell a known key otherwise."""
    for forget in _forgets:
        forget()
    for patient in Patient.objects.order_by("pk").iterator(chunk_size=200):
        for check in _histories:
            for said in check(patient):
                yield f"patient {patient.pk}: {said}"


@history
def says_who_they_are(patient: Patient) -> Iterator[str]:
    """The patient's row repeats the newest entry that says who they are."""
    newest = list(Details.objects.current().filter(patient=patient))
    if len(newest) != 1:
        yield f"{len(newest)} entries say who they are"
        return
    for name in IDENTITY:
        if getattr(newest[0], name) != getattr(patient, name):
            yield f"the row's {name} is not the entry's"
