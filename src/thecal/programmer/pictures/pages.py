"""The programmer's pictures: a plan on one page, and each of its panels on any axes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from thecal.programmer.pictures.changeover import draw_changeover
from thecal.programmer.pictures.day import draw_day
from thecal.programmer.pictures.rehearsal import (
    draw_all_days,
    draw_believed_and_true,
    draw_events,
    draw_first_hours,
    is_long,
)
from thecal.programmer.pictures.reservoir import draw_reservoir
from thecal.programmer.pictures.style import (
    BLACK,
    GREY,
    HEIGHT_IN,
    TEXT_PT,
    TITLE_PT,
    VERMILION,
    Place,
    arrange,
    fill,
    new_page,
    only_say,
    save,
)
from thecal.programmer.rehearsal.run import Rehearsal
from thecal.therapy.plan import Plan
from thecal.units import CONCENTRATION, plain_number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "draw_changeover",
    "draw_day",
    "draw_plan",
    "draw_rehearsal",
    "draw_reservoir",
    "plan_page",
    "rehearsal_page",
]

NOT_A_DEVICE = "Not a medical device. Check every figure against the label and the pump's manual."
_LINE_CHARACTERS = 138
_CODES_SHOWN = 6
_REASONS_SHOWN = 8
_EDGE, _BELOW_VERDICT, _LINE, _FOOT_IN = 0.012, 0.945, 0.024, 0.3
"""The page's edge (a share of its width), the head below the verdict and a line of it (shares of
its height), the foot."""
_LEFT, _RIGHT = (0.8, 4.7), (5.6, 9.8)


def draw_plan(plan: Plan, path: Path) -> None:
    """Write the plan's page as a PNG of 1600 x 1200 pixels; equal plans give equal bytes."""
    save(plan_page(plan), path)


def plan_page(plan: Plan) -> Figure:
    """The plan's page: dose through the day, reservoir, change-over; or why there is none."""
    page = new_page()
    lines = _head(plan, page)
    _foot(plan, page)
    top_in = HEIGHT_IN * (_BELOW_VERDICT - _LINE * lines)
    if plan.case.doses is None:
        axes = page.add_subplot()
        only_say(axes, "No program", why_no_program(plan), 100)
        arrange(page, [[Place(axes, 0.12, 9.8)]], top_in, _FOOT_IN)
        return page
    day, reservoir, changeover = (page.add_subplot(2, 2, number) for number in (1, 2, 3))
    draw_day(plan, day)
    draw_reservoir(plan, reservoir)
    draw_changeover(plan, changeover)
    upper = [Place(day, *_LEFT), Place(reservoir, *_RIGHT)]
    arrange(page, [upper, [Place(changeover, 0.8, 9.1)]], top_in, _FOOT_IN)
    return page


def draw_rehearsal(rehearsal: Rehearsal, path: Path) -> None:
    """Write a rehearsal's page as a PNG of 1600 x 1200 pixels; equal runs give equal bytes."""
    save(rehearsal_page(rehearsal), path)


def rehearsal_page(run: Rehearsal) -> Figure:
    """A rehearsal's page: doses at pump and tip, the reservoir believed and true, the events."""
    page = new_page()
    held = "the twin holds the program sent" if run.digest else "a pump without program"
    title = f"Rehearsal on the pump twin, {plain_number(run.days)} day"
    page.text(_EDGE, 0.985, title, fontsize=TITLE_PT, fontweight="bold", va="top")
    about = f"{_about(run.plan)}; {held}"
    lines = _write_lines(
        page, [(line, BLACK) for line in fill(about, _LINE_CHARACTERS).split("\n")]
    )
    _foot(run.plan, page)
    below = [page.add_subplot(2, 2, 3), page.add_subplot(2, 2, 4)]
    draw_believed_and_true(run, below[0])
    draw_events(run, below[1])
    rows = [_dose_row(run, page), [Place(below[0], *_LEFT), Place(below[1], 6.35, 9.8)]]
    arrange(page, rows, HEIGHT_IN * (_BELOW_VERDICT - _LINE * lines), _FOOT_IN)
    return page


