"""The worked bridge, 300 µg/day of baclofen between 500 and 2000 µg/mL (device reference)."""

from fractions import Fraction

import pytest
from orders import BACLOFEN, BACLOFEN_DOWN, Order

from thecal.therapy.case import make_case
from thecal.therapy.changeover.bridge import Phase, Solution, TipDose, tip_dose
from thecal.therapy.file.reading import read_text

PATH_ML = 0.3358
DEAD_VOLUME_ML_PER_CM = 0.0022
WORKED = [
    pytest.param(BACLOFEN, 0.600, 13.43, 500, 167.9, 0.150, id="500-to-2000"),
    pytest.param(BACLOFEN_DOWN, 0.150, 53.73, 2000, 671.6, 0.600, id="2000-to-500"),
]


@pytest.mark.parametrize(("order", "rate", "hours", "old", "in_path", "after"), WORKED)
def test_bridge_has_the_worked_rate_and_duration(
    order: Order, rate: float, hours: float, old: int, in_path: float, after: float
) -> None:
    made = order.contract()
    bridge = made["bridge"]
    assert bridge["rate_ml_per_day"] == pytest.approx(rate, abs=1e-9)
    assert round(bridge["hours"], 2) == hours
    assert bridge["volume_ml"] == pytest.approx(PATH_ML, abs=1e-5)
    assert bridge["volume_ml"] * old == pytest.approx(in_path, abs=0.05)
    assert bridge["drugs"]["baclofen"]["ug_per_day"] == pytest.approx(300, abs=1e-6)
    assert bridge["drugs"]["baclofen"]["intended_ug_per_day"] == pytest.approx(300, abs=1e-6)
    assert made["daily"]["volume_ml"] == pytest.approx(after, abs=1e-9)
    assert made["accepted"] is True


@pytest.mark.parametrize(
    ("order", "rate", "after"),
    [
        pytest.param(BACLOFEN, 0.600, 0.150, id="up"),
        pytest.param(BACLOFEN_DOWN, 0.150, 0.600, id="down"),
    ],
)
def test_pump_program_bridges_in_its_own_integers(order: Order, rate: float, after: float) -> None:
    program = order.contract()["program"]
    assert program["bridge"]["rate_pl_per_day"] == round(rate * 1e9)
    assert program["bridge"]["duration_s"] == round(PATH_ML / rate * 86_400)
    assert program["schedules"][0]["steps"][0]["rate_pl_per_day"] == round(after * 1e9)


def left_out(order: Order) -> TipDose:
    """The dose at the tip if the base rate ran from the start, for ten days."""
    change = make_case(read_text(order.text)).changeover
    assert change is not None
    flow = float(change.intended_ug_per_day["baclofen"] / change.new.of("baclofen"))
    phases = tuple(Phase(flow, 0.1) for _ in range(100))
    return tip_dose(change.old, change.new, phases, PATH_ML, DEAD_VOLUME_ML_PER_CM)


@pytest.mark.parametrize(
    ("order", "dose", "hours"),
    [
        pytest.param(BACLOFEN, 75, 53.7, id="500-to-2000"),
        pytest.param(BACLOFEN_DOWN, 1200, 13.4, id="2000-to-500"),
    ],
)
def test_bridge_left_out_gives_the_worked_dose_for_the_worked_time(
    order: Order, dose: float, hours: float
) -> None:
    tip = left_out(order)
    early = hours * 0.6
    assert tip.by("baclofen", early) / early * 24 == pytest.approx(dose, rel=1e-3)
    # Where the new dose would have begun, had all of the path left at the wrong dose: the area
    # between the two doses is the same with mixing as without.
    end = tip.hours[-1]
    missing = tip.by("baclofen", end) - 300 * end / 24
    assert missing / (dose - 300) * 24 == pytest.approx(hours, abs=0.06)


@pytest.mark.parametrize(
    ("order", "share"), [(BACLOFEN, "25 %"), (BACLOFEN_DOWN, "400 %")], ids=["up", "down"]
)
def test_plan_names_what_leaving_the_bridge_out_would_do(order: Order, share: str) -> None:
    (finding,) = order.found("changeover.bridge")
    assert share in finding.message


def test_residual_of_1_4_ml_makes_1895_ug_per_ml_of_2000() -> None:
    (finding,) = BACLOFEN.found("pump.residual")
    assert "1895 µg/mL" in finding.message
    assert "−5.25 %" in finding.message
    assert Fraction("1.4") * 500 / 20 + Fraction("18.6") * 2000 / 20 == 1895


def test_same_solution_needs_no_bridge() -> None:
    same = BACLOFEN.but(before=BACLOFEN.drugs)
    assert same.contract()["bridge"] is None
    assert Solution({"baclofen": Fraction(2000)}).of("baclofen") == 2000
