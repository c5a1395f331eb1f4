"""Every accepted plan is one that a pump takes: a twin of that pump, with its own ceiling."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from orders import BACLOFEN, BACLOFEN_DOWN, Order, flex, simple
from prescriptions import usual_orders

from thecal.devices import PumpKind
from thecal.pump import PumpProfile, Twin, Update
from thecal.pump.language import (
    PL_PER_ML,
    Accepted,
    RefusalCode,
    Refused,
    RequestPatientDose,
)
from thecal.therapy.file.reading import read
from thecal.therapy.plan import Plan, make_plan

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))
DAY_S = 86_400


def put_into_a_twin(plan: Plan) -> Twin:
    """A twin that holds the plan; the fill is topped up after priming, as at a visit."""
    case = plan.case
    program = case.program
    assert program is not None
    twin = Twin(PumpProfile.from_catalogue(case.pump), serial="RUN")
    twin.fill(round(case.prescription.fill.volume_ml * PL_PER_ML))
    reply = twin.send(Update("program", 0, program, case.fill, case.ceiling))
    assert isinstance(reply, Accepted), reply
    if program.priming is not None:
        twin.advance(program.priming.duration_s)
        twin.fill(program.priming.volume_pl)
        assert isinstance(twin.send(Update("top-up", 1, fill=case.fill)), Accepted)
    return twin


def run_three_days(plan: Plan) -> None:
    """The patient asks as often as the lockout allows; the ceiling never stands in the way."""
    twin = put_into_a_twin(plan)
    dose = plan.case.program.patient_dose if plan.case.program else None
    if dose is None:
        twin.advance(3 * DAY_S)
    number = 0
    while dose is not None and twin.now_s < 3 * DAY_S:
        number += 1
        reply = twin.send(RequestPatientDose(f"ask-{number}"))
        if isinstance(reply, Refused):
            if reply.code is RefusalCode.RESERVOIR:
                break  # less is left than a dose: rightly refused until the refill
            assert reply.code in {
                RefusalCode.LOCKOUT,
                RefusalCode.DAILY_COUNT,
                RefusalCode.BOLUS_RUNNING,
            }, reply
            twin.advance(twin.now_s + max(1, reply.wait_s or 1))
        else:
            twin.advance(twin.now_s + dose.lockout_s)
    assert "ceiling-held" not in {alarm.alarm for alarm in twin.controller.alarm_spans()}


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(usual_orders())
def test_twin_takes_and_runs_every_accepted_plan(order: Order) -> None:
    plan = order.fully_signed().plan()
    if plan.accepted:
        run_three_days(plan)


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_twin_takes_and_runs_every_accepted_example(path: Path) -> None:
    plan = make_plan(read(path))
    if plan.accepted and plan.case.pump.kind is not PumpKind.FIXED_RATE:
        run_three_days(plan)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(BACLOFEN, id="bridge up"),
        pytest.param(BACLOFEN_DOWN, id="bridge down"),
        pytest.param(BACLOFEN.but(length="88.3 cm", therapy=simple("293 ug/day")), id="odd bridge"),
        pytest.param(
            BACLOFEN.but(
                therapy=flex(("", (("00:00", "200 ug/day"), ("12:00", "400 ug/day")))),
                patient_dose=("15 ug", "10 min", "30 min", 8),
            ),
            id="bridge, steps and patient doses",
        ),
        pytest.param(
            Order(patient_dose=("0.15 mg", "1 h", "90 min", 4)), id="doses longer than half an hour"
        ),
    ],
)
def test_bridges_and_doses_fit_under_the_ceiling(order: Order) -> None:
    plan = order.fully_signed().plan()
    assert plan.accepted, plan.open_findings
    run_three_days(plan)