def _dose_row(run: Rehearsal, page: Figure) -> list[Place]:
    """One panel of hours for a short run; for a long one a second, of days."""
    if not is_long(run):
        hours = page.add_subplot(2, 1, 1)
        draw_first_hours(run, hours)
        return [Place(hours, 0.8, 9.8)]
    first, every = page.add_subplot(2, 2, 1), page.add_subplot(2, 2, 2)
    draw_first_hours(run, first)
    draw_all_days(run, every)
    return [Place(first, *_LEFT), Place(every, *_RIGHT)]


def verdict(plan: Plan) -> str:
    """ACCEPTED, or REFUSED."""
    return "ACCEPTED" if plan.accepted else "REFUSED"


def refusal_codes(plan: Plan) -> list[str]:
    """The codes that keep the plan from being accepted, each once, the gravest first."""
    return list(dict.fromkeys(finding.code for finding in plan.open_findings))


def why_no_program(plan: Plan) -> list[str]:
    """Sentences that say why no program could be made."""
    compiled = plan.case.compiled
    sentences = ["The prescription could not be turned into a pump program."]
    if compiled.days_missing:
        sentences.append(f"No schedule for: {', '.join(compiled.days_missing)}.")
    if compiled.days_repeated:
        sentences.append(f"More than one schedule for: {', '.join(compiled.days_repeated)}.")
    open_findings = plan.open_findings[:_REASONS_SHOWN]
    return sentences + [f"{one.code}: {one.message}" for one in open_findings]


def _head(plan: Plan, page: Figure) -> int:
    """Verdict, subject and the codes of a refusal; returns the lines below the verdict."""
    colour = BLACK if plan.accepted else VERMILION
    page.text(
        _EDGE, 0.985, verdict(plan), fontsize=TITLE_PT, fontweight="bold", color=colour, va="top"
    )
    about = fill(_about(plan), _LINE_CHARACTERS).split("\n")
    codes = fill(_codes(plan), _LINE_CHARACTERS).split("\n") if not plan.accepted else []
    return _write_lines(page, [(one, BLACK) for one in about] + [(one, colour) for one in codes])


def _write_lines(page: Figure, lines: list[tuple[str, str]]) -> int:
    """Lines below the title, each in its colour; returns how many."""
    for number, (line, colour) in enumerate(lines):
        up = _BELOW_VERDICT - _LINE * number
        page.text(_EDGE, up, line, fontsize=TEXT_PT + 0.5, va="top", color=colour)
    return len(lines)


def _about(plan: Plan) -> str:
    case = plan.case
    drugs = " + ".join(
        f"{part.name} {part.drug.show(part.strength, CONCENTRATION)}" for part in case.parts
    )
    mode = case.prescription.therapy.mode
    visit = f", visit\N{NO-BREAK SPACE}{case.visit.isoformat()}" if case.visit else ""
    tip = case.prescription.catheter.tip
    return f"{case.pump.name}, {mode}: {drugs}; {case.catheter.name}, tip at {tip}{visit}"


def _codes(plan: Plan) -> str:
    codes = refusal_codes(plan)
    if not codes:
        return "Refused because there is no program."
    more = len(codes) - _CODES_SHOWN
    return f"Refused by: {', '.join(codes[:_CODES_SHOWN])}{f' and {more} more' if more > 0 else ''}"


def _foot(plan: Plan, page: Figure) -> None:
    program = plan.case.program
    digest = f"program {program.digest[:16]}…" if program else "no program"
    page.text(_EDGE, 0.012, NOT_A_DEVICE, fontsize=TEXT_PT, color=GREY, va="bottom")
    page.text(1 - _EDGE, 0.012, digest, fontsize=TEXT_PT, color=GREY, va="bottom", ha="right")
