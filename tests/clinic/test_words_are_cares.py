"""The choices that the record's entries offer are exactly those that care reads."""

from __future__ import annotations

from enum import StrEnum
from typing import get_args, get_type_hints

import pytest
from django.db.models import TextChoices

from thecal import care
from thecal.care import facts, instruments
from thecal.clinic.pathway import words
from thecal.therapy.file.prescription import Indication, SpasticityOrigin

PAIRS: list[tuple[type[TextChoices], type[StrEnum]]] = [
    (words.Answer, facts.Answer),
    (words.Procedure, facts.Procedure),
    (words.Risk, facts.Risk),
    (words.AgentClass, facts.AgentClass),
    (words.Method, facts.Method),
    (words.Closure, facts.Closure),
    (words.StepResult, facts.StepResult),
    (words.Harm, facts.Harm),
    (words.Grade, facts.Grade),
    (words.Change, facts.Change),
    (words.StageName, care.Stage),
]


@pytest.mark.parametrize(("ours", "cares"), PAIRS)
def test_the_values_are_the_same(ours: type[TextChoices], cares: type[StrEnum]) -> None:
    assert list(ours.values) == [one.value for one in cares]


@pytest.mark.parametrize(
    ("ours", "event", "key"),
    [
        (words.Anaesthesia, facts.Implanted, "anaesthesia"),
        (words.Pocket, facts.Implanted, "pocket"),
        (words.Measure, facts.Prepared, "measure"),
    ],
)
def test_the_literals_are_the_same(
    ours: type[TextChoices], event: type[facts.Event], key: str
) -> None:
    hint = get_type_hints(event)[key]
    literal = next((one for one in get_args(hint) if get_args(one)), hint)
    assert set(ours.values) == set(get_args(literal))


def test_what_is_treated_and_the_levels_of_sedation_are_the_same() -> None:
    assert set(words.Treated.values) == set(
        get_args(Indication) or [str(one) for one in Indication]
    )
    assert set(words.Origin.values) == {str(one) for one in SpasticityOrigin}
    assert list(words.Sedation.values) == list(instruments()["poss"].levels)
