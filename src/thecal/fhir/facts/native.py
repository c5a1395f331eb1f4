"""The elements that FHIR itself has for fields of some facts; what they carry is no detail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from thecal.care.facts import (
    Event,
    Filled,
    HarmOccurred,
    InfusionStarted,
    Ingredient,
    Measured,
    MriPlanned,
    Scheduled,
    TaskDone,
)
from thecal.care.facts.trial import BolusGiven
from thecal.care.instruments import ScoreError, score
from thecal.fhir.amounts import amount, read_text
from thecal.fhir.elements import (
    Json,
    concept,
    drug_concept,
    extension,
    instant,
    own_concept,
    present,
    reference,
    route,
)
from thecal.fhir.errors import CannotExportError
from thecal.fhir.facts.atoms import ReadAtom
from thecal.fhir.harm import read_seriousness, seriousness
from thecal.fhir.names import found_coding, own_system
from thecal.fhir.orders.mixture import medication, read_drug, read_mixture, shown_in
from thecal.fhir.reading import Place
from thecal.units import MASS, VOLUME

_MIXTURE = "mixture"


@dataclass(frozen=True, slots=True)
class Native:
    """How fields of one kind of fact are written in FHIR's own elements, and read back.

    Attributes:
        fields: those that the elements carry.
    """

    fields: frozenset[str]
    write: Callable[[Any], Json]
    read: Callable[[Place], list[ReadAtom]]


def native_of(event: type[Event]) -> Native | None:
    """The native elements of a kind of fact, None if it has none."""
    return _NATIVE.get(event)


def _atom(place: Place, field: str, value: Any, key: str = "") -> ReadAtom:
    return ReadAtom(field, value, key, place.path)


def _write_score(event: Measured) -> Json:
    """A number with the instrument's code; of an ordinal instrument a word, never a number."""
    try:
        read = score(event)
    except ScoreError as error:
        raise CannotExportError(str(error)) from None
    kind, code = read.instrument, read.instrument.code
    known = found_coding(code.system, code.value, code.provenance) if code else []
    own = own_concept("fact", kind.key)["coding"]
    written = {
        "code": concept(kind.name, *own, *known),
        "bodySite": concept(event.site) if event.site else None,
    }
    if read.value is None:
        return present(**written, valueCodeableConcept=own_concept("value", event.score))
    number = Decimal(event.score)
    quantity = {
        "value": number,
        "unit": "{score}",
        "system": "http://unitsofmeasure.org",
        "code": "{score}",
    }
    if str(number) != event.score:
        quantity["extension"] = [extension("as-written", valueString=event.score)]
    return present(**written, valueQuantity=quantity)


def _read_score(place: Place) -> list[ReadAtom]:
    found = [_atom(place, "instrument", place.need("code").need_own_code("fact"))]
    if site := place.get("bodySite"):
        found.append(_atom(site, "site", site.need("text").text()))
    if word := place.get("valueCodeableConcept"):
        return [*found, _atom(word, "score", word.need_own_code("value"))]
    quantity = place.need("valueQuantity")
    number = quantity.need("value")
    as_written = quantity.extension("as-written")
    text = as_written.need("valueString").text() if as_written else f"{number.number():f}"
    if as_written and Decimal(text) != number.number():
        as_written.fail(f"is not {number.shown}")
    return [*found, _atom(number, "score", text)]


def _write_fill(event: Filled) -> Json:
    return {
        "contained": [_contained(event.drugs)],
        "medicationReference": reference(f"#{_MIXTURE}"),
        "dosage": {
            "text": "Into the reservoir of the pump",
            "site": concept("reservoir of the pump"),
            "dose": amount(event.volume_ml, VOLUME),
        },
    }


def _contained(drugs: tuple[Ingredient, ...]) -> Json:
    return medication(_MIXTURE, [(one.drug, one.concentration_ug_per_ml) for one in drugs])


def _mixture(place: Place) -> Place:
    place.need("medicationReference").need("reference").word(f"#{_MIXTURE}")
    return place.only("contained")


def _read_fill(place: Place) -> list[ReadAtom]:
    volume, solution = place.need("dosage").need("dose"), _mixture(place)
    return [
        _atom(volume, "volume_ml", read_text(volume, VOLUME)),
        *(
            _atom(solution, "drugs", one["concentration"], one["drug"])
            for one in read_mixture(solution)
        ),
    ]


def _write_bolus(event: BolusGiven) -> Json:
    dose = amount(Fraction(event.dose_ug), MASS, shown_in(event.drug))
    return {
        "medicationCodeableConcept": drug_concept(event.drug),
        "dosage": {"route": route(), "dose": dose},
    }


def _read_bolus(place: Place) -> list[ReadAtom]:
    drug, dose = place.need("medicationCodeableConcept"), place.need("dosage").need("dose")
    return [
        _atom(drug, "drug", read_drug(drug)),
        _atom(dose, "dose_ug", read_text(dose, MASS)),
    ]


def _write_infusion(event: InfusionStarted) -> Json:
    return {
        "contained": [medication(_MIXTURE, [(name, None) for name in event.drugs])],
        "medicationReference": reference(f"#{_MIXTURE}"),
        "dosage": {"route": route(), "text": "Infusion begun"},
    }


def _read_infusion(place: Place) -> list[ReadAtom]:
    return [
        _atom(one, "drugs", read_drug(one.need("itemCodeableConcept")))
        for one in _mixture(place).items("ingredient")
    ]


def _write_planned(event: Scheduled | MriPlanned) -> Json:
    return {"occurrenceDateTime": instant(event.planned)}


def _read_planned(place: Place) -> list[ReadAtom]:
    planned = place.need("occurrenceDateTime")
    return [_atom(planned, "planned", planned.moment())]


def _write_done(event: TaskDone) -> Json:
    output = {"type": concept("outcome"), "valueString": event.outcome}
    return present(
        identifier=[{"system": own_system("care"), "value": event.key}] if event.key else None,
        output=[output] if event.outcome else None,
    )


def _read_done(place: Place) -> list[ReadAtom]:
    keys = [one.need("value").text() for one in place.items("identifier")]
    outcomes = [one.need("valueString").text() for one in place.items("output")]
    return [
        *(_atom(place, "key", one) for one in keys or [""]),
        *(_atom(place, "outcome", one) for one in outcomes or [""]),
    ]


def _write_harm(event: HarmOccurred) -> Json:
    return {
        "actuality": "actual",
        "event": own_concept("value", event.harm),
        "seriousness": seriousness(event.serious),
    }


def _read_harm(place: Place) -> list[ReadAtom]:
    harm, serious = place.need("event"), place.get("seriousness")
    place.need("actuality").word("actual")
    found = [_atom(harm, "harm", harm.need_own_code("value"))]
    return [*found, _atom(serious, "serious", read_seriousness(serious))] if serious else found


_NATIVE: dict[type[Event], Native] = {
    Measured: Native(frozenset({"instrument", "score", "site"}), _write_score, _read_score),
    Filled: Native(frozenset({"volume_ml", "drugs"}), _write_fill, _read_fill),
    BolusGiven: Native(frozenset({"drug", "dose_ug"}), _write_bolus, _read_bolus),
    InfusionStarted: Native(frozenset({"drugs"}), _write_infusion, _read_infusion),
    Scheduled: Native(frozenset({"planned"}), _write_planned, _read_planned),
    MriPlanned: Native(frozenset({"planned"}), _write_planned, _read_planned),
    HarmOccurred: Native(frozenset({"harm", "serious"}), _write_harm, _read_harm),
    TaskDone: Native(frozenset({"key", "outcome"}), _write_done, _read_done),
}
