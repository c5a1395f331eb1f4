"""What the editor shows beside the fields: totals, findings, bridge, refill; from one plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial

from django.utils.translation import gettext as _

from thecal import formulary
from thecal.clinic.prescriptions.checking import asks_for_a_second_person, check
from thecal.clinic.programming.day_picture import DayPicture, pictures
from thecal.clinic.programming.reading import Day, Read, read_sheet
from thecal.clinic.programming.sheet import WEEK, Sheet
from thecal.clinic.programming.standing import Standing, planned
from thecal.formulary import Drug
from thecal.programmer.report.doses import DOSE_PER_HOUR, percent_change
from thecal.programmer.review.rows import Cell, Row
from thecal.programmer.review.side_by_side import side_by_side
from thecal.programmer.wording import lasts
from thecal.pump.language import PL_PER_ML
from thecal.therapy.case import Case
from thecal.therapy.findings import Severity
from thecal.therapy.plan import Plan
from thecal.therapy.refill.interval import Refill
from thecal.therapy.rules.pump_at_hand import Found
from thecal.units import DOSE_RATE, FLOW, INTERVAL, MASS, VOLUME, Kind, show

UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a total, now and as typed."""

    what: str
    now: str
    new: str
    change: str
    is_changed: bool
    is_ten_fold: bool


