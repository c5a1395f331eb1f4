"""A rehearsal as plain values, ready for JSON."""

from __future__ import annotations

from typing import Any

from thecal.programmer.rehearsal.run import Rehearsal
from thecal.pump import AlarmSpan
from thecal.pump.language import SECONDS_PER_HOUR


def rehearsal_contract(run: Rehearsal) -> dict[str, Any]:
    """The rehearsal's JSON object; doses are µg in each hour from the visit on."""
    tip = run.tip_ug
    return {
        "accepted": True,
        "start": run.start.isoformat(),
        "days": run.days,
        "program_digest": run.digest or None,
        "verified": bool(run.digest),
        "dose_by_hour": {
            "pump_ug": {drug: list(doses) for drug, doses in run.pump_ug.items()},
            "tip_ug": None if tip is None else {drug: list(doses) for drug, doses in tip.items()},
        },
        "reservoir": [
            {"hour": one.hour, "believed_ml": one.believed_ml, "true_ml": one.true_ml}
            for one in run.reservoir
        ],
        "alarms": [_alarm(span) for span in run.alarms],
        "patient_doses_granted": run.granted,
        "refused": [
            {"hour": one.hour, "code": one.code, "wait_s": one.wait_s} for one in run.refused
        ],
    }


def _alarm(span: AlarmSpan) -> dict[str, Any]:
    return {
        "alarm": str(span.alarm),
        "since_hour": span.since_s / SECONDS_PER_HOUR,
        "until_hour": None if span.until_s is None else span.until_s / SECONDS_PER_HOUR,
    }
