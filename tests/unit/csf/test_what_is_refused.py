"""Bad input is one clear line; a missing extra is named; unknown drugs say what they are."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from thecal import csf
from thecal.csf import Bolus, CsfError, Infusion, constants, known_drugs, model, simulate
from thecal.formulary import drugs

BAD: dict[str, tuple[Callable[[], object], str]] = {
    "level": (lambda: Bolus(1.0, "L7"), "'L7' is not a vertebral level; expected C1 to S5"),
    "tip above the canal": (lambda: Bolus(1.0, 61.0), "61 cm is outside the canal"),
    "tip below the canal": (lambda: Infusion.constant(1.0, -1.0), "-1 cm is outside the canal"),
    "negative dose": (lambda: Bolus(-5.0, "L2"), "a bolus of -5 ug; expected a dose above 0"),
    "no dose": (lambda: Bolus(0.0, "L2"), "expected a dose above 0"),
    "dose that is no number": (lambda: Bolus(float("nan"), "L2"), "expected a dose above 0"),
    "negative rate": (
        lambda: Infusion.constant(-1.0, "L2"),
        "a rate of -1 ug/h; expected 0 or more",
    ),
    "interval of zero": (
        lambda: Infusion("L2", (0.0, 1.0, 1.0), (1.0, 2.0)),
        "an interval of 0 h; expected above 0",
    ),
    "interval below a tick": (
        lambda: Infusion("L2", (0.0, 1e-12), (1.0,)),
        "an interval of 0 h; expected above 0",
    ),
    "falling edges": (lambda: Infusion("L2", (0.0, 2.0, 1.0), (1.0, 2.0)), "expected above 0"),
    "edges and rates": (lambda: Infusion("L2", (0.0, 1.0), (1.0, 2.0)), "one edge more than rates"),
    "pulse without a pause": (lambda: Infusion.pulses(1.0, 1.0, 1.0, 3, "L2"), "expected shorter"),
    "time before the start": (lambda: Bolus(1.0, "L2", at_h=-1.0), "expected 0 to 1e+06 h"),
    "unknown drug": (lambda: model("aspirin"), "unknown drug 'aspirin'; expected one of: morphine"),
    "nothing": (lambda: simulate("morphine", hours=1), "nothing is given"),
    "no hours": (lambda: simulate("morphine", boluses=[Bolus(1, "L2")]), "expected above 0"),
    "zero hours": (
        lambda: simulate("morphine", boluses=[Bolus(1, "L2")], hours=0),
        "expected above 0",
    ),
    "zero step": (
        lambda: simulate("morphine", boluses=[Bolus(1, "L2")], hours=1, step_h=0),
        "a step of 0 h; expected above 0",
    ),
    "records that stand still": (
        lambda: simulate("morphine", boluses=[Bolus(1, "L2")], times_h=[1.0, 1.0]),
        "must rise, with an interval above 0",
    ),
    "too few cells": (lambda: model("morphine", cells=5), "5 cells are too few"),
    "no shells": (lambda: model("morphine", shells=0), "0 cord shells; expected 1 to 40"),
    "a model and people": (
        lambda: simulate(
            model("morphine"), boluses=[Bolus(1, "L2")], hours=1, patients=csf.typical()
        ),
        "a model has its individuals",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line(case: str) -> None:
    call, message = BAD[case]
    with pytest.raises(CsfError) as caught:
        call()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_drug_of_the_formulary_can_be_simulated() -> None:
    assert set(drugs()) <= set(known_drugs())


@pytest.mark.parametrize("drug", drugs())
def test_a_drug_is_calibrated_or_runs_only_like_another_and_says_so(drug: str) -> None:
    result = simulate(drug, boluses=[Bolus(10.0, "L3")], hours=1, step_h=1.0)
    like = [one for one in result.attrs["warnings"] if one.startswith(f"{drug} runs only like ")]
    assert len(like) == (drug in {"hydromorphone", "bupivacaine", "fentanyl", "sufentanil"})
    assert result.attrs["calibrated_on"]
    assert result["fluid"].attrs["units"] == "ug/mL"


def test_a_plasma_that_nobody_published_is_unknown_and_not_zero() -> None:
    assert constants("baclofen")[0].plasma is None
    result = simulate("baclofen", boluses=[Bolus(50.0, "L3")], hours=2, step_h=1.0)
    assert np.isnan(result["plasma"]).all()
    assert float(result["amount"].sel(place="plasma").max()) > 0


_BLOCKED = """
import sys
for name in ("numba", "xarray", "zarr", "scipy", "llvmlite"):
    sys.modules[name] = None
import thecal.cli
try:
    import thecal.csf
except ImportError as error:
    print(error)
"""


def test_plain_thecal_runs_without_the_extra_and_names_it() -> None:
    run = subprocess.run(
        [sys.executable, "-c", _BLOCKED], capture_output=True, text=True, check=True
    )
    assert "thecal[csf]" in run.stdout
