"""What an accepted plan promises, over orders near and across every limit."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from orders import CEREBRAL, Order
from prescriptions import any_text, usual_orders

from thecal.pump.language import PL_PER_ML, SECONDS_PER_DAY, Mode, Program
from thecal.therapy.contract import plan_contract
from thecal.therapy.file.prescription import WEEKDAYS, Flex, Prescription, Simple
from thecal.therapy.file.reading import read_text
from thecal.therapy.findings import Severity
from thecal.therapy.plan import Plan, make_plan

SLOW = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

# µg/day and µg/mL, from the drug reference and not from the code's own data.
MOST_PER_DAY: dict[str, Fraction | int] = {
    "morphine": 20_000, "hydromorphone": 10_000, "baclofen": 2_003, "bupivacaine": 20_000,
    "clonidine": 1_000, "ziconotide": Fraction("19.2"), "fentanyl": 1_000, "sufentanil": 500,
}  # fmt: skip
STRONGEST = {
    "morphine": 25_000, "hydromorphone": 15_000, "baclofen": 2_000, "bupivacaine": 40_000,
    "clonidine": 2_000, "ziconotide": 100, "fentanyl": 10_000, "sufentanil": 5_000,
}  # fmt: skip
PL_HALF = Fraction(1, 2)


def ordered_by_minute(prescription: Prescription) -> list[Fraction]:
    """What is ordered of the primary drug, in µg/day, at each minute of the week."""
    therapy = prescription.therapy
    if isinstance(therapy, Simple):
        return [therapy.daily_dose_ug] * (7 * 1440)
    assert isinstance(therapy, Flex)
    minutes: list[Fraction] = []
    for day in WEEKDAYS:
        (order,) = [one for one in therapy.schedule if one.days is None or day in one.days]
        for minute in range(1440):
            minutes.append([s.rate_ug_per_day for s in order.steps if s.at_min <= minute][-1])
    return minutes


def heaviest_24_h_ug(prescription: Prescription) -> Fraction:
    """The most ordered of the primary drug in any 24 h, all allotted patient doses included."""
    minutes = ordered_by_minute(prescription)
    around = minutes + minutes[:1440]
    total = now = sum(around[:1440], Fraction(0))
    for start in range(7 * 1440):
        now += around[start + 1440] - around[start]
        total = max(total, now)
    dose = prescription.patient_dose
    return total / 1440 + (dose.dose_ug * dose.max_per_day if dose else 0)


@SLOW
@given(usual_orders())
def test_no_accepted_plan_passes_an_absolute_limit_on_any_day(order: Order) -> None:
    signed = order.fully_signed()
    plan = signed.plan()
    if not plan.accepted:
        return
    prescription = plan.case.prescription
    primary = prescription.fill.drugs[0]
    most_ml = heaviest_24_h_ug(prescription) / primary.concentration_ug_per_ml
    for one in prescription.fill.drugs:
        cap = Fraction(MOST_PER_DAY[one.drug])
        if one.drug == "baclofen" and order.patient == CEREBRAL:
            cap = Fraction(1_400)
        rounding = one.concentration_ug_per_ml * 13 / PL_PER_ML
        assert most_ml * one.concentration_ug_per_ml <= cap + rounding
        assert one.concentration_ug_per_ml <= STRONGEST[one.drug]


@SLOW
@given(usual_orders(), st.booleans())
def test_accepted_means_no_stop_and_every_confirm_signed(order: Order, sign: bool) -> None:
    plan = (order.fully_signed() if sign else order).plan()
    stops = [one for one in plan.findings if one.severity is Severity.STOP]
    confirms = [one for one in plan.findings if one.severity is Severity.CONFIRM]
    signed = {one.rule for one in plan.case.prescription.signed}
    assert plan.accepted == (not stops and {one.code for one in confirms} <= signed)
    assert not any(plan.is_signed(one) for one in stops)


@SLOW
@given(usual_orders(), st.data())
def test_one_signature_missing_is_enough_to_refuse(order: Order, data: st.DataObject) -> None:
    signed = order.fully_signed()
    if not signed.signed:
        return
    left_out = data.draw(st.sampled_from(signed.signed))
    rest = tuple(rule for rule in signed.signed if rule != left_out)
    plan = signed.but(signed=rest).plan()
    assert not plan.accepted
    assert left_out in {one.code for one in plan.open_findings}


def differences(program: Program, prescription: Prescription) -> list[tuple[Fraction, int]]:
    """(asked, runs) for every rate and dose of the program, in pL."""
    strength = prescription.primary.concentration_ug_per_ml / PL_PER_ML
    therapy, pairs = prescription.therapy, []
    if isinstance(therapy, Simple):
        pairs.append(
            (therapy.daily_dose_ug / strength, program.schedules[0].steps[0].rate_pl_per_day)
        )
    if isinstance(therapy, Flex):
        for order, day in zip(therapy.schedule, program.schedules, strict=True):
            for asked, step in zip(order.steps, day.steps, strict=True):
                assert asked.at_min == step.start_min
                pairs.append((asked.rate_ug_per_day / strength, step.rate_pl_per_day))
    if prescription.patient_dose and program.patient_dose:
        pairs.append((prescription.patient_dose.dose_ug / strength, program.patient_dose.volume_pl))
    return pairs


@SLOW
@given(any_text())
def test_program_differs_from_the_order_by_the_reported_rounding_at_most(text: str) -> None:
    plan = make_plan(read_text(text))
    program, prescription = plan.case.compiled.program, plan.case.prescription
    if program is None or program.mode not in {Mode.SIMPLE, Mode.FLEX}:
        return
    pairs = differences(program, prescription)
    assert all(abs(runs - asked) <= PL_HALF for asked, runs in pairs)
    largest = max(
        (abs(runs - asked) / asked for asked, runs in pairs if asked), default=Fraction(0)
    )
    reported = [abs(one.difference) for one in plan.case.compiled.roundings]
    assert max(reported, default=Fraction(0)) == largest
    said = [f for f in plan.findings if f.code == "pump.resolution" and "asked" in f.message]
    assert bool(said) == bool(largest)
    if program.patient_dose and prescription.patient_dose:
        assert program.patient_dose.duration_s == prescription.patient_dose.duration_s
        assert program.patient_dose.lockout_s == prescription.patient_dose.lockout_s
        assert program.patient_dose.max_per_day == prescription.patient_dose.max_per_day


def drugs_of(made: dict[str, Any], key: str) -> dict[str, float]:
    amounts: dict[str, float] = made[key]["drugs"]
    return amounts


@SLOW
@given(any_text())
def test_any_readable_prescription_gives_a_whole_contract(text: str) -> None:
    plan = make_plan(read_text(text))
    made = plan_contract(plan)
    keys = {
        "accepted",
        "findings",
        "program",
        "daily",
        "daily_worst",
        "priming",
        "bridge",
        "refill",
    }
    assert keys <= set(made)
    for one in made["findings"]:
        finding = {"code", "severity", "message", "asked", "limit", "layer", "source", "provenance"}
        assert finding <= set(one)
    if made["daily"]["volume_ml"] is not None:
        mean, worst = drugs_of(made, "daily"), drugs_of(made, "daily_worst")
        assert all(worst[name] >= mean[name] * (1 - 1e-12) for name in mean)
    refill = made["refill"]
    if refill and refill["days"] is not None and refill["latest_safe_days"] is not None:
        assert refill["latest_safe_days"] <= refill["days"]


def days_the_fill_lasts(plan: Plan) -> Fraction:
    """Fill less alarm (a Prometra ends at 3 mL) over the flow, bridge first, counted on its own."""
    case = plan.case
    assert case.doses is not None
    assert case.program is not None
    assert case.alarm_volume_ml is not None
    end = max(case.alarm_volume_ml, 3 if case.pump.family == "prometra" else 0)
    left = (case.prescription.fill.volume_ml - end) * PL_PER_ML
    flow = (case.doses.mean_ml + case.doses.patient_doses_ml) * PL_PER_ML
    bridge = case.program.bridge
    if bridge is None:
        return left / flow
    used = Fraction(bridge.rate_pl_per_day * bridge.duration_s, SECONDS_PER_DAY)
    return Fraction(bridge.duration_s, SECONDS_PER_DAY) + (left - used) / flow


@SLOW
@given(usual_orders())
def test_refill_is_never_later_than_the_reservoir_lasts(order: Order) -> None:
    plan = order.plan()
    refill = plan.case.refill
    if refill is None or refill.days is None or not plan.case.doses or refill.days < 3:
        return
    assert refill.days <= days_the_fill_lasts(plan)
    assert refill.latest_safe_days is None or refill.latest_safe_days <= refill.days
    if refill.limited_by == "reservoir":
        assert refill.days == days_the_fill_lasts(plan)


MAGNITUDES = st.sampled_from(["0.000000000001", "0.0001", "1", "1000", "999999999999"])
RATE_UNITS = st.sampled_from(["ng/week", "ug/day", "mg/h", "g/s"])
STRENGTH_UNITS = st.sampled_from(["ng/L", "ug/mL", "mg/mL", "g/uL"])


@SLOW
@given(st.data())
def test_absurd_magnitudes_are_judged_and_never_break_the_plan(data: st.DataObject) -> None:
    def quantity(units: st.SearchStrategy[str]) -> str:
        return f"{data.draw(MAGNITUDES)} {data.draw(units)}"

    order = Order(
        pump=data.draw(st.sampled_from(["synchromed-ii-20", "prometra-ii-20", "codman-3000-16"])),
        tubing=data.draw(st.sampled_from(["", "0.000000000001 uL", "999999999999 L"])),
        length=data.draw(st.sampled_from(["89 cm", "0.000000000001 mm", "999999999999 m"])),
        volume=data.draw(st.sampled_from(["20 mL", "0.000000000001 uL", "999999999999 L"])),
        drugs=((data.draw(st.sampled_from(["morphine", "baclofen"])), quantity(STRENGTH_UNITS)),),
        before=(("morphine", quantity(STRENGTH_UNITS)),),
        before_dose=quantity(RATE_UNITS),
        therapy=f'mode = "simple"\ndaily_dose = "{quantity(RATE_UNITS)}"',
        patient_dose=data.draw(  # type: ignore[arg-type]
            st.sampled_from(
                [(), ("999999999999 g", "1 s", "1 s", 1440), ("1 ng", "9 year", "9 year", 1)]
            )
        ),
    )
    if data.draw(st.booleans()):
        order = order.but(before=())
    json.dumps(plan_contract(order.plan()), allow_nan=False)


def test_change_over_day_stays_below_the_hard_cap_too() -> None:
    """What the path still holds counts: 13 mg of bupivacaine in it, and 18 mg/day to come."""
    order = Order(
        drugs=(("morphine", "1.1 mg/mL"), ("bupivacaine", "20 mg/mL")),
        before=(("morphine", "1 mg/mL"), ("bupivacaine", "40 mg/mL")),
        before_dose="1 mg/day",
        therapy='mode = "simple"\ndaily_dose = "1 mg/day"',
    )
    plan = order.fully_signed().plan()
    change = plan.case.changeover
    assert change is not None
    assert change.tip is not None
    assert change.tip.by("bupivacaine", 24) > MOST_PER_DAY["bupivacaine"]
    assert not plan.accepted