@dataclass(frozen=True, slots=True)
class Total:
    """What a drug does in 24 h, now and as typed; the volume likewise.

    Attributes:
        drug: its name; empty for the volume.
    """

    name: str
    drug: str
    lines: tuple[Line, ...]

    @property
    def is_ten_fold(self) -> bool:
        """Whether any of it changes ten-fold."""
        return any(one.is_ten_fold for one in self.lines)


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words."""

    code: str
    severity: str
    message: str
    asked: str
    limit: str
    layer: str
    source: str
    provenance: str
    second_person: str


@dataclass(frozen=True)
class Preview:
    """All of it; without a plan there is only the picture."""

    read: Read
    days: list[DayPicture]
    plan: Plan | None = None
    totals: tuple[Total, ...] = ()
    findings: tuple[Said, ...] = ()
    bridge: tuple[tuple[str, str], ...] = ()
    refill: tuple[tuple[str, str], ...] = ()
    starts: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """``stop``, ``confirm`` or ``ok``; ``unread`` while there is no plan."""
        if self.plan is None:
            return "unread"
        severities = {one.severity for one in self.findings}
        if "stop" in severities or self.plan.case.program is None:
            return "stop"
        return "confirm" if "confirm" in severities else "ok"


def preview(sheet: Sheet, standing: Standing, *, is_editor: bool = True) -> Preview:
    """Read the sheet and say what it comes to; the plan is made once.

    Args:
        sheet: what is typed.
        standing: what stands now.
        is_editor: whether the steps can be taken hold of in the picture.
    """
    read = read_sheet(sheet, standing.age_years, standing.now)
    days = _pictures(
        sheet, read.days, standing.runs, editable=is_editor and sheet["mode"] == "flex"
    )
    if not read.text:
        return Preview(read, days)
    return shown(read, days, check(read.text, standing.day), standing)


def _pictures(
    sheet: Sheet, days: list[Day], runs: Found | None, editable: bool
) -> list[DayPicture]:
    drug = formulary.drugs().get(sheet.primary)
    return [] if drug is None else pictures(days, runs, drug, sheet.per, editable)


def shown(read: Read, days: list[DayPicture], plan: Plan, standing: Standing) -> Preview:
    """A plan in words."""
    new = planned(plan, standing.device)
    return Preview(
        read,
        days,
        plan,
        tuple(totals(standing.runs, new)),
        tuple(findings_of(plan)),
        tuple(_bridge(plan.case)),
        tuple(refill_of(plan)),
        tuple(_starts(plan.case)),
    )


def plan_days(plan: Plan) -> list[Day]:
    """The days of a plan as its prescription has them, for the picture."""
    case = plan.case
    found = planned(plan)
    if found.doses is None or found.holding.program is None:
        return []
    kinds: dict[tuple[tuple[int, Fraction], ...], list[str]] = {}
    for weekday, name in enumerate(WEEK):
        day = found.holding.program.day(weekday)
        flat = ((0, found.doses.constant_rate_ml_per_day * case.primary.strength / 24),)
        steps = (
            flat
            if day is None
            else tuple(
                (start, Fraction(rate, PL_PER_ML) * case.primary.strength / 24)
                for start, _end, rate in day.spans()
            )
        )
        kinds.setdefault(steps, []).append(name)
    return [Day(i, tuple(days), steps) for i, (steps, days) in enumerate(kinds.items())]


def rows_of(old: Found | None, new: Found) -> tuple[Row, ...]:
    """Side by side; against nothing where nothing is known to run."""
    return side_by_side(old or _nothing(new), new)


def _nothing(new: Found) -> Found:
    held = replace(new.holding, program=None, fill=None, ceiling=None)
    return Found.of(held, None, Fraction(0))


# Totals

Show = Callable[[Fraction], str]


def totals(old: Found | None, new: Found) -> Iterator[Total]:
    """Every drug of either side: mean day, the heaviest day with all patient doses, peak hour."""
    figures = _figures()
    names = dict.fromkeys((*(new.strengths or {}), *((old.strengths or {}) if old else {})))
    for name in names:
        drug = formulary.drug(name)
        yield Total(
            name,
            name,
            tuple(
                _line(
                    what,
                    _dose(old, name, read),
                    _dose(new, name, read),
                    _say(drug, kind),
                )
                for what, read, kind in figures
            ),
        )
    volumes = {DOSE_RATE: FLOW, MASS: VOLUME, DOSE_PER_HOUR: VOLUME}
    yield Total(
        _("volume"),
        "",
        tuple(
            _line(what, _volume(old, read), _volume(new, read), partial(_plain, volumes[kind]))
            for what, read, kind in figures
        ),
    )


def _figures() -> tuple[tuple[str, str, Kind], ...]:
    return (
        (_("mean day"), "mean_ml", DOSE_RATE),
        (_("heaviest day*"), "worst_ml", MASS),
        (_("peak hour*"), "peak_hour_ml", DOSE_PER_HOUR),
    )


def _say(drug: Drug, kind: Kind) -> Show:
    return lambda value: drug.show(value, kind)


def _plain(kind: Kind, value: Fraction) -> str:
    return show(value, kind)


def _line(what: str, old: Fraction | None, new: Fraction | None, say: Show) -> Line:
    row = Row("", what, Cell(old, "", old), Cell(new, "", new))
    return Line(
        what,
        UNKNOWN if old is None else say(old),
        UNKNOWN if new is None else say(new),
        UNKNOWN if old is None or new is None else percent_change(old, new),
        row.changed,
        row.ten_fold,
    )


def _volume(one: Found | None, read: str) -> Fraction | None:
    if one is None or one.doses is None:
        return None
    volume: Fraction = getattr(one.doses, read)
    return volume


def _dose(one: Found | None, name: str, read: str) -> Fraction | None:
    volume = _volume(one, read)
    if volume is None or one is None or one.strengths is None:
        return None
    return volume * one.strengths.get(name, Fraction(0))


# Findings, bridge, refill


def findings_of(plan: Plan) -> Iterator[Said]:
    """Every finding, the gravest first."""
    second = asks_for_a_second_person()
    for one in plan.findings:
        asks = one.severity is Severity.CONFIRM and one.code in second
        yield Said(
            one.code,
            str(one.severity),
            one.message,
            one.asked,
            one.limit,
            str(one.basis.layer),
            one.basis.source,
            str(one.basis.provenance),
            second[one.code] if asks else "",
        )


def _bridge(case: Case) -> Iterator[tuple[str, str]]:
    change = case.changeover
    if change is None or change.bridge is None:
        return
    rate = Fraction(change.bridge.rate_pl_per_day, PL_PER_ML)
    yield _("flow"), show(rate, FLOW)
    yield _("for"), lasts(change.bridge.duration_s)
    for name in change.drugs:
        drug = formulary.drug(name)
        given, meant = change.bridge_ug_per_day(name), change.intended_ug_per_day[name]
        yield (
            name,
            _("%(given)s meanwhile; %(meant)s is intended")
            % {
                "given": drug.show(given, DOSE_RATE),
                "meant": drug.show(meant, DOSE_RATE),
            },
        )


def _starts(case: Case) -> Iterator[str]:
    """What is not part of every day."""
    if case.primes and case.priming is not None:
        yield _("Priming bolus: %(volume)s in %(time)s, before the program begins.") % {
            "volume": show(case.path.volume_ml or 0, VOLUME),
            "time": lasts(case.priming.bolus.duration_s),
        }
    change = case.changeover
    if change is not None and change.needed and change.bridge is None:
        yield _("The concentration changes and no bridge can be worked out: see the findings.")


def refill_of(plan: Plan) -> Iterator[tuple[str, str]]:
    """When to refill, by which limit; what is not known says so."""
    refill, visit = plan.case.refill, plan.case.visit
    if refill is None:
        yield _("refill"), _("not known: there is no program")
        return
    yield _("refill due"), _date(refill.days, refill.due(visit) if visit else None)
    latest = refill.latest_safe(visit) if visit else None
    yield _("latest safe day"), _date(refill.latest_safe_days, latest)
    yield _("limited by"), str(refill.limited_by) if refill.limited_by else UNKNOWN
    yield from _caps(refill)


def _caps(refill: Refill) -> Iterator[tuple[str, str]]:
    for cap in refill.caps:
        yield _("limit"), f"{cap.why} ({show(cap.days, INTERVAL)})"


def _date(days: Fraction | None, day: date | None) -> str:
    if days is None:
        return _("not known")
    return f"{day.isoformat() if day else UNKNOWN} ({show(days, INTERVAL)})"
