"""What the page of components shows: each in its states, with figures that are nobody's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from thecal.clinic.design.charts import (
    Bar,
    Chart,
    Limit,
    Mark,
    Series,
    bar,
    bars,
    day_ticks,
    gauge,
    lines,
    spark,
)


def examples() -> dict[str, Any]:
    """The context of the page."""
    return {
        "findings": [_finding("stop"), _finding("confirm"), _finding("note")],
        "units": ["ug", "mg"],
        "steps": [
            (_("Interrogate"), "done"),
            (_("Aspirate"), "here"),
            (_("Fill"), ""),
            (_("Program"), "closed"),
        ],
        "entries": [
            (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), _("The reservoir was filled."), ""),
            (datetime(2026, 3, 2, 9, 10, tzinfo=UTC), _("A session ended unknown."), "unknown"),
            (datetime(2026, 3, 2, 8, 50, tzinfo=UTC), _("An alarm sounded."), "stop"),
        ],
        "pictures": [_steps(), _scores(), _full(), _unread(), _counts()],
        "cells": _cells(),
    }


def _finding(severity: str) -> dict[str, str]:
    return {
        "code": "example.rule",
        "severity": severity,
        "message": _("What the rule found, in a sentence."),
        "asked": "3 mg/day",
        "limit": "2 mg/day",
        "layer": "label",
        "source": _("where the limit stands"),
        "provenance": "found",
    }


def _steps() -> Chart:
    old = [(0, Decimal("0.15")), (7, Decimal("0.3")), (22, Decimal("0.15")), (24, None)]
    new = [(0, Decimal("0.2")), (7, Decimal("0.35")), (20, Decimal("0.2")), (24, None)]
    return lines(
        _("Steps through a day, old under new"),
        [Series(_("old"), old, "old"), Series(_("new"), new, "new")],
        x_title=_("time of day"),
        y_title="mg/h",
        x_ticks=day_ticks(),
        limits=[Limit(Decimal("0.4"), _("a limit"))],
        is_step=True,
        x_text=lambda hour: f"{int(hour):02}:00",
    )


def _scores() -> Chart:
    points = [(0, 8), (7, 6), (14, None), (21, 3), (28, 2)]
    return lines(
        _("A score with a gap"),
        [Series(_("score"), points, dots=True)],
        x_title=_("days"),
        y_title="0–10",
    )


def _full() -> Chart:
    marks = [Mark(Decimal("8.2"), _("expected")), Mark(2, _("alarm"))]
    return gauge(
        _("Reservoir"), Decimal("7.4"), 20, "mL", marks=marks, kind="ok", value_title=_("believed")
    )


def _unread() -> Chart:
    return gauge(_("Reservoir, never read"), None, 20, "mL", value_title=_("believed"))


def _counts() -> Chart:
    rows = [
        Bar(_("Overdue"), -4, "late", _("4 days ago")),
        Bar(_("Due soon"), 6, "due"),
        Bar(_("Later"), 31, "ok"),
        Bar(_("Never dated"), None),
    ]
    return bars(_("Bars from a day"), rows, x_title=_("days from today"))


def _cells() -> list[tuple[Any, Any, Any]]:
    late, soon, never = _("4 days late"), _("in 6 days"), _("not known")
    return [
        (_("late"), bar(-4, -5, 30, kind="late", title=late), spark([8, 7, 5], "8, 7, 5")),
        (_("due"), bar(6, -5, 30, kind="due", title=soon), spark([3, None, 4], "3, ?, 4")),
        (_("unknown"), bar(None, -5, 30, title=never), spark([], never)),
    ]
