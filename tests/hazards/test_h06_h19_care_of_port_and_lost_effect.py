"""H06, H19: the port is a procedure of its own, and normal volumes end no search."""

from fractions import Fraction

import pytest
from care_cases import BACLOFEN, DAY, HOUR, MORPHINE, REFILL, at_home, gate, lacking, path

from thecal.care.facts import (
    EffectLost,
    EffectStepDone,
    Ingredient,
    PortInjectionPlanned,
    StepResult,
)


def planned(*drugs: Ingredient) -> PortInjectionPlanned:
    return PortInjectionPlanned(at=REFILL, drugs=drugs)


def aspirated(result: StepResult) -> EffectStepDone:
    return EffectStepDone(at=REFILL + HOUR, step="side-port-aspiration", result=result)


@pytest.mark.parametrize("drugs", [MORPHINE, BACLOFEN])
def test_port_refuses_the_concentrations_of_a_reservoir(drugs: tuple[Ingredient, ...]) -> None:
    events = [*at_home(), planned(*drugs), aspirated(StepResult.NORMAL)]
    assert lacking(gate("port.inject", events, REFILL + DAY)) == {"port.not-reservoir"}


def test_port_refuses_what_its_own_reservoir_holds_whatever_the_catalogue_says() -> None:
    weak = Ingredient(drug="morphine", concentration_ug_per_ml=Fraction(9_999))
    events = [*at_home(), planned(weak), aspirated(StepResult.NORMAL)]
    assert gate("port.inject", events, REFILL + DAY).is_open
    same = Ingredient(drug="morphine", concentration_ug_per_ml=Fraction(10_000))
    events = [*at_home(), planned(same), aspirated(StepResult.NORMAL)]
    assert not gate("port.inject", events, REFILL + DAY).is_open


@pytest.mark.parametrize("result", [StepResult.FAILED, StepResult.ABNORMAL])
def test_nothing_is_injected_after_an_aspiration_that_failed(result: StepResult) -> None:
    events = [*at_home(), planned(), aspirated(result)]
    judged = gate("port.inject", events, REFILL + DAY)
    assert lacking(judged) == {"port.aspirated"}
    assert "inject nothing" in judged.missing[0].reason


def test_aspiration_from_before_the_plan_does_not_count() -> None:
    early = EffectStepDone(at=REFILL - HOUR, step="side-port-aspiration", result=StepResult.NORMAL)
    assert not gate("port.inject", [*at_home(), early, planned()], REFILL + DAY).is_open


def test_lost_effect_starts_the_path_though_the_residual_is_normal() -> None:
    normal = EffectStepDone(at=REFILL + HOUR, step="residual", result=StepResult.NORMAL)
    found = path([*at_home(), EffectLost(at=REFILL), normal], REFILL + DAY)
    assert found.stage == "lost-effect"
    assert found.task("effect.step")
    (note,) = [one for one in found.notes if one.code == "residual.leak-unseen"]
    assert "leaves the residual normal" in note.text
