"""What a prescription lets into the fluid is what the rehearsal lets out of the tip."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from thecal.csf.courses import Order, follow, regimens_of
from thecal.csf.errors import CsfError
from thecal.csf.prescribed import Prescribed, prescribed
from thecal.csf.regimen import Infusion
from thecal.programmer.rehearsal.run import NotProgrammedError, rehearse
from thecal.therapy.file.reading import read
from thecal.therapy.plan import Plan, make_plan

EXAMPLES = Path(__file__).parents[3] / "examples"
HOURS = 72.0


def _plan(name: str) -> Plan:
    return make_plan(read(EXAMPLES / f"{name}.toml"), visit=date(2026, 3, 2))


def _given_ug(one: Infusion, from_h: float, to_h: float) -> float:
    edges = np.clip(np.array(one.edges_h), from_h, to_h)
    return float(np.diff(edges) @ np.array(one.rates_ug_per_h))


@pytest.mark.parametrize(
    "name", ["morphine-bupivacaine-day-and-night", "baclofen-2000-to-500", "two-drug-change-over"]
)
def test_every_microgram_that_leaves_the_tip_enters_the_fluid(name: str) -> None:
    plan = _plan(name)
    found, run = prescribed(plan, HOURS), rehearse(plan, HOURS / 24)
    assert run.tip_ug is not None
    for drug, infusion in found.infusions.items():
        entered = _given_ug(infusion, found.visit_h, found.visit_h + HOURS)
        assert entered == pytest.approx(sum(run.tip_ug[drug]), rel=1e-9)


def test_dose_before_the_visit_has_settled_by_then() -> None:
    plan = _plan("baclofen-2000-to-500")
    courses = follow(Order(), plan, 6.0, None, ["T10"], 1.0)
    steady = follow(
        Order("baclofen", "T10", rate_ug_per_h=300 / 24), None, 5000.0, None, ["T10"], 5e3
    )
    assert courses.sampled["baclofen"][0, 0] == pytest.approx(
        steady.sampled["baclofen"][-1, 0], rel=1e-6
    )


def test_nothing_is_in_the_fluid_at_a_first_fill() -> None:
    found = prescribed(_plan("baclofen-spinal-first-fill"), 24.0)
    assert found.visit_h == 0
    assert any("no [before]" in note for note in found.notes)


def test_patient_doses_can_be_left_out() -> None:
    plan = _plan("morphine-bupivacaine-day-and-night")

    def total(one: Prescribed) -> float:
        return _given_ug(one.infusions["morphine"], one.visit_h, one.visit_h + HOURS)

    assert total(prescribed(plan, HOURS, 0)) < total(prescribed(plan, HOURS))


def test_both_drugs_of_a_mixture_are_followed() -> None:
    courses = follow(Order(), _plan("morphine-bupivacaine-day-and-night"), 48.0, None, ["T10"], 1.0)
    assert courses.drugs == ("morphine", "bupivacaine")
    assert any("only like morphine" in text for text in courses.says["warning"])


def test_path_that_nobody_published_is_refused() -> None:
    with pytest.raises(CsfError, match="no published figure"):
        prescribed(_plan("codman-fixed-rate"), 24.0)


def test_refused_plan_is_not_followed() -> None:
    with pytest.raises(NotProgrammedError):
        prescribed(_plan("refused-hourly-for-daily"), 24.0)


def test_another_tip_or_drug_than_the_prescription_has_is_refused() -> None:
    plan = _plan("baclofen-2000-to-500")
    with pytest.raises(CsfError, match="T10 in the prescription"):
        regimens_of(Order(tip="L3"), plan, 24.0, None)
    with pytest.raises(CsfError, match="gives baclofen"):
        regimens_of(Order(drug="morphine"), plan, 24.0, None)
