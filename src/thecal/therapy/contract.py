"""A plan as plain values under the names of the command-line contract, ready for JSON."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from thecal.pump.language import (
    PL_PER_ML,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    Program,
    plain,
)
from thecal.therapy.case import Case
from thecal.therapy.findings import Finding
from thecal.therapy.plan import Plan
from thecal.therapy.refill.interval import Refill


def plan_contract(plan: Plan) -> dict[str, Any]:
    """The plan's JSON object; what is unknown is None, a refused plan has all that is known."""
    case = plan.case
    doses = case.doses
    mean, worst, peak = (
        (doses.mean_ml, doses.worst_ml, doses.peak_hour_ml) if doses else (None, None, None)
    )
    return {
        "accepted": plan.accepted,
        "findings": [_finding(plan, finding) for finding in plan.findings],
        "program": program_contract(case.program),
        "daily": _amounts(case, mean),
        "daily_worst": _amounts(case, worst),
        "peak_hour": _amounts(case, peak),
        "priming": _priming(case),
        "bridge": _bridge(case),
        "refill": _refill(case.refill, case.visit),
    }


def _finding(plan: Plan, finding: Finding) -> dict[str, Any]:
    signature = plan.signed.get(finding.code) if plan.is_signed(finding) else None
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "asked": finding.asked or None,
        "limit": finding.limit or None,
        "layer": str(finding.basis.layer),
        "source": finding.basis.source,
        "provenance": str(finding.basis.provenance),
        "drug": finding.drug or None,
        "signed": {"by": signature.by, "reason": signature.reason} if signature else None,
    }


def program_contract(program: Program | None) -> dict[str, Any] | None:
    """A program in the pump's integers, with its digest."""
    return None if program is None else {**plain(program), "digest": program.digest}


def _amounts(case: Case, volume_ml: Fraction | None) -> dict[str, Any]:
    """A volume of the fill and what each drug does in it; null where no program can tell."""
    return {
        "volume_ml": _number(volume_ml),
        "drugs": {
            part.name: None if volume_ml is None else float(volume_ml * part.strength)
            for part in case.parts
        },
    }


def _priming(case: Case) -> dict[str, Any]:
    """The path's volume at the highest rate; ``ordered`` tells whether the program primes."""
    volume, bolus = case.path.volume_ml, case.priming.bolus if case.priming else None
    return {
        "volume_ml": None if volume is None else float(volume),
        "minutes": bolus.duration_s / SECONDS_PER_MINUTE if bolus else None,
        "ordered": case.primes,
    }


def _bridge(case: Case) -> dict[str, Any] | None:
    change = case.changeover
    if change is None or change.bridge is None:
        return None
    rate = Fraction(change.bridge.rate_pl_per_day, PL_PER_ML)
    hours = Fraction(change.bridge.duration_s, SECONDS_PER_HOUR)
    return {
        "rate_ml_per_day": float(rate),
        "hours": float(hours),
        "volume_ml": float(rate * hours / 24),
        "drugs": {
            name: {
                "ug_per_day": float(change.bridge_ug_per_day(name)),
                "intended_ug_per_day": float(change.intended_ug_per_day[name]),
            }
            for name in change.drugs
        },
    }


_UNKNOWN_REFILL = Refill(None, None, None, None, None, ())


def _refill(known: Refill | None, visit: date | None) -> dict[str, Any]:
    refill = known or _UNKNOWN_REFILL
    due = refill.due(visit) if visit else None
    latest = refill.latest_safe(visit) if visit else None
    return {
        "days": _number(refill.days),
        "latest_safe_days": _number(refill.latest_safe_days),
        "limited_by": str(refill.limited_by) if refill.limited_by else None,
        "due": due.isoformat() if due else None,
        "latest_safe": latest.isoformat() if latest else None,
    }


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
