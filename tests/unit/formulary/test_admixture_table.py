"""Mixtures: what is published, at which strength, and that the shortest figure decides."""

from fractions import Fraction

import pytest
from pydantic import ValidationError

from thecal.formulary import (
    Admixture,
    admixtures,
    assayed_strength,
    drugs,
    mixture_label_status,
    stability_of,
)
from thecal.units import CONCENTRATION, Provenance, parse

PUBLISHED: list[tuple[dict[str, str | None], int, str]] = [
    ({"morphine": "50 mg/mL", "bupivacaine": "25 mg/mL", "clonidine": "2 mg/mL"}, 90, "found"),
    ({"morphine": None, "clonidine": None}, 90, "found"),
    ({"hydromorphone": None, "clonidine": "150 ug/mL"}, 35, "found"),
    ({"baclofen": None, "clonidine": None}, 98, "found"),
    ({"baclofen": None, "morphine": None}, 30, "found"),
    ({"ziconotide": "25 ug/mL", "morphine": "10 mg/mL"}, 34, "recalled-weak"),
    ({"ziconotide": "25 ug/mL", "morphine": "20 mg/mL"}, 19, "recalled-weak"),
    ({"ziconotide": "25 ug/mL", "hydromorphone": "35 mg/mL"}, 19, "recalled-weak"),
    ({"ziconotide": "25 ug/mL", "bupivacaine": "5 mg/mL"}, 22, "recalled-weak"),
    ({"ziconotide": "25 ug/mL", "clonidine": "2 mg/mL"}, 60, "recalled-weak"),
    ({"ziconotide": "25 ug/mL", "fentanyl": "1 mg/mL"}, 26, "recalled-weak"),
    ({"ziconotide": "25 ug/mL", "sufentanil": "1 mg/mL"}, 33, "recalled-weak"),
]
TO_80_PERCENT = {
    ("morphine", "10 mg/mL"): 65,
    ("morphine", "20 mg/mL"): 37,
    ("hydromorphone", "35 mg/mL"): 40,
    ("bupivacaine", "5 mg/mL"): 45,
    ("fentanyl", "1 mg/mL"): 58,
    ("sufentanil", "1 mg/mL"): 68,
}


def strengths(one: Admixture) -> dict[str, str | None]:
    return {name: one.concentrations.get(name) for name in one.drugs}


def ug_per_ml(**texts: str) -> dict[str, Fraction]:
    return {name: parse(text, CONCENTRATION) for name, text in texts.items()}


@pytest.mark.parametrize(("mixture", "days", "provenance"), PUBLISHED)
def test_a_published_mixture_is_there(
    mixture: dict[str, str | None], days: int, provenance: str
) -> None:
    (one,) = [one for one in admixtures() if strengths(one) == mixture]
    assert one.days is not None
    assert one.days.value == days
    assert one.days.provenance == provenance
    assert one.provenance == provenance


def test_no_other_mixture_is_there() -> None:
    assert len(admixtures()) == len(PUBLISHED)


def test_the_days_to_80_percent_are_told_in_the_result() -> None:
    for one in admixtures():
        for name, strength in one.concentrations.items():
            if "ziconotide" in one.drugs and (name, strength) in TO_80_PERCENT:
                assert f"to 80 % after {TO_80_PERCENT[name, strength]} days" in one.result


def test_strengths_less_certain_than_the_result_say_so() -> None:
    (classen,) = [one for one in admixtures() if len(one.drugs) == 3]
    assert classen.provenance is Provenance.FOUND
    assert classen.concentrations_provenance is Provenance.RECALLED_WEAK


def test_every_mixture_is_sourced_and_its_drugs_exist() -> None:
    for one in admixtures():
        assert set(drugs()) >= one.drugs
        assert one.source.strip()
        assert "shared" not in one.source
        assert one.days is None or one.days.source == one.source
        assert one.result.strip()


def test_a_weaker_mixture_is_covered_and_a_stronger_is_not() -> None:
    tested = stability_of(ug_per_ml(ziconotide="25 ug/mL", bupivacaine="5 mg/mL"))
    assert tested is not None
    weaker = stability_of(ug_per_ml(ziconotide="25 ug/mL", bupivacaine="2 mg/mL"))
    assert weaker is tested
    assert stability_of(ug_per_ml(ziconotide="25 ug/mL", bupivacaine="6 mg/mL")) is None


@pytest.mark.parametrize(("morphine", "days"), [("10 mg/mL", 34), ("12 mg/mL", 19)])
def test_of_several_that_cover_it_the_nearest_decides(morphine: str, days: int) -> None:
    decides = stability_of(ug_per_ml(ziconotide="25 ug/mL", morphine=morphine))
    assert decides is not None
    assert decides.days is not None
    assert decides.days.value == days


def test_a_mixture_without_published_strengths_covers_any() -> None:
    decides = stability_of(ug_per_ml(baclofen="2000 ug/mL", morphine="20 mg/mL"))
    assert decides is not None
    assert decides.days is not None
    assert decides.days.value == 30


@pytest.mark.parametrize(
    "mixture",
    [
        {"morphine": "10 mg/mL"},
        {"fentanyl": "1 mg/mL", "bupivacaine": "5 mg/mL"},
        {"morphine": "10 mg/mL", "clonidine": "1 mg/mL", "baclofen": "1 mg/mL"},
    ],
)
def test_what_nobody_published_is_unknown(mixture: dict[str, str]) -> None:
    assert stability_of(ug_per_ml(**mixture)) is None


def test_every_mixture_is_off_label() -> None:
    status = mixture_label_status()
    assert (status.source, status.provenance) == ("FDA safety communication, Nov 2018", "found")


def test_the_strength_of_compounded_mixtures_was_assayed() -> None:
    study = assayed_strength()
    assert study.assayed == 1729
    assert study.outside.value == Fraction("8.33")
    assert study.tolerance.value == 15


MIXTURE = {"drugs": ["a", "b"], "result": "kept", "source": "a paper", "provenance": "found"}


@pytest.mark.parametrize(
    "change",
    [
        {"drugs": ["a"]},
        {"concentrations": {"c": "1 mg/mL"}},
        {"concentrations": {"a": "1 mg"}},
        {"days": "90 day"},
        {"source": ""},
        {"colour": "blue"},
    ],
)
def test_a_mixture_that_is_not_whole_is_refused(change: dict[str, object]) -> None:
    Admixture.model_validate(MIXTURE)
    with pytest.raises(ValidationError):
        Admixture.model_validate(MIXTURE | change)
