"""H07: priming computed with 0.199 mL of internal tubing for 0.140 mL (2013, 2016)."""

from fractions import Fraction

import pytest
from orders import Order

from thecal.therapy.findings import Severity

FIRST_FILL = Order()


@pytest.mark.parametrize("pump", ["synchromed-ii-20", "synchromed-ii-40"])
def test_0_199_ml_is_refused_by_name_and_with_the_mass_it_would_give(pump: str) -> None:
    order = FIRST_FILL.but(pump=pump, tubing="0.199 mL")
    (finding,) = order.found("path.tubing")
    assert finding.severity is Severity.STOP
    assert (finding.asked, finding.limit) == ("0.199 mL", "0.14 mL")
    assert "0.59 mg of morphine" in finding.message  # 0.059 mL of 10 mg/mL
    assert not order.fully_signed().plan().accepted


def test_0_199_is_caught_in_any_notation() -> None:
    for text in ("0.199 mL", "199 uL", "0.1990 mL", "0.000199 L"):
        assert FIRST_FILL.but(tubing=text).found("path.tubing")


def test_corrected_figure_passes_in_silence_and_any_other_is_refused() -> None:
    assert not FIRST_FILL.but(tubing="0.140 mL").found("path.tubing")
    (finding,) = FIRST_FILL.but(tubing="0.150 mL").found("path.tubing")
    assert finding.severity is Severity.STOP


def test_primed_mass_is_computed_from_the_path() -> None:
    for length, path_ml in (("89.0 cm", Fraction("0.3358")), ("50 cm", Fraction("0.25"))):
        order = FIRST_FILL.but(length=length)
        program = order.plan().case.program
        assert program is not None
        assert program.priming is not None
        assert program.priming.volume_pl == path_ml * 10**9
    (finding,) = FIRST_FILL.found("path.priming")
    assert "3.358 mg of morphine" in finding.message


def test_without_a_published_tubing_nothing_is_primed() -> None:
    order = FIRST_FILL.but(pump="prometra-ii-20", catheter="flowonix-13827")
    program = order.plan().case.program
    assert program is not None
    assert program.priming is None
    assert order.found("path.unknown")
