"""A result carries the bound it was held against, or says that the fallback made it."""

import numpy as np
import pytest
from csf_cases import dense_march as by_scipy
from csf_cases import pulsed

from thecal.csf import AccuracyWarning, Bolus, Infusion, model, sample, simulate, typical
from thecal.csf.propagator import checked
from thecal.csf.propagator.bounds import march_bound
from thecal.csf.propagator.positive import positive_exponential
from thecal.csf.regimen import cut
from thecal.csf.simulate import inputs

PIG = typical().but(chi=0.01)
DRIP = [Infusion.constant(10.0, "L2")]


def test_an_awake_adult_is_held_against_a_bound_from_the_matrix() -> None:
    result = simulate("morphine", infusions=DRIP, hours=24)
    assert result.attrs["checked_by"] == "bound from the matrix and the input"
    assert result.attrs["error_of_peak"] < 1e-6
    assert result.attrs["fell_back"] == 0


def test_the_bound_is_above_the_error_at_every_order() -> None:
    case = pulsed()
    for order in (6, 8, 10):
        ready = model("morphine", cells=60, order=order)
        steps = cut(case.infusions, case.boluses, case.times_h)
        bound = march_bound(ready.propagator, steps, inputs(ready, case.infusions, case.boluses))[0]
        error = np.abs(case.march(ready).values[0] - by_scipy(ready, case, 0)).max()
        assert error < bound


def test_where_the_bound_says_little_a_second_approximation_checks() -> None:
    result = simulate("morphine", infusions=DRIP, hours=8, patients=PIG)
    assert result.attrs["checked_by"].startswith("difference from a second approximation")
    assert result.attrs["error_of_peak"] < 1e-8


def test_a_doubtful_result_is_replaced_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"infusions": DRIP, "boluses": [Bolus(20.0, "T12", 1.0)], "hours": 8, "step_h": 2.0}
    trusted = simulate("morphine", patients=PIG, cells=60, **given)  # type: ignore[arg-type]
    monkeypatch.setitem(checked.DIFFERENCE_TOLERANCE, "float64", 0.0)
    replaced = simulate("morphine", patients=PIG, cells=60, **given)  # type: ignore[arg-type]
    assert replaced.attrs["checked_by"] == "fallback: dense exponential for 1 of 1"
    assert replaced.attrs["fell_back"] == 1
    assert 0 < replaced.attrs["error_of_peak"] < 1e-6
    for name in ("fluid", "amount", "plasma"):
        apart = np.abs(replaced[name] - trusted[name]).max()
        assert float(apart) < 1e-9 * float(trusted[name].max()), name


def test_a_sample_that_fell_back_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checked.DIFFERENCE_TOLERANCE, "float64", 0.0)
    with pytest.warns(AccuracyWarning, match="fallback"):
        sample("morphine", ["L2"], infusions=DRIP, times_h=[1.0], patients=PIG, cells=40)


def test_the_fallback_s_exponential_is_right_entry_by_entry() -> None:
    """Against a matrix whose exponential is known on paper."""
    a, b = 3.0, 1.0
    matrix = np.array([[-a, b], [a, -b]])
    found = positive_exponential(matrix, np.array([[1.0, 0.0]]), 7.0)
    fade = np.exp(-7.0 * (a + b))
    exact = np.array([[b + a * fade, b - b * fade], [a - a * fade, a + b * fade]]) / (a + b)
    assert found.keep == pytest.approx(exact, rel=found.relative_error)
    assert found.add.sum() == pytest.approx(7.0, rel=found.relative_error)
    assert found.relative_error < 1e-11
