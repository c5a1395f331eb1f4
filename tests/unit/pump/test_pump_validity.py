from dataclasses import replace

import pytest
from pump_cases import DAY, FULL, HOUR, ML, ROTOR, UL, VALVES, accepted, new_twin, refused, simple

from thecal.pump import (
    Bolus,
    Bridge,
    DaySchedule,
    Fill,
    Mode,
    PatientDose,
    Program,
    RefusalCode,
    Step,
    Update,
)
from thecal.pump.controller.validity import LONGEST_BRIDGE_S

R = 240 * UL
ONE = DaySchedule((Step(0, R),))
ALL = (0,) * 7


def steps(*starts: int) -> DaySchedule:
    return DaySchedule(tuple(Step(start, R) for start in starts))


def flexed(*days: DaySchedule, week: tuple[int, ...] = ALL) -> Program:
    return Program(Mode.FLEX, days, week)


MALFORMED = RefusalCode.MALFORMED_PROGRAM


@pytest.mark.parametrize(
    ("program", "code"),
    [
        (Program(Mode.FLEX), MALFORMED),
        (flexed(ONE, week=(0,) * 6), MALFORMED),
        (flexed(ONE, week=(0, 0, 0, 0, 0, 0, 1)), MALFORMED),
        (flexed(ONE, ONE), MALFORMED),
        (flexed(DaySchedule(())), MALFORMED),
        (flexed(steps(1)), MALFORMED),
        (flexed(steps(0, 600, 600)), MALFORMED),
        (flexed(steps(0, 700, 600)), MALFORMED),
        (flexed(steps(0, 1440)), MALFORMED),
        (Program(Mode.SIMPLE, (steps(0, 60),), ALL), MALFORMED),
        (Program(Mode.SIMPLE, (ONE, ONE), (0, 1, 0, 1, 0, 1, 0)), MALFORMED),
        (Program(Mode.STOPPED, (ONE,), ALL), MALFORMED),
        (Program(Mode.MINIMUM_RATE, (ONE,), ALL), MALFORMED),
        (Program(Mode.STOPPED, priming=Bolus(UL, 60)), MALFORMED),
        (flexed(steps(*range(14))), RefusalCode.TOO_MANY_STEPS),
        (simple(48 * UL - 1), RefusalCode.RATE_BELOW_LOWEST),
        (simple(0), RefusalCode.RATE_BELOW_LOWEST),
        (simple(-1), RefusalCode.RATE_BELOW_LOWEST),
        (simple(24 * ML + 1), RefusalCode.RATE_ABOVE_HIGHEST),
        (simple(R, bridge=Bridge(UL, HOUR)), RefusalCode.RATE_BELOW_LOWEST),
        (simple(R, bridge=Bridge(25 * ML, HOUR)), RefusalCode.RATE_ABOVE_HIGHEST),
        (simple(R, bridge=Bridge(R, 0)), MALFORMED),
        (simple(R, bridge=Bridge(R, LONGEST_BRIDGE_S + 1)), MALFORMED),
        (simple(R, priming=Bolus(0, 60)), MALFORMED),
        (simple(R, priming=Bolus(UL, 0)), MALFORMED),
        (simple(R, priming=Bolus(UL, DAY + 1)), MALFORMED),
        (simple(R, priming=Bolus(ML + 1, HOUR)), RefusalCode.RATE_ABOVE_HIGHEST),
        (simple(R, patient_dose=PatientDose(0, 60, 0, 1)), MALFORMED),
        (simple(R, patient_dose=PatientDose(UL, 60, -1, 1)), MALFORMED),
        (simple(R, patient_dose=PatientDose(UL, 60, 0, 0)), MALFORMED),
        (
            simple(R, patient_dose=PatientDose(ML, HOUR, 0, 1)),
            RefusalCode.RATE_ABOVE_HIGHEST,
        ),
    ],
)
def test_a_program_that_the_pump_cannot_run_is_refused_and_never_bent(
    program: Program, code: RefusalCode
) -> None:
    twin = new_twin()
    refused(twin, Update("u", 0, program, FULL), code)
    assert twin.controller.state.program is None


def test_refusals_carry_what_was_asked_and_the_limit() -> None:
    reply = refused(
        new_twin(), Update("u", 0, simple(25 * ML), FULL), RefusalCode.RATE_ABOVE_HIGHEST
    )
    assert (reply.asked, reply.limit, reply.unit) == (25 * ML, 24 * ML, "pL/day")


@pytest.mark.parametrize(
    "program",
    [
        simple(48 * UL),
        simple(24 * ML),
        flexed(steps(*range(13))),
        flexed(ONE, steps(0, 1439), week=(0, 1, 1, 1, 1, 1, 0)),
        simple(R, priming=Bolus(ML, HOUR)),
        simple(R, patient_dose=PatientDose(ML - 10 * UL, HOUR, 0, 1)),
    ],
)
def test_a_program_on_the_limit_is_accepted(program: Program) -> None:
    accepted(new_twin(), Update("u", 0, program, FULL))


def test_a_rate_of_zero_is_accepted_where_the_lowest_rate_is_zero() -> None:
    accepted(new_twin(VALVES), Update("u", 0, simple(0), FULL))


def test_where_no_lowest_rate_is_published_zero_is_refused_and_any_other_accepted() -> None:
    profile = replace(ROTOR, lowest_rate_pl_per_day=None)
    reply = refused(
        new_twin(profile), Update("u", 0, simple(0), FULL), RefusalCode("rate-below-lowest")
    )
    assert reply.limit is None
    accepted(new_twin(profile), Update("u", 0, simple(1), FULL))


def test_limits_come_from_the_pump_at_hand() -> None:
    program = simple(28 * ML)
    accepted(new_twin(VALVES), Update("u", 0, program, FULL))
    refused(new_twin(ROTOR), Update("u", 0, program, FULL), RefusalCode.RATE_ABOVE_HIGHEST)


@pytest.mark.parametrize(
    ("fill", "code"),
    [
        (Fill(20 * ML + 1, ML), RefusalCode.OVER_CAPACITY),
        (Fill(40 * ML, ML), RefusalCode.OVER_CAPACITY),
        (Fill(-1, 0), RefusalCode.OVER_CAPACITY),
        (Fill(ML, ML), RefusalCode.ALARM_VOLUME),
        (Fill(ML, -1), RefusalCode.ALARM_VOLUME),
        (Fill(0, 1), RefusalCode.ALARM_VOLUME),
    ],
)
def test_an_impossible_fill_is_refused(fill: Fill, code: RefusalCode) -> None:
    refused(new_twin(), Update("u", 0, None, fill), code)


def test_a_capacity_that_nobody_published_is_not_checked() -> None:
    accepted(new_twin(replace(ROTOR, capacity_pl=None)), Update("u", 0, None, Fill(99 * ML, ML)))
