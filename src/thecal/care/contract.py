"""A pathway as plain values, ready for JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from thecal.care.facts import Waiver
from thecal.care.result import Gate, Note, Pathway, Requirement, Source, Task


def pathway_contract(pathway: Pathway) -> dict[str, Any]:
    """The pathway's JSON object; instants are ISO 8601 in UTC, what is unknown is null."""
    return {
        "at": _instant(pathway.at),
        "stage": str(pathway.stage),
        "gates": [_gate(one) for one in pathway.gates],
        "tasks": [_task(one, pathway.at) for one in pathway.tasks],
        "notes": [_note(one) for one in pathway.notes],
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "code": gate.code,
        "title": gate.title,
        "state": str(gate.state),
        "requirements": [_requirement(one) for one in gate.requirements],
    }


def _requirement(one: Requirement) -> dict[str, Any]:
    return {
        "code": one.code,
        "text": one.text,
        "answer": str(one.answer),
        "stands": one.stands,
        "reason": one.reason,
        "opens": one.opens,
        "waiver": _waiver(one.waiver),
        "switched_off": one.switched_off or None,
        "sources": [_source(source) for source in one.sources],
    }


def _waiver(waiver: Waiver | None) -> dict[str, Any] | None:
    if waiver is None:
        return None
    return {
        "at": _instant(waiver.at),
        "role": str(waiver.role),
        "who": waiver.who,
        "reason": waiver.reason,
    }


def _source(one: Source) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "source": one.text,
        "provenance": str(one.provenance),
        "figure": one.figure or None,
        "own": one.own,
        "published": one.default or None,
    }


def _task(one: Task, now: datetime) -> dict[str, Any]:
    return {
        "code": one.code,
        "key": one.key,
        "title": one.title,
        "reason": one.reason,
        "urgency": str(one.urgency),
        "raised": _instant(one.raised),
        "earliest": _instant(one.earliest),
        "due": _instant(one.due),
        "latest": _instant(one.latest),
        "undated": one.undated or None,
        "overdue": one.is_overdue(now),
        "reminders": [_instant(at) for at in one.reminders],
        "sources": [_source(source) for source in one.sources],
    }


def _note(one: Note) -> dict[str, Any]:
    return {
        "code": one.code,
        "text": one.text,
        "sources": [_source(source) for source in one.sources],
    }
