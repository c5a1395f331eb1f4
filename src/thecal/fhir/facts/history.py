"""A whole history as resources, with the devices that it names, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from thecal import devices
from thecal.care.facts import (
    Aspirated,
    DifferenceInvestigated,
    Event,
    Explanted,
    Filled,
    History,
    Implanted,
    LabelRead,
    RefillBegun,
    Rinsed,
    TakenOver,
    TrialCatheterRemoved,
    TrialStarted,
    WatchEnded,
)
from thecal.fhir.bundles import Resources, target
from thecal.fhir.devices.device import Instance, catheter, pump, use
from thecal.fhir.elements import Json
from thecal.fhir.facts.resources import fact_resource, kind_of, order_of, read_fact
from thecal.fhir.people import read_care
from thecal.fhir.reading import Place

_OF_A_REFILL = (Aspirated, DifferenceInvestigated, LabelRead, Rinsed, Filled, WatchEnded)
_ENDS: dict[type[Event], type[Event]] = {RefillBegun: Filled, TrialStarted: TrialCatheterRemoved}


def history_resources(history: History, stem: str, patient: str) -> Iterator[Json]:
    """Every fact of a history, then the devices that were implanted.

    Args:
        history: the facts that stand.
        stem: what the resources' ids begin with.
        patient: ``Patient/id``; the Patient itself is ``people.patient``.
    """
    identities = [f"{stem}-fact-{order}" for order in range(len(history.events))]
    yield from fact_resources(history.events, identities, patient)
    yield from _implants(history, stem, patient)


def fact_resources(
    events: Sequence[Event], identities: Sequence[str], patient: str
) -> Iterator[Json]:
    """Facts in their order, each with its own id, for a record that has the devices apart.

    Args:
        events: those that stand, in order of their instants.
        identities: the id of each.
        patient: ``Patient/id``.
    """
    refill = ""
    for order, (event, identity) in enumerate(zip(events, identities, strict=True)):
        one = fact_resource(
            event,
            order,
            identity,
            patient,
            refill if isinstance(event, _OF_A_REFILL) else "",
            under_way=_is_under_way(event, events[order + 1 :]),
        )
        yield one
        if isinstance(event, RefillBegun):
            refill = target(one)


def _is_under_way(event: Event, later: Sequence[Event]) -> bool:
    """Whether what began has not ended before the next of its kind began."""
    end = _ENDS.get(type(event))
    if end is None:
        return False
    for one in later:
        if isinstance(one, end):
            return False
        if type(one) is type(event):
            break
    return True


def _implants(history: History, stem: str, patient: str) -> Iterator[Json]:
    """Each pump and catheter of the catalogue that was implanted, and for how long."""
    placed = [one for one in history.events if isinstance(one, Implanted | TakenOver)]
    for number, event in enumerate(placed):
        since = event.at if isinstance(event, Implanted) else event.implanted
        for kind in ("pump", "catheter"):
            model = getattr(event, kind)
            if model is None or model not in (
                devices.pumps() if kind == "pump" else devices.catheters()
            ):
                continue
            gone = [one.at for one in history.events if one.at > event.at and _takes_out(one, kind)]
            identity = f"{stem}-{kind}-{number}"
            made = pump if kind == "pump" else catheter
            device = made(
                Instance("pump" if kind == "pump" else "catheter", model), identity, patient
            )
            yield device
            yield use(
                f"{identity}-use",
                patient,
                target(device),
                since=since,
                until=gone[0] if gone else None,
                site=_site(event) if kind == "pump" else "",
            )


def _takes_out(event: Event, kind: str) -> bool:
    """Whether a fact ends the use of an earlier pump, or of an earlier catheter."""
    if isinstance(event, Explanted):
        return True
    return isinstance(event, Implanted) and (kind == "pump" or event.catheter is not None)


def _site(event: Implanted | TakenOver) -> str:
    pocket = event.pocket if isinstance(event, Implanted) else None
    return f"subcutaneous pocket, {pocket}" if pocket else ""


def read_history(patient: Place, resources: Resources) -> History:
    """The history of a patient: every fact among the resources that is theirs, in order.

    Raises:
        FhirError: a fact that cannot be read, or no zone to count its days in.
    """
    care, zone = read_care(patient)
    who = f"Patient/{patient.need('id').text()}"
    found = [
        (order_of(one), read_fact(one, kind))
        for one in resources.places
        if (kind := kind_of(one)) is not None and _whose(one) == who
    ]
    ordered = sorted(found, key=lambda pair: pair[0])
    return History(patient=care, zone=zone, events=tuple(event for _, event in ordered))


def _whose(fact: Place) -> str:
    """``Patient/id`` of the patient that a fact is about."""
    told = fact.get("subject") or fact.get("patient") or fact.need("for")
    return told.need("reference").text()
