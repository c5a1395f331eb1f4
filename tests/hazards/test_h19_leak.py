"""H19: a catheter that leaks leaves the residual normal: volumes cannot show it, and it is said."""

from fractions import Fraction

from orders import Order

from thecal.devices import pump
from thecal.pump import Leak, PumpProfile, Twin, Update
from thecal.pump.language import PL_PER_ML, Accepted
from thecal.therapy.findings import Severity
from thecal.therapy.refill.residual import ResidualCheck, judge_residual

RAN = Order(before=(("morphine", "10 mg/mL"),))


def test_leak_of_all_drug_leaves_the_residual_as_expected_and_the_check_says_so() -> None:
    case = RAN.plan().case
    twin = Twin(PumpProfile.from_catalogue(case.pump), serial="H19")
    twin.fill(20_000_000_000)
    assert isinstance(twin.send(Update("first", 0, case.program, case.fill)), Accepted)
    twin.inject(Leak(0, 1_000_000))
    twin.advance(100 * 86_400)
    truth = twin.truth()
    assert truth.to_tip_pl == 0
    believed = twin.controller.remaining_pl()
    assert believed == truth.remaining_pl
    not_aspirable = 1_400_000_000
    check = ResidualCheck(
        Fraction(twin.controller.delivered_pl(), PL_PER_ML),
        Fraction(believed - not_aspirable, PL_PER_ML),
        Fraction(twin.aspirate(), PL_PER_ML),
    )
    findings = judge_residual((check, check), pump("synchromed-ii-20"))
    assert [(one.code, one.severity) for one in findings] == [
        ("residual.leak-unseen", Severity.NOTE)
    ]
    assert "troubleshooting" in findings[0].message
