"""A plan goes out as one bundle and comes back as the same prescription, program and findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from orders import Order, flex, simple
from prescriptions import any_text, usual_orders
from validator import complaints

from thecal.fhir import CannotExportError, Json, dumps, loads, plan_bundle, read_plan
from thecal.fhir.findings import SEVERITIES
from thecal.fhir.names import foreign_system, found_coding, own_system
from thecal.fhir.plan import ReadPlan
from thecal.therapy.file.reading import read, read_text
from thecal.therapy.plan import Plan, make_plan
from thecal.units import Provenance

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.toml"))
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
UCUM = "http://unitsofmeasure.org"


def planned(text: str) -> Plan:
    return make_plan(read_text(text), visit=date(2026, 3, 2))


def sent(plan: Plan) -> ReadPlan:
    """What a receiver reads."""
    return read_plan(loads(dumps(plan_bundle(plan, at=AT))))


def resources(plan: Plan, kind: str) -> list[Json]:
    bundle = loads(dumps(plan_bundle(plan, at=AT)))
    found = [entry["resource"] for entry in bundle["entry"]]
    return [one for one in found if one["resourceType"] == kind]


def request(plan: Plan) -> Json:
    (found,) = [one for one in resources(plan, "MedicationRequest") if "extension" in one]
    return found


def equal(read: ReadPlan, plan: Plan) -> bool:
    case = plan.case
    return (read.prescription, read.program, read.findings) == (
        case.prescription,
        case.program,
        plan.findings,
    )


def has_control(text: str) -> bool:
    """Whether a name or a reason has a character that FHIR forbids."""
    words = [word for one in read_text(text).signed for word in (one.by, one.reason)]
    return any(sign < " " and sign not in "\t\r\n" for word in words for sign in word)


@settings(max_examples=40, deadline=None)
@given(any_text())
def test_any_prescription_comes_back_equal(text: str) -> None:
    plan = planned(text)
    if has_control(text):
        with pytest.raises(CannotExportError):
            dumps(plan_bundle(plan, at=AT))
    else:
        assert equal(sent(plan), plan)


@settings(max_examples=20, deadline=None)
@given(usual_orders())
def test_a_usual_plan_comes_back_equal(order: Order) -> None:
    plan = planned(order.text)
    assert equal(sent(plan), plan)


def test_the_shipped_plans_are_valid_by_both_validators_and_come_back() -> None:
    plans = [make_plan(read(path), visit=date(2026, 3, 2)) for path in EXAMPLES]
    assert len(plans) > 10
    assert complaints(plan_bundle(one, at=AT) for one in plans) == []
    for plan in plans:
        assert equal(sent(plan), plan)


@pytest.mark.parametrize(
    ("dose", "value", "code"),
    [
        ("5 mg/day", "5", "mg/d"),
        ("5000 ug/day", "5", "mg/d"),
        ("0.1 mg/h", "2.4", "mg/d"),
        ("1 mg/week", "1", "mg/wk"),
        ("0.000000000001 ug/h", "0.000000000024", "ug/d"),
    ],
)
def test_a_dose_is_written_exactly_in_a_unit_that_can(dose: str, value: str, code: str) -> None:
    order = Order(drugs=(("morphine", "20 mg/mL"),), therapy=simple(dose))
    (dosage,) = request(planned(order.text))["dosageInstruction"]
    rate = dosage["doseAndRate"][0]["rateQuantity"]
    written = {one: rate[one] for one in ("system", "code")}
    assert written == {"system": UCUM, "code": code}
    assert str(f"{Decimal(rate['value']):f}") == value


WEEK = flex(
    ("mon tue wed thu fri", (("00:00", "0.15 mg/h"), ("07:00", "0.30 mg/h"))),
    ("sat sun", (("00:00", "0.20 mg/h"),)),
)


def test_a_flex_week_is_a_dosage_for_each_step() -> None:
    steps = request(planned(Order(therapy=WEEK).text))["dosageInstruction"]
    repeats = [one["timing"]["repeat"] for one in steps]
    weekdays = ["mon", "tue", "wed", "thu", "fri"]
    assert [one["dayOfWeek"] for one in repeats] == [weekdays, weekdays, ["sat", "sun"]]
    assert [one["timeOfDay"] for one in repeats] == [["00:00:00"], ["07:00:00"], ["00:00:00"]]
    assert [(one["duration"], one["durationUnit"]) for one in repeats] == [
        (420, "min"),
        (1020, "min"),
        (1440, "min"),
    ]


def test_the_patients_own_doses_are_as_needed_with_a_most_in_a_day() -> None:
    order = Order(patient_dose=("0.25 mg", "10 min", "4 h", 4))
    (own,) = [
        one for one in request(planned(order.text))["dosageInstruction"] if "asNeededBoolean" in one
    ]
    assert own["asNeededBoolean"] is True
    assert own["timing"]["repeat"] == {
        "duration": 10,
        "durationUnit": "min",
        "frequency": 1,
        "period": 4,
        "periodUnit": "h",
    }
    most = own["maxDosePerPeriod"]
    dose = own["doseAndRate"][0]["doseQuantity"]
    assert (dose["code"], most["denominator"]["code"], most["denominator"]["value"]) == (
        most["numerator"]["code"],
        "d",
        1,
    )
    assert Fraction(most["numerator"]["value"]) == 4 * Fraction(dose["value"])


def test_a_refused_plan_is_a_draft_of_a_proposal_with_its_findings() -> None:
    refused = make_plan(read(next(one for one in EXAMPLES if "refused-hourly" in one.name)))
    assert not refused.accepted
    assert (request(refused)["status"], request(refused)["intent"]) == ("draft", "proposal")
    assert "high" in {one["severity"] for one in resources(refused, "DetectedIssue")}


def test_an_accepted_plan_is_an_active_order_for_a_fill_of_known_duration() -> None:
    plan = make_plan(read(next(one for one in EXAMPLES if "2000-to-500" in one.name)))
    order = request(plan)
    assert (order["status"], order["intent"]) == ("active", "order")
    days = plan.case.refill.days if plan.case.refill else None
    assert days is not None
    supply = order["dispenseRequest"]["expectedSupplyDuration"]
    assert (supply["code"], supply["value"]) == ("d", int(days))


def test_a_finding_says_its_severity_limit_layer_source_and_how_known() -> None:
    plan = planned(Order().text)
    for issue, finding in zip(resources(plan, "DetectedIssue"), plan.findings, strict=True):
        told = {one["url"]: one for one in issue["extension"][0]["extension"]}
        assert issue["severity"] == SEVERITIES[finding.severity]
        assert issue["detail"] == finding.message
        assert told["source"]["valueString"] == finding.basis.source
        assert told["provenance"]["valueCode"] == finding.basis.provenance


def test_a_signed_finding_is_mitigated_by_who_signed_and_why() -> None:
    plan = make_plan(read(next(one for one in EXAMPLES if "two-drug" in one.name)))
    signed = {finding.code for finding in plan.findings if plan.is_signed(finding)}
    assert signed
    for issue in resources(plan, "DetectedIssue"):
        code = issue["code"]["coding"][0]["code"]
        assert ("mitigation" in issue) == (code in signed)


def drug_codings(plan: Plan) -> Iterator[dict[str, Any]]:
    for solution in resources(plan, "Medication"):
        for one in solution["ingredient"]:
            yield from one["itemCodeableConcept"]["coding"]


def test_a_drug_has_its_rxnorm_code_only_where_that_was_found() -> None:
    plan = planned(Order(drugs=(("morphine", "20 mg/mL"), ("clonidine", "100 ug/mL"))).text)
    found = [
        part.drug.rxnorm.text
        for part in plan.case.parts
        if part.drug.rxnorm and part.drug.rxnorm.provenance is Provenance.FOUND
    ]
    own, foreign = own_system("drug"), foreign_system("RxNorm")
    codings = list(drug_codings(plan))
    assert [one["code"] for one in codings if one["system"] == own] == ["morphine", "clonidine"]
    assert [one["code"] for one in codings if one["system"] == foreign] == found


@pytest.mark.parametrize("provenance", Provenance)
def test_a_foreign_code_goes_out_only_if_it_was_found(provenance: Provenance) -> None:
    coding = {"system": foreign_system("RxNorm"), "code": "7052"}
    expected = [coding] if provenance is Provenance.FOUND else []
    assert found_coding("RxNorm", "7052", provenance) == expected


def test_what_ran_before_is_the_prior_prescription() -> None:
    plan = make_plan(read(next(one for one in EXAMPLES if "500-to-2000" in one.name)))
    prior = request(plan)["priorPrescription"]["reference"]
    (before,) = [one for one in resources(plan, "MedicationRequest") if "extension" not in one]
    assert prior == f"MedicationRequest/{before['id']}"
    assert before["status"] == "completed"


def test_the_order_refers_to_nothing_outside_its_bundle() -> None:
    for path in EXAMPLES:
        bundle = plan_bundle(make_plan(read(path)), at=AT)
        here = {one["fullUrl"].partition("/fhir/")[2] for one in bundle["entry"]}
        assert set(references(bundle)) <= here, path.name


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)
