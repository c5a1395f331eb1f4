"""Mean day, heaviest day, sliding 24 h and peak hour, against a count minute by minute."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orders import Order, flex
from prescriptions import decimals, solutions, weeks

from thecal.pump.language import (
    MINUTES_PER_DAY,
    PL_PER_ML,
    DaySchedule,
    Mode,
    PatientDose,
    Program,
    Step,
)
from thecal.therapy.program.doses import Doses

WEEK_MIN = 7 * MINUTES_PER_DAY
CONCENTRATIONS = {"morphine": Fraction(10_000), "clonidine": Fraction(100)}


def minutes_of(program: Program) -> list[int]:
    """The rate in pL/day at each minute of the week."""
    rates: list[int] = []
    for weekday in range(7):
        steps = program.schedules[program.week[weekday]].steps
        for minute in range(MINUTES_PER_DAY):
            rates.append([s.rate_pl_per_day for s in steps if s.start_min <= minute][-1])
    return rates


def heaviest(rates: list[int], minutes: int) -> Fraction:
    """The heaviest window that begins at any minute of the week, in mL."""
    total = np.concatenate([[0], np.cumsum(np.array(rates * 2, dtype=object))])
    most = max(total[s + minutes] - total[s] for s in range(WEEK_MIN))
    return Fraction(int(most), MINUTES_PER_DAY * PL_PER_ML)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    def day() -> DaySchedule:
        starts = sorted({0, *draw(st.sets(st.integers(1, 1439), max_size=5))})
        return DaySchedule(tuple(Step(m, draw(st.integers(0, 10**10))) for m in starts))

    schedules = tuple(day() for _ in range(draw(st.integers(1, 3))))
    week = tuple(draw(st.integers(0, len(schedules) - 1)) for _ in range(7))
    return Program(Mode.FLEX, schedules, week)


@settings(max_examples=25, deadline=None)
@given(programs())
def test_base_doses_agree_with_a_count_by_the_minute(program: Program) -> None:
    doses, rates = Doses(program, CONCENTRATIONS), minutes_of(program)
    by_day = [
        Fraction(sum(rates[d * 1440 : (d + 1) * 1440]), MINUTES_PER_DAY * PL_PER_ML)
        for d in range(7)
    ]
    assert list(doses.base_ml_by_weekday) == by_day
    assert doses.mean_ml == sum(by_day) / 7
    assert doses.worst_ml == max(by_day)
    assert doses.worst_24h_ml == heaviest(rates, 1440)
    assert doses.peak_hour_ml == heaviest(rates, 60)
    assert doses.worst_24h_ml >= doses.worst_ml


def given_in_an_hour(dose: PatientDose) -> Fraction:
    """The most doses in any hour, second by second, if the patient presses at each lockout."""
    on = np.zeros(4 * 86_400, dtype=np.int64)
    for number in range(dose.max_per_day):
        start = number * dose.lockout_s
        on[start : start + dose.duration_s] += 1
    total = np.concatenate([[0], np.cumsum(on)])
    return Fraction(int((total[3600:] - total[:-3600]).max()), dose.duration_s)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5_400), st.integers(0, 9_000), st.integers(1, 12))
def test_patient_doses_of_an_hour_are_what_the_lockout_lets_through(
    duration_s: int, more_s: int, count: int
) -> None:
    dose = PatientDose(12_000_000, duration_s, duration_s + more_s, count)
    program = Program(
        Mode.SIMPLE, (DaySchedule((Step(0, 24_000_000),)),), (0,) * 7, patient_dose=dose
    )
    doses = Doses(program, CONCENTRATIONS)
    base = Fraction(24_000_000, 24 * PL_PER_ML)
    expected = given_in_an_hour(dose) * Fraction(dose.volume_pl, PL_PER_ML)
    assert doses.peak_hour_ml == base + expected
    assert doses.worst_ml == 24 * base + count * Fraction(dose.volume_pl, PL_PER_ML)


def test_patient_doses_are_in_the_heaviest_day_and_not_in_the_mean() -> None:
    made = Order(patient_dose=("0.1 mg", "10 min", "4 h", 4)).contract()
    assert made["daily"]["drugs"]["morphine"] == pytest.approx(500)
    assert made["daily_worst"]["drugs"]["morphine"] == pytest.approx(900)
    assert made["peak_hour"]["drugs"]["morphine"] == pytest.approx(500 / 24 + 100)


def test_heaviest_24_hours_may_lie_across_midnight() -> None:
    week = flex(
        ("mon tue wed thu fri sat", (("00:00", "0.5 mg/day"), ("12:00", "20 mg/day"))),
        ("sun", (("00:00", "20 mg/day"), ("12:00", "0.5 mg/day"))),
    )
    doses = Order(therapy=week).plan().case.doses
    assert doses is not None
    assert doses.amounts(doses.worst_ml)["morphine"] == 10_250
    assert doses.amounts(doses.worst_24h_ml)["morphine"] == 20_000


@settings(max_examples=40, deadline=None)
@given(weeks(decimals("1", "900").map(lambda v: f"{v} ug/h")), solutions(3), st.integers(2, 9))
def test_scaling_a_mixture_scales_every_ingredient(
    therapy: str, drugs: tuple[tuple[str, str], ...], factor: int
) -> None:
    """The secondaries' doses scale with their strengths, and fall with the primary's."""
    (primary, strength), *others = drugs
    scaled = (
        (primary, strength),
        *((name, f"{float(text.split()[0]) * factor:.4f} mg/mL") for name, text in others),
    )
    before = Order(therapy=therapy, drugs=drugs).plan().case.mean_ug_per_day
    after = Order(therapy=therapy, drugs=scaled).plan().case.mean_ug_per_day
    assert after[primary] == before[primary]
    for name, _ in others:
        assert after[name] == factor * before[name]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 2_000), st.integers(1, 60), st.integers(1, 60))
def test_ingredients_follow_the_ratio_of_their_concentrations(
    dose_ug: int, first: int, second: int
) -> None:
    order = Order(
        drugs=(("morphine", f"{first} mg/mL"), ("bupivacaine", f"{second} mg/mL")),
        therapy=f'mode = "simple"\ndaily_dose = "{dose_ug} ug/day"',
    )
    doses = order.plan().case.mean_ug_per_day
    assert doses["bupivacaine"] == doses["morphine"] * second / first
    assert abs(doses["morphine"] - dose_ug) <= Fraction(first * 1000, 2 * PL_PER_ML)
