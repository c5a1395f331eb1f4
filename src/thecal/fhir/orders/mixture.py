"""A solution as ``Medication``: each drug an ingredient with its strength, the primary first."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from thecal import formulary
from thecal.fhir.amounts import read_strength, strength
from thecal.fhir.elements import Json, concept, drug_concept, present, resource
from thecal.fhir.reading import Place

FORM = "Solution for intrathecal infusion"


def medication(identity: str, drugs: Iterable[tuple[str, Fraction | None]]) -> Json:
    """A solution.

    Args:
        identity: the resource's id.
        drugs: name and concentration in µg/mL (None where unknown), the primary drug first.
    """
    parts = list(drugs)
    return resource(
        "Medication",
        identity,
        status="active",
        code=concept(" with ".join(name for name, _ in parts) or "no drug"),
        form=concept(FORM),
        ingredient=[_ingredient(name, value) for name, value in parts],
    )


def shown_in(name: str) -> str:
    """The unit that the field gives a drug's doses in, ``mg`` or ``ug``."""
    known = formulary.drugs().get(name)
    return known.shown_in if known else "ug"


def _ingredient(name: str, value: Fraction | None) -> Json:
    return present(
        itemCodeableConcept=drug_concept(name),
        isActive=True,
        strength=None if value is None else strength(value, shown_in(name)),
    )


def read_mixture(place: Place) -> list[dict[str, Any]]:
    """The drugs of a Medication, as tables of a prescription file.

    Raises:
        FhirError: an ingredient that is no drug of the formulary's names, or has no strength.
    """
    return [
        {
            "drug": read_drug(one.need("itemCodeableConcept")),
            "concentration": read_strength(one.need("strength")),
        }
        for one in place.items("ingredient")
    ]


def read_drug(concept_place: Place) -> str:
    """The name of a drug.

    Raises:
        FhirError: no coding of Thecal's. A foreign code is not translated: no table of them is
            kept that could be trusted.
    """
    return concept_place.need_own_code("drug")
