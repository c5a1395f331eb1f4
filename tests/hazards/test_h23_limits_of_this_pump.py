"""H23: limits survive a pump swap, or are silently clamped: they come from the pump at hand."""

from typing import Any

import pytest
from orders import Order, simple

from thecal.therapy.findings import Severity

SYNCHROMED = Order()
PROMETRA = Order(pump="prometra-ii-20", catheter="flowonix-13827", alarm="")
MEDSTREAM = Order(pump="medstream-20")
PRIZM = Order(pump="cadd-prizm", catheter="trial", drugs=(("morphine", "1 mg/mL"),))


def rate_findings(order: Order) -> list[tuple[Severity, str]]:
    return [(one.severity, one.limit) for one in order.found("pump.rate")]


@pytest.mark.parametrize(
    ("order", "dose", "limit"),
    [
        pytest.param(SYNCHROMED, "0.48 mg/day", "", id="SynchroMed at its lowest"),
        pytest.param(SYNCHROMED, "0.479 mg/day", "0.048 mL/day", id="SynchroMed below it"),
        pytest.param(PROMETRA, "0.1 mg/day", "", id="Prometra has none"),
        pytest.param(MEDSTREAM, "1 mg/day", "", id="MedStream at its lowest"),
        pytest.param(MEDSTREAM, "0.99 mg/day", "0.1 mL/day", id="MedStream below it"),
        pytest.param(MEDSTREAM, "40 mg/day", "", id="MedStream at its highest"),
        pytest.param(MEDSTREAM, "40.1 mg/day", "4 mL/day", id="MedStream above it"),
        pytest.param(SYNCHROMED, "240 mg/day", "", id="SynchroMed at its highest"),
        pytest.param(SYNCHROMED, "241 mg/day", "24 mL/day", id="SynchroMed above it"),
        pytest.param(PROMETRA, "288 mg/day", "", id="Prometra at its highest"),
        pytest.param(PROMETRA, "289 mg/day", "28.8 mL/day", id="Prometra above it"),
        pytest.param(PRIZM, "2.4 mg/day", "", id="CADD-Prizm at its lowest"),
        pytest.param(PRIZM, "1.2 mg/day", "2.4 mL/day", id="CADD-Prizm below it"),
    ],
)
def test_same_order_meets_the_limit_of_the_pump_at_hand(
    order: Order, dose: str, limit: str
) -> None:
    expected = [(Severity.STOP, limit)] if limit else []
    assert rate_findings(order.but(therapy=simple(dose))) == expected


@pytest.mark.parametrize("dose", ["0.1 mg/day", "0.5 mg/day", "500 mg/day"])
def test_nothing_is_clamped_the_program_has_what_was_asked(dose: str) -> None:
    made: dict[str, Any] = SYNCHROMED.but(therapy=simple(dose)).contract()
    asked_pl = round(float(dose.split(maxsplit=1)[0]) / 10 * 1e9)
    assert made["program"]["schedules"][0]["steps"][0]["rate_pl_per_day"] == asked_pl
    assert made["daily"]["volume_ml"] == pytest.approx(asked_pl / 1e9)


def test_patient_dose_faster_than_the_pump_is_refused_and_not_stretched() -> None:
    order = SYNCHROMED.but(patient_dose=("1 mg", "5 min", "4 h", 1))  # 0.1 mL in 5 min: 28.8 mL/day
    assert (Severity.STOP, "24 mL/day") in rate_findings(order)
    program = order.plan().case.program
    assert program is not None
    assert program.patient_dose is not None
    assert (program.patient_dose.volume_pl, program.patient_dose.duration_s) == (100_000_000, 300)


@pytest.mark.parametrize(
    ("dose", "refused"),
    [("2.4 mg/day", False), ("3.6 mg/day", True), ("4.8 mg/day", False), ("4.9 mg/day", True)],
)
def test_rate_between_two_steps_of_the_pump_is_refused_naming_both(
    dose: str, refused: bool
) -> None:
    found = PRIZM.but(therapy=simple(dose)).found("pump.rate-step")
    assert [one.severity for one in found] == [Severity.STOP] * refused
    assert all("lies between" in one.message for one in found)


def test_fixed_rate_pump_runs_simple_only_and_needs_a_person_to_vouch_for_its_rate() -> None:
    fixed = Order(pump="codman-3000-16", volume="16 mL")
    assert [one.severity for one in fixed.found("pump.mode")] == [Severity.CONFIRM]
    for therapy in ('mode = "stopped"', 'mode = "minimum-rate"'):
        assert Severity.STOP in {
            one.severity for one in fixed.but(therapy=therapy).found("pump.mode")
        }
    dosed = fixed.but(patient_dose=("0.1 mg", "10 min", "4 h", 1))
    assert Severity.STOP in {one.severity for one in dosed.found("pump.mode")}


def test_capacity_and_alarm_are_the_pumps_own() -> None:
    for pump, capacity in (("synchromed-ii-20", 20), ("codman-3000-16", 16), ("medstream-40", 40)):
        assert not Order(pump=pump, volume=f"{capacity} mL").found("pump.capacity")
        (finding,) = Order(pump=pump, volume=f"{capacity}.1 mL").found("pump.capacity")
        assert (finding.severity, finding.limit) == (Severity.STOP, f"{capacity} mL")
    assert SYNCHROMED.but(alarm="").plan().case.alarm_volume_ml == 2
    assert PROMETRA.plan().case.alarm_volume_ml == 3


def test_ceiling_in_the_pump_comes_from_this_fill() -> None:
    """The hard cap of 20 mg/day is 2 mL of 10 mg/mL, and 0.8 mL of 25."""
    for strength, volume in (("10 mg/mL", 2.0), ("25 mg/mL", 0.8)):
        ceiling = SYNCHROMED.but(drugs=(("morphine", strength),)).plan().case.ceiling
        assert ceiling is not None
        assert ceiling.max_pl_per_day == pytest.approx(volume * 1e9, abs=2)
