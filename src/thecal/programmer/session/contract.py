"""A visit as plain values, ready for JSON."""

from __future__ import annotations

from typing import Any

from thecal.programmer.review.rows import rows_contract
from thecal.programmer.session.certainty import certainty
from thecal.programmer.session.outcome import Result
from thecal.programmer.session.port import Reading
from thecal.programmer.session.visit import Visit
from thecal.pump.holding import Holding
from thecal.pump.language import Refused, plain
from thecal.therapy.findings import Finding
from thecal.therapy.plan import Plan


def visit_contract(visit: Visit, address: str | None) -> dict[str, Any]:
    """The JSON object of ``thecal program`` and ``thecal transcribe``."""
    told, result, reading = certainty(visit), visit.result, visit.session.reading
    return {
        "outcome": str(result.outcome) if result else None,
        "why": (result.why or None) if result else None,
        "pump": _pump(reading, address),
        "refusal": _refusal(result.refusal) if result else None,
        "reconciled": _reconciled(visit.reconciled),
        "findings": [session_finding(visit.plan, one) for one in visit.findings],
        "review": rows_contract(visit.rows),
        "differences": rows_contract(visit.compared),
        "before": holding_contract(visit.before.holding) if visit.before else None,
        "after": holding_contract(reading.holding) if reading else None,
        "certain": list(told.certain),
        "unknown": list(told.unknown),
        "to_do": list(told.to_do),
        "ended_well": visit.ended_well,
    }


def _pump(reading: Reading | None, address: str | None) -> dict[str, Any]:
    holding = reading.holding if reading else None
    return {
        "address": address,
        "model": holding.model if holding else None,
        "serial": holding.serial if holding else None,
    }


def _refusal(refusal: Refused | None) -> dict[str, Any] | None:
    if refusal is None:
        return None
    return {
        "code": str(refusal.code),
        "asked": refusal.asked,
        "limit": refusal.limit,
        "unit": refusal.unit or None,
        "wait_s": refusal.wait_s,
    }


def _reconciled(result: Result | None) -> dict[str, Any] | None:
    if result is None:
        return None
    return {
        "outcome": str(result.outcome),
        "why": result.why or None,
        "refusal": _refusal(result.refusal),
        "command_id": result.sent.update.command_id if result.sent else None,
    }


def session_finding(plan: Plan, finding: Finding) -> dict[str, Any]:
    """One finding about the pump at hand."""
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "asked": finding.asked or None,
        "limit": finding.limit or None,
        "drug": finding.drug or None,
        "signed": plan.is_signed(finding),
    }


def holding_contract(holding: Holding) -> dict[str, Any]:
    """A pump's settings, with the program's digest."""
    return {
        "revision": holding.revision,
        "program_digest": holding.program.digest if holding.program else None,
        "program": plain(holding.program),
        "fill": plain(holding.fill),
        "ceiling": plain(holding.ceiling),
    }
