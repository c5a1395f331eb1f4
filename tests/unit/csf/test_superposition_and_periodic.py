"""The system is linear: responses add up, and the day that repeats is solved for."""

import numpy as np
import pytest

from thecal.csf import (
    Bolus,
    CsfError,
    Infusion,
    Patients,
    mean_concentration,
    model,
    periodic,
    population,
    responses,
    sample,
    simulate,
    typical,
)

PLACES: list[str | float] = ["L3", "T10", 58.0]
DAY = Infusion("L2", tuple(range(25)), tuple(5.0 + (hour % 7) for hour in range(24)))
PULSES = Infusion.pulses(10.0, 1.0, 5 / 60, 24, "L2")
NIGHT = Bolus(40.0, "T12", at_h=3.0)
PEOPLE = {
    "one": typical(),
    "eleven": population(11, seed=5),
    "anaesthetised": typical().but(chi=0.01),
}


@pytest.fixture(params=PEOPLE, ids=list(PEOPLE))
def people(request: pytest.FixtureRequest) -> Patients:
    return PEOPLE[request.param]


def test_two_regimens_at_once_are_the_sum_of_each() -> None:
    times = [1.0, 5.0, 20.0]
    both = sample("baclofen", PLACES, infusions=[DAY], boluses=[NIGHT], times_h=times)
    one = sample("baclofen", PLACES, infusions=[DAY], times_h=times)
    other = sample("baclofen", PLACES, boluses=[NIGHT], times_h=times)
    assert both == pytest.approx(one + other, rel=1e-10)


def test_twice_the_dose_is_twice_the_concentration() -> None:
    one = sample("baclofen", PLACES, boluses=[Bolus(50.0, "L2")], hours=6)
    two = sample("baclofen", PLACES, boluses=[Bolus(100.0, "L2")], hours=6)
    assert two == pytest.approx(2 * one, rel=1e-13)


def test_superposed_responses_are_the_march_to_a_thousand_millionth(people: Patients) -> None:
    ready = model("morphine", people)
    times = np.sort([t for k in range(24) for t in (k + 5 / 60, k + 1.0)])
    found = responses(ready, PLACES, ["L2"], grid_h=1 / 12, count=288, bolus_tips=["T12"])
    marched = sample(ready, PLACES, infusions=[PULSES], boluses=[NIGHT], times_h=times)
    superposed = found.superpose([PULSES], [NIGHT], times_h=times)
    assert superposed.shape == marched.shape
    assert np.abs(superposed - marched).max() < 1e-9 * marched.max()


def test_responses_that_the_poles_serve_badly_are_marched() -> None:
    few = responses(model("morphine", PEOPLE["eleven"]), PLACES, ["L2"], grid_h=1.0, count=24)
    assert few.marched is None
    assert few.error < 1e-6
    poor = responses(
        model("morphine", PEOPLE["anaesthetised"]), PLACES, ["L2"], grid_h=1.0, count=24
    )
    assert poor.marched is not None
    with pytest.raises(CsfError, match="were marched"):
        poor.run_shares(poor.shares(poor.plan([DAY], [], [1.0])))


def test_a_plan_s_shares_serve_every_individual() -> None:
    ready = model("morphine", PEOPLE["eleven"])
    times = np.arange(1.0, 25.0)
    found = responses(ready, PLACES, ["L2", "T8"], grid_h=1.0, count=24)
    other = Infusion("T8", (2.0, 9.0), (30.0,))
    plan = found.plan([DAY, other], [], times)
    by_shares = found.run_shares(found.shares(plan))
    assert by_shares == pytest.approx(found.run(plan), rel=1e-9, abs=1e-9)


def test_responses_refuse_what_they_were_not_prepared_for() -> None:
    found = responses(model("morphine"), PLACES, ["L2"], grid_h=1.0, count=24)
    with pytest.raises(CsfError, match="not a multiple of the grid"):
        found.superpose([DAY], times_h=[1.5])
    with pytest.raises(CsfError, match="beyond the responses' 24 intervals"):
        found.superpose([DAY], times_h=[25.0])
    with pytest.raises(CsfError, match="no response was prepared for a tip at T8"):
        found.superpose([Infusion.constant(1.0, "T8")], times_h=[5.0])
    with pytest.raises(CsfError, match="expected 1 to 300"):
        responses(model("morphine"), PLACES, ["L2"], grid_h=1.0, count=301)
    with pytest.raises(CsfError, match="no tip is given"):
        responses(model("morphine"), PLACES, grid_h=1.0, count=24)


def test_the_periodic_day_is_where_many_days_lead(people: Patients) -> None:
    ready = model("morphine", people)
    days = 20
    many = Infusion.pulses(10.0, 1.0, 5 / 60, 24 * days, "L2")
    nights = [Bolus(40.0, "T12", at_h=3.0 + 24 * day) for day in range(days)]
    last = np.arange(24.0 * (days - 1), 24.0 * days + 0.1, 2.0)
    solved = periodic(ready, infusions=[PULSES], boluses=[NIGHT], step_h=2.0)
    marched = simulate(ready, infusions=[many], boluses=nights, times_h=last)
    for name in ("fluid", "cisterna", "plasma"):
        apart = np.abs(solved[name].to_numpy() - marched[name].to_numpy()).max()
        assert apart < 1e-9 * float(marched[name].max()), name
    assert solved.attrs["error_of_peak"] < 1e-11
    assert np.isnan(solved["amount"].sel(place="cleared")).all()


def test_the_mean_of_a_periodic_day_is_one_solve() -> None:
    ready = model("baclofen")
    fine = periodic(ready, infusions=[DAY], step_h=1 / 60)
    shown = fine["fluid"].integrate("time").to_numpy() / 24
    assert mean_concentration(ready, infusions=[DAY]) == pytest.approx(shown, rel=1e-4)


def test_a_constant_infusion_ends_where_the_steady_state_is() -> None:
    ready = model("baclofen", PEOPLE["eleven"])
    steady = mean_concentration(ready, infusions=[Infusion.constant(10.0, "L1")])
    late = simulate(ready, infusions=[Infusion.constant(10.0, "L1")], times_h=[2000.0])
    assert late["fluid"].to_numpy()[:, 0] == pytest.approx(steady, rel=1e-8)


def test_what_does_not_fit_into_the_period_is_refused() -> None:
    with pytest.raises(CsfError, match="beyond the period"):
        periodic("morphine", infusions=[DAY], period_h=12.0)
    with pytest.raises(CsfError, match="at or beyond the period's end"):
        periodic("morphine", boluses=[Bolus(1.0, "L2", at_h=24.0)])
    with pytest.raises(CsfError, match="nothing is given"):
        periodic("morphine")
