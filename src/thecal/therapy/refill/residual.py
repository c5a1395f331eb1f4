"""The residual at a refill: what was drawn out against what the pump believed was left.

Only here do the believed and the true reservoir meet. A leak in the catheter cannot show: the
pump has delivered as it should, and the drug went elsewhere (hazard H19).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from thecal.devices import Pump
from thecal.therapy.findings import Basis, By, Finding, Severity, unknown
from thecal.therapy.rules.registry import card
from thecal.therapy.thresholds import thresholds
from thecal.units import VOLUME, Provenance, show

_PERCENT = 100
_REFILLS_IN_A_TREND = 2

EMPTY = card(
    "residual.empty",
    "Was the reservoir empty although drug should have been left?",
    severities="stop",
    source="hazard H04: a pump empty for weeks, then a patient treated as tolerant",
    hazards="H04 H18",
)
DIFFERENCE = card(
    "residual.difference",
    "Does the aspirated volume agree with the expected one?",
    severities="confirm",
    source="refill practice: the pump's accuracy, and 2 mL",
    figures=lambda: (thresholds().residual_difference.source,),
    hazards="H12 H05",
)
TREND = card(
    "residual.trend",
    "Was the difference outside the pump's accuracy at two refills running?",
    severities="confirm",
    source="hazard H12: over-infusion",
    hazards="H12",
)
LEAK = card(
    "residual.leak-unseen",
    "What can a residual not show?",
    severities="note",
    source="hazard H19: the residual is normal with a leak",
    hazards="H19",
)


@dataclass(frozen=True, slots=True)
class ResidualCheck:
    """One refill's volumes, in mL.

    Attributes:
        delivered_ml: what the pump believes it has delivered since the fill before.
        expected_ml: what it believes is left and the needle should find.
        aspirated_ml: what came out.
    """

    delivered_ml: Fraction
    expected_ml: Fraction
    aspirated_ml: Fraction

    @property
    def difference_ml(self) -> Fraction:
        """Aspirated less expected: negative if the pump gave more than it was told."""
        return self.aspirated_ml - self.expected_ml

    def outside(self, pump: Pump) -> bool | None:
        """Whether the difference is outside the pump's accuracy; None if that is unknown."""
        more = self.difference_ml < 0
        share = pump.accuracy_above_percent if more else pump.accuracy_below_percent
        if share is None:
            return None
        return abs(self.difference_ml) > self.delivered_ml * share.value / _PERCENT


def judge_residual(checks: tuple[ResidualCheck, ...], pump: Pump) -> tuple[Finding, ...]:
    """What the last refill, and those before it, tell of the pump.

    Args:
        checks: one for each refill, the latest last; at least one.
        pump: whose accuracy counts.
    """
    return tuple(
        replace(finding, code=code)
        for code, findings in (
            (EMPTY.code, _empty(checks[-1], pump)),
            (DIFFERENCE.code, _difference(checks[-1], pump)),
            (TREND.code, _trend(checks, pump)),
            (LEAK.code, _leak()),
        )
        for finding in findings
    )


def _empty(check: ResidualCheck, pump: Pump) -> Iterator[Finding]:
    unseen = pump.not_aspirable.value if pump.not_aspirable else Fraction(0)
    if check.aspirated_ml > 0 or check.expected_ml <= unseen:
        return
    expected = show(check.expected_ml, VOLUME)
    yield Finding(
        Severity.STOP,
        f"the reservoir was empty though {expected} was expected: the pump may have been empty for "
        "an unknown time, so tolerance may be lost; do not resume the old dose",
        Basis(By.PRACTICE, EMPTY.source, Provenance.FOUND),
        "0 mL",
        expected,
    )


def _difference(check: ResidualCheck, pump: Pump) -> Iterator[Finding]:
    limit = thresholds().residual_difference
    outside = check.outside(pump)
    if outside is None:
        yield unknown(f"the accuracy of {pump.name}; only {limit} is checked")
    if not outside and abs(check.difference_ml) <= limit.value:
        return
    asked, expected = show(check.aspirated_ml, VOLUME), show(check.expected_ml, VOLUME)
    side = "more" if check.difference_ml < 0 else "less"
    yield Finding(
        Severity.CONFIRM,
        f"{asked} aspirated, {expected} expected: the pump has given {side} than programmed, or "
        "the fill was not what was entered; investigate before filling",
        Basis.of_figure(limit, By.PRACTICE),
        asked,
        expected,
    )


def _trend(checks: tuple[ResidualCheck, ...], pump: Pump) -> Iterator[Finding]:
    last = checks[-_REFILLS_IN_A_TREND:]
    if len(last) < _REFILLS_IN_A_TREND or not all(check.outside(pump) for check in last):
        return
    differences = ", ".join(f"{float(check.difference_ml):+.2f} mL" for check in last)
    share = pump.accuracy_above_percent
    yield Finding(
        Severity.CONFIRM,
        f"outside the accuracy of {pump.name} at {len(last)} refills running: {differences}",
        Basis.of_figure(share) if share else Basis(By.DEVICE, pump.name, Provenance.FOUND),
        differences,
        f"±{share}" if share else "",
    )


def _leak() -> Iterator[Finding]:
    yield Finding(
        Severity.NOTE,
        "a leak or a dislodged catheter leaves the residual normal: lost effect starts the "
        "troubleshooting path whatever the volumes say",
        Basis(By.PRACTICE, LEAK.source, Provenance.FOUND),
    )
