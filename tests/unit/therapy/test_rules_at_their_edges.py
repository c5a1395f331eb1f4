"""Every limit just within and just beyond, with figures, layer, source and provenance."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from orders import BACLOFEN, CEREBRAL, NAIVE, SPINAL, TOLERANT, Order, flex, simple

from thecal.therapy.findings import By, Severity
from thecal.units import Provenance

CONFIRM, STOP, NOTE = Severity.CONFIRM, Severity.STOP, Severity.NOTE
RECALLED, FOUND, DERIVED = Provenance.RECALLED, Provenance.FOUND, Provenance.DERIVED
UNSTATED = 'indication = "pain"\npsychosis_history = false\nage_years = 54'


@dataclass(frozen=True)
class Edge:
    """An order just within a limit, one just beyond, and what is then said."""

    code: str
    within: Order
    beyond: Order
    severity: Severity
    asked: str
    limit: str
    layer: By
    source: str
    provenance: Provenance


def running(drug: str, strength: str, before: str, patient: str = TOLERANT) -> Order:
    solution = ((drug, strength),)
    return Order(
        patient=patient, drugs=solution, before=solution, before_dose=before, therapy=simple(before)
    )


def starting(drug: str, strength: str, patient: str = TOLERANT) -> Order:
    return Order(patient=patient, drugs=((drug, strength),))


def dose_edge(
    code: str,
    order: Order,
    within: str,
    beyond: str,
    said: tuple[Severity, str, str, By, str, Provenance],
) -> Edge:
    return Edge(code, order.but(therapy=simple(within)), order.but(therapy=simple(beyond)), *said)


PACC = "PACC 2017"
EDGES = [
    # Consensus per day, every drug of the table.
    dose_edge(
        "consensus.daily-dose", running("morphine", "10 mg/mL", "14 mg/day"),
        "15 mg/day", "15.1 mg/day",
        (CONFIRM, "15.1 mg/day", "15 mg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.daily-dose", running("hydromorphone", "10 mg/mL", "9 mg/day"),
        "10 mg/day", "10.1 mg/day",
        (CONFIRM, "10.1 mg/day", "10 mg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.daily-dose", running("ziconotide", "100 ug/mL", "19 ug/day"),
        "19.2 ug/day", "19.3 ug/day",
        (CONFIRM, "19.3 µg/day", "19.2 µg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.daily-dose", running("fentanyl", "1 mg/mL", "900 ug/day"),
        "1000 ug/day", "1001 ug/day",
        (CONFIRM, "1001 µg/day", "1000 µg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.daily-dose", running("sufentanil", "500 ug/mL", "450 ug/day"),
        "500 ug/day", "501 ug/day",
        (CONFIRM, "501 µg/day", "500 µg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.daily-dose", running("bupivacaine", "20 mg/mL", "14 mg/day"),
        "15 mg/day", "15.1 mg/day",
        (CONFIRM, "15.1 mg/day", "15 mg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.daily-dose", running("clonidine", "1000 ug/mL", "550 ug/day"),
        "600 ug/day", "601 ug/day",
        (CONFIRM, "601 µg/day", "600 µg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    # Label per day.
    dose_edge(
        "label.daily-dose", running("baclofen", "2000 ug/mL", "900 ug/day", SPINAL),
        "1000 ug/day", "1001 ug/day",
        (CONFIRM, "1001 µg/day", "1000 µg/day", By.LABEL, "Lioresal", FOUND),
    ),
    dose_edge(
        "label.daily-dose", running("ziconotide", "100 ug/mL", "19 ug/day"),
        "19.2 ug/day", "19.3 ug/day",
        (STOP, "19.3 µg/day", "19.2 µg/day", By.LABEL, "Prialt", FOUND),
    ),
    # Starts.
    dose_edge(
        "consensus.start-dose", starting("morphine", "10 mg/mL"),
        "0.5 mg/day", "0.51 mg/day",
        (CONFIRM, "0.51 mg/day", "0.5 mg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.start-dose", starting("hydromorphone", "1 mg/mL"),
        "0.15 mg/day", "0.151 mg/day",
        (CONFIRM, "0.151 mg/day", "0.15 mg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.start-dose", starting("ziconotide", "25 ug/mL"),
        "1.2 ug/day", "1.21 ug/day",
        (CONFIRM, "1.21 µg/day", "1.2 µg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.start-dose", starting("fentanyl", "1 mg/mL"),
        "75 ug/day", "76 ug/day", (CONFIRM, "76 µg/day", "75 µg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.start-dose", starting("sufentanil", "50 ug/mL"),
        "20 ug/day", "21 ug/day", (CONFIRM, "21 µg/day", "20 µg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.start-dose", starting("bupivacaine", "10 mg/mL"),
        "4 mg/day", "4.1 mg/day", (CONFIRM, "4.1 mg/day", "4 mg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "consensus.start-dose", starting("clonidine", "500 ug/mL"),
        "100 ug/day", "101 ug/day",
        (CONFIRM, "101 µg/day", "100 µg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "label.start-dose", starting("morphine", "10 mg/mL", NAIVE),
        "1 mg/day", "1.01 mg/day", (STOP, "1.01 mg/day", "1 mg/day", By.LABEL, "Infumorph", FOUND),
    ),
    dose_edge(
        "label.start-dose", starting("morphine", "10 mg/mL", UNSTATED),
        "1 mg/day", "1.01 mg/day", (STOP, "1.01 mg/day", "1 mg/day", By.LABEL, "Infumorph", FOUND),
    ),
    dose_edge(
        "label.start-dose", starting("morphine", "10 mg/mL"),
        "10 mg/day", "10.1 mg/day",
        (CONFIRM, "10.1 mg/day", "10 mg/day", By.LABEL, "Infumorph", FOUND),
    ),
    dose_edge(
        "label.start-dose", starting("baclofen", "500 ug/mL", SPINAL),
        "200 ug/day", "201 ug/day",
        (STOP, "201 µg/day", "200 µg/day", By.LABEL, "Lioresal", DERIVED),
    ),
    dose_edge(
        "label.start-dose", starting("ziconotide", "25 ug/mL"),
        "2.4 ug/day", "2.41 ug/day", (STOP, "2.41 µg/day", "2.4 µg/day", By.LABEL, "Prialt", FOUND),
    ),
    # Increases since before.
    dose_edge(
        "change.increase", running("baclofen", "500 ug/mL", "100 ug/day", SPINAL),
        "140 ug/day", "141 ug/day", (CONFIRM, "41 %", "40 %", By.LABEL, "Lioresal", FOUND),
    ),
    dose_edge(
        "change.increase", running("baclofen", "500 ug/mL", "100 ug/day", CEREBRAL),
        "120 ug/day", "121 ug/day", (CONFIRM, "21 %", "20 %", By.LABEL, "Lioresal", FOUND),
    ),
    dose_edge(
        "change.increase",
        running("baclofen", "500 ug/mL", "100 ug/day", 'indication = "spasticity"'),
        "120 ug/day", "121 ug/day", (CONFIRM, "21 %", "20 %", By.LABEL, "Lioresal", FOUND),
    ),
    dose_edge(
        "change.increase", running("ziconotide", "25 ug/mL", "2 ug/day"),
        "2.5 ug/day", "2.51 ug/day",
        (CONFIRM, "0.51 µg/day", "0.5 µg/day", By.CONSENSUS, PACC, RECALLED),
    ),
    dose_edge(
        "change.decrease", running("baclofen", "500 ug/mL", "100 ug/day", SPINAL),
        "80 ug/day", "79 ug/day", (CONFIRM, "21 %", "20 %", By.LABEL, "Lioresal", FOUND),
    ),
    # Concentrations of the consensus.
    *(
        Edge(
            "consensus.concentration", starting(drug, within), starting(drug, beyond), CONFIRM,
            asked, limit, By.CONSENSUS, "PACC", RECALLED,
        )
        for drug, within, beyond, asked, limit in (
            ("morphine", "20 mg/mL", "20.1 mg/mL", "20.1 mg/mL", "20 mg/mL"),
            ("hydromorphone", "15 mg/mL", "15.1 mg/mL", "15.1 mg/mL", "15 mg/mL"),
            ("ziconotide", "100 ug/mL", "101 ug/mL", "101 µg/mL", "100 µg/mL"),
            ("fentanyl", "10 mg/mL", "10.1 mg/mL", "10100 µg/mL", "10000 µg/mL"),
            ("bupivacaine", "30 mg/mL", "30.1 mg/mL", "30.1 mg/mL", "30 mg/mL"),
            ("clonidine", "1000 ug/mL", "1001 ug/mL", "1001 µg/mL", "1000 µg/mL"),
            # 5 mg/mL is remembered weakly only, so 2012's stricter figure speaks.
            ("sufentanil", "50 ug/mL", "51 ug/mL", "51 µg/mL", "50 µg/mL"),
        )
    ),
    Edge(
        "label.concentration", starting("baclofen", "2000 ug/mL", SPINAL),
        starting("baclofen", "2001 ug/mL", SPINAL), CONFIRM, "2001 µg/mL", "2000 µg/mL",
        By.LABEL, "Lioresal", FOUND,
    ),
    # A naive patient's boluses.
    *(
        Edge(
            "consensus.trial-bolus",
            starting(drug, strength, NAIVE).but(patient_dose=(within, "30 min", "12 h", 1)),
            starting(drug, strength, NAIVE).but(patient_dose=(beyond, "30 min", "12 h", 1)),
            CONFIRM, asked, limit, By.CONSENSUS, PACC, RECALLED,
        )
        for drug, strength, within, beyond, asked, limit in (
            ("morphine", "1 mg/mL", "0.15 mg", "0.151 mg", "0.151 mg", "0.15 mg"),
            ("hydromorphone", "1 mg/mL", "0.04 mg", "0.041 mg", "0.041 mg", "0.04 mg"),
            ("fentanyl", "1 mg/mL", "25 ug", "26 ug", "26 µg", "25 µg"),
            ("sufentanil", "50 ug/mL", "20 ug", "21 ug", "21 µg", "20 µg"),
            ("clonidine", "500 ug/mL", "20 ug", "21 ug", "21 µg", "20 µg"),
        )
    ),
    # Ages.
    Edge(
        "label.age", starting("baclofen", "500 ug/mL", SPINAL.replace("40", "4")),
        starting("baclofen", "500 ug/mL", SPINAL.replace("40", "3.9")), CONFIRM,
        "3.9 year", "4 year", By.LABEL, "Lioresal", FOUND,
    ),
    Edge(
        "label.age",
        starting("baclofen", "500 ug/mL", SPINAL.replace("40", "12")).but(pump="prometra-ii-20"),
        starting("baclofen", "500 ug/mL", SPINAL.replace("40", "11")).but(pump="prometra-ii-20"),
        CONFIRM, "11 year", "12 year", By.LABEL, "Prometra", FOUND,
    ),
    Edge(
        "label.age",
        starting("morphine", "10 mg/mL", TOLERANT.replace("54", "22")).but(pump="prometra-ii-20"),
        starting("morphine", "10 mg/mL", TOLERANT.replace("54", "21")).but(pump="prometra-ii-20"),
        CONFIRM, "21 year", "22 year", By.LABEL, "Prometra", FOUND,
    ),
    # Solutions.
    Edge(
        "solution.precipitation", starting("morphine", "10 mg/mL"),
        starting("morphine", "10.1 mg/mL"), NOTE, "10.1 mg/mL", "10 mg/mL",
        By.STABILITY, "MedStream", FOUND,
    ),
    Edge(
        "solution.granuloma", starting("morphine", "19.9 mg/mL"), starting("morphine", "20 mg/mL"),
        NOTE, "20 mg/mL", "20 mg/mL", By.PRACTICE, "rule of thumb", RECALLED,
    ),
    # The pump.
    Edge(
        "pump.capacity", Order(), Order(volume="20.01 mL"), STOP, "20.01 mL", "20 mL",
        By.DEVICE, "8637 manual", FOUND,
    ),
    Edge(
        "pump.alarm-volume", Order(alarm="1.4 mL"), Order(alarm="1.39 mL"), CONFIRM,
        "1.39 mL", "1.4 mL", By.DEVICE, "8637 manual", RECALLED,
    ),
    Edge(
        "pump.alarm-volume", Order(alarm="19.9 mL"), Order(alarm="20 mL"), STOP,
        "20 mL", "20 mL", By.DEVICE, "fill", DERIVED,
    ),
    Edge(
        "pump.rate", Order(therapy=simple("0.48 mg/day")), Order(therapy=simple("0.4799 mg/day")),
        STOP, "0.04799 mL/day", "0.048 mL/day", By.DEVICE, "8637", RECALLED,
    ),
    Edge(
        "pump.rate", Order(therapy=simple("240 mg/day")), Order(therapy=simple("241 mg/day")),
        STOP, "24.1 mL/day", "24 mL/day", By.DEVICE, "8637", RECALLED,
    ),
    Edge(
        "pump.steps",
        Order(therapy=flex(("", tuple((f"{h:02d}:00", "0.03 mg/h") for h in range(13))))),
        Order(therapy=flex(("", tuple((f"{h:02d}:00", "0.03 mg/h") for h in range(14))))),
        STOP, "14 steps", "13 steps", By.DEVICE, "A810", FOUND,
    ),
    Edge(
        "pump.patient-dose", Order(patient_dose=("0.1 mg", "10 min", "10 min", 4)),
        Order(patient_dose=("0.1 mg", "10 min", "599 s", 4)), STOP, "599 s", "600 s",
        By.DEVICE, "pump language", DERIVED,
    ),
    Edge(
        "pump.patient-dose", Order(patient_dose=("0.1 mg", "10 min", "6 h", 4)),
        Order(patient_dose=("0.1 mg", "10 min", "6 h", 5)), NOTE, "5 a day", "4 a day",
        By.DEVICE, "pump language", DERIVED,
    ),
    Edge(
        "pump.resolution",
        Order(drugs=(("morphine", "10 mg/mL"),), therapy=simple("0.5 mg/day")),
        Order(drugs=(("morphine", "3 mg/mL"),), therapy=simple("0.5 mg/day")),
        NOTE, "166666666.667 pL/day", "166666667 pL/day", By.DEVICE, "integers", DERIVED,
    ),
    # The ten-fold change.
    dose_edge(
        "change.ten-fold", running("morphine", "1 mg/mL", "0.5 mg/day"),
        "4.99 mg/day", "5 mg/day",
        (CONFIRM, "5 mg/day", "less than ten-fold", By.PRACTICE, "ISMP", RECALLED),
    ),
    Edge(
        "refill.alarm-advised", BACLOFEN.but(alarm="4 mL"), BACLOFEN.but(alarm="3.9 mL"), NOTE,
        "3.9 mL", "4 mL", By.PRACTICE, "15271246", FOUND,
    ),
    Edge(
        "label.site", Order(tip="L5"), Order(tip="S1"), NOTE, "S1", "L1 to L5",
        By.LABEL, "Infumorph", FOUND,
    ),
    Edge(
        "label.site", Order(tip="L1"), Order(tip="T12"), NOTE, "T12", "L1 to L5",
        By.LABEL, "Infumorph", FOUND,
    ),
]  # fmt: skip
RESOLUTION_UNKNOWN = "no published figure"


@pytest.mark.parametrize("edge", EDGES, ids=[f"{e.code} {e.asked}" for e in EDGES])
def test_limit_is_silent_just_within_and_speaks_just_beyond(edge: Edge) -> None:
    def said(order: Order) -> list[tuple[Severity, str, str, By, Provenance]]:
        return [
            (one.severity, one.asked, one.limit, one.basis.layer, one.basis.provenance)
            for one in order.found(edge.code)
            if one.limit != RESOLUTION_UNKNOWN
        ]

    expected = (edge.severity, edge.asked, edge.limit, edge.layer, edge.provenance)
    assert expected in said(edge.beyond)
    assert not [
        one for one in said(edge.within) if one[3] is edge.layer and one[0] is edge.severity
    ]
    sources = [one.basis.source for one in edge.beyond.found(edge.code) if one.asked == edge.asked]
    assert any(edge.source in source for source in sources)


@pytest.mark.parametrize(
    ("tolerance", "codes"),
    [(TOLERANT, set()), (NAIVE, {"consensus.trial-bolus"}), (UNSTATED, {"consensus.trial-bolus"})],
    ids=["tolerant", "naive", "not stated"],
)
def test_bolus_limits_are_for_the_naive_and_for_whom_nothing_is_stated(
    tolerance: str, codes: set[str]
) -> None:
    order = Order(patient=tolerance, patient_dose=("0.4 mg", "30 min", "12 h", 1))
    assert {one.code for one in order.found("consensus.trial-bolus")} == codes


def test_start_counts_the_patient_doses_of_the_first_day() -> None:
    order = Order(
        patient=NAIVE, therapy=simple("0.5 mg/day"), patient_dose=("0.15 mg", "10 min", "1 h", 10)
    )
    (label,) = order.found("label.start-dose")
    assert (label.severity, label.asked, label.limit) == (STOP, "2 mg/day", "1 mg/day")
    (consensus,) = order.found("consensus.start-dose")
    assert (consensus.asked, consensus.limit) == ("2 mg/day", "0.5 mg/day")


def test_increase_is_judged_on_the_heaviest_day_too() -> None:
    week = flex(
        ("mon tue wed thu fri sat", (("00:00", "95 ug/day"),)),
        ("sun", (("00:00", "150 ug/day"),)),
    )
    order = running("baclofen", "500 ug/mL", "100 ug/day", SPINAL).but(therapy=week)
    (found,) = order.found("change.increase")
    assert (found.asked, found.limit) == ("50 %", "40 %")


def test_ziconotide_increase_meets_both_layers() -> None:
    order = running("ziconotide", "25 ug/mL", "2 ug/day").but(therapy=simple("4.5 ug/day"))
    found = {one.basis.layer: one for one in order.found("change.increase")}
    assert found[By.LABEL].severity is STOP
    assert (found[By.LABEL].asked, found[By.LABEL].limit) == ("2.5 µg/day", "2.4 µg/day")
    assert found[By.CONSENSUS].severity is CONFIRM


@pytest.mark.parametrize(
    ("history", "severity"),
    [("true", STOP), ("false", None), (None, CONFIRM)],
    ids=["yes", "no", "not stated"],
)
def test_psychosis_forbids_ziconotide_and_silence_asks(
    history: str | None, severity: Severity | None
) -> None:
    line = "psychosis_history = false\n"
    patient = TOLERANT.replace(line, f"psychosis_history = {history}\n" if history else "")
    order = starting("ziconotide", "25 ug/mL", patient).but(therapy=simple("1.2 ug/day"))
    assert [one.severity for one in order.found("label.contraindication")] == [severity] * bool(
        severity
    )
    assert not Order(patient=patient).found("label.contraindication")


def test_ziconotide_first_fill_is_undiluted_and_alone() -> None:
    def first(*drugs: tuple[str, str]) -> list[Severity]:
        return [one.severity for one in Order(drugs=drugs).found("label.first-fill")]

    assert first(("ziconotide", "25 ug/mL")) == [NOTE]
    assert first(("ziconotide", "24 ug/mL")) == [CONFIRM]
    assert first(("ziconotide", "100 ug/mL")) == [CONFIRM]
    assert first(("ziconotide", "25 ug/mL"), ("morphine", "10 mg/mL")) == [CONFIRM]
    later = Order(drugs=(("ziconotide", "5 ug/mL"),), before=(("ziconotide", "25 ug/mL"),))
    assert not later.found("label.first-fill")


@pytest.mark.parametrize(
    ("old", "new", "known"),
    [
        ("morphine", "hydromorphone", True),
        ("hydromorphone", "morphine", False),
        ("fentanyl", "morphine", False),
    ],
)
def test_conversion_is_never_read_backwards(old: str, new: str, known: bool) -> None:
    order = Order(
        drugs=((new, "5 mg/mL"),),
        before=((old, "5 mg/mL"),),
        before_dose="0.6 mg/day",
        therapy=simple("0.3 mg/day"),
    )
    (found,) = order.found("change.conversion")
    assert found.severity is CONFIRM
    assert ("no published conversion" in found.message) is not known
    if known:
        assert (found.asked, found.limit) == ("0.3 mg/day", "0.1 mg/day")  # 6:1, the careful end


def test_week_must_be_covered_exactly_once() -> None:
    steps = (("00:00", "0.03 mg/h"),)
    gap = Order(therapy=flex(("mon tue wed thu fri", steps), ("sat", steps)))
    (missing,) = gap.found("pump.week")
    assert "sun" in missing.message
    assert missing.severity is STOP
    twice = Order(therapy=flex(("", steps), ("sat", steps)))
    (repeated,) = twice.found("pump.week")
    assert "sat" in repeated.message
    assert twice.contract()["program"] is None
    assert not twice.plan().accepted


def test_unsigned_confirm_keeps_a_plan_from_being_accepted_and_a_stop_always_does() -> None:
    strong = Order(drugs=(("morphine", "25 mg/mL"),), therapy=simple("1.2 mg/day"))
    assert not strong.plan().accepted
    assert strong.fully_signed().plan().accepted
    stopped = strong.but(volume="21 mL").fully_signed().but(signed=("pump.capacity",))
    assert not stopped.plan().accepted
    assert any(
        "a stop cannot be signed away" in f.message for f in stopped.found("signature.unused")
    )


def test_catheter_of_another_maker_or_of_none_asks() -> None:
    assert not Order().found("device.catheter")
    (foreign,) = Order(catheter="flowonix-13827").found("device.catheter")
    assert (foreign.severity, foreign.limit) == (CONFIRM, "prometra")


def test_an_increase_that_nobody_limits_is_named_as_unknown() -> None:
    """Nine-fold is below ten-fold, and no source says how fast morphine may go up."""
    solution = (("morphine", "10 mg/mL"),)
    order = Order(
        before=solution, drugs=solution, before_dose="1 mg/day", therapy=simple("9 mg/day")
    )
    (found,) = order.found("change.increase")
    assert (found.severity, found.asked) == (NOTE, "+800 %")
    assert found.limit == "no published figure"
    assert not order.but(therapy=simple("1 mg/day")).found("change.increase")
