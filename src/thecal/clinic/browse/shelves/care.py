"""The pathway: the leaflet's rules and practice's, gates and requirements, tasks, figures.

Where the clinic works by a figure of its own, the published one stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from thecal.care import (
    effect_steps,
    figures,
    gate_cards,
    instruments,
    requirement_cards,
    requirements_of,
    rules,
    surveillance_questions,
    task_cards,
)
from thecal.care.gates.cards import GateCard, RequirementCard
from thecal.care.instruments import Instrument
from thecal.care.rules import Rule
from thecal.care.settings import CareFigure, schedules, screenings
from thecal.care.tasks import TaskCard
from thecal.clinic.browse.leaves import NO_FIGURE, Cell, Grid, Leaf, Said, address, grid, sourced
from thecal.clinic.pathway.figures import in_force

TITLES: dict[str, Said] = {
    "care": _("Rules of care"),
    "gates": _("Gates of the pathway"),
    "requirements": _("Requirements of the gates"),
    "tasks": _("Tasks of the pathway"),
    "figures": _("Figures of care"),
    "instruments": _("Instruments"),
}
_WHAT = (_("Name"), _("What"))


def leaves() -> Iterator[Leaf]:
    """One for each rule, gate, requirement and task; the figures and instruments have one each."""
    yield from (_rule(one) for one in rules().values())
    yield from (_gate(one) for one in gate_cards().values())
    yield from (_requirement(one) for one in requirement_cards().values())
    yield from (_task(one) for one in task_cards().values())
    yield _figures()
    yield _instruments()


def _rule(one: Rule) -> Leaf:
    asked = [card for card in requirement_cards().values() if one.code in card.rules]
    raised = [card for card in task_cards().values() if one.code in card.rules]
    ours = [figure for figure in _in_force() if figure.rule == one.code]
    title = _("Rule %(n)s of the leaflet") % {"n": one.number} if one.number else one.code
    none = _("None.")
    return Leaf(
        "care",
        one.code,
        title,
        (Cell(one.text), sourced(one.source, one.provenance)),
        (
            _figure_grid(_("Its figures"), ours, none),
            grid(
                _("What it requires"),
                _WHAT,
                [(_to("requirements", card.code), card.text) for card in asked],
                none,
            ),
            grid(
                _("Tasks that it raises"),
                _WHAT,
                [(_to("tasks", card.code), card.title) for card in raised],
                none,
            ),
        ),
    )


def _to(shelf: str, key: str) -> Cell:
    return Cell(key, address(shelf, key))


def _in_force() -> list[CareFigure]:
    settings = in_force()
    return [settings.figure(key) for key in figures()]


def _figure_grid(title: Said, listed: Iterable[CareFigure], empty: Said = NO_FIGURE) -> Grid:
    heads = (_("Figure"), _("In force here"), _("Source"), _("Published"), _("Rule"))
    return grid(title, heads, [_figure(one) for one in listed], empty)


def _figure(one: CareFigure) -> tuple[Cell | Said, ...]:
    published = one.published or one
    source = (
        sourced(published.source, published.provenance)
        if published.value is not None
        else Cell(NO_FIGURE, badge="unknown")
    )
    own = _("the clinic's own figure") if one.published else ""
    return (
        f"{one.meaning} ({one.key})",
        Cell(str(one), mark=own, badge="confirm" if own else "", is_number=True),
        source,
        Cell(str(published), is_number=True),
        _to("care", one.rule),
    )


def _gate(card: GateCard) -> Leaf:
    rows = [(_to("requirements", one.code), one.text) for one in requirements_of(card.code)]
    lead = Cell(_("Open if every requirement stands; one that nobody knows of keeps it closed."))
    return Leaf("gates", card.code, card.title, (lead,), (grid(_("It requires"), _WHAT, rows),))


def _requirement(card: RequirementCard) -> Leaf:
    waivers = ", ".join(str(role) for role in card.waivable_by) or _("nobody")
    facts = [
        (_("Opened by"), card.opens),
        (_("Waived, signed, by"), waivers),
        (_("A waiver counts for"), _("one %(o)s") % {"o": card.occasion} if card.occasion else "—"),
        (_("A clinic may do without it"), _("yes") if card.clinic_may_switch_off else _("no")),
    ]
    if (why := in_force().off.get(card.code)) is not None:
        facts.append((_("This clinic does without it"), why))
    gates = [
        (_to("gates", one.code), one.title)
        for one in gate_cards().values()
        if card.code in {each.code for each in requirements_of(one.code)}
    ]
    return Leaf(
        "requirements",
        card.code,
        card.text,
        (),
        (
            grid(_("How it stands"), ("", ""), facts),
            grid(_("Gates that require it"), _WHAT, gates, _("None.")),
            _rule_grid(card.rules),
        ),
    )


def _rule_grid(codes: Iterable[str]) -> Grid:
    rows = [
        (
            _to("care", code),
            rules()[code].text,
            sourced(rules()[code].source, rules()[code].provenance),
        )
        for code in codes
    ]
    return grid(_("Rules that it comes from"), (_("Rule"), _("It says"), _("Source")), rows)


def _task(card: TaskCard) -> Leaf:
    facts = [(_("Urgency"), str(card.urgency)), (_("Closed by"), card.closes)]
    return Leaf(
        "tasks",
        card.code,
        card.title,
        (),
        (grid(_("How it stands"), ("", ""), facts), _rule_grid(card.rules)),
    )


def _figures() -> Leaf:
    settings = in_force()
    plans = [
        (
            one.drug,
            Cell(
                str(one),
                mark=_("the clinic's own figure") if one.own else "",
                badge="confirm" if one.own else "",
            ),
            ", ".join(one.signs),
            sourced(one.source, one.provenance),
        )
        for one in {**schedules(), **settings.own_schedules}.values()
    ]
    after = [
        (one.drug, one.as_source().figure, sourced(one.source, one.provenance))
        for one in screenings().values()
    ]
    asked = [
        (one.text, one.risk, _to("tasks", one.raises), sourced(one.source, one.provenance))
        for one in surveillance_questions().values()
    ]
    steps = [(str(number), one.text) for number, one in enumerate(effect_steps(), start=1)]
    return Leaf(
        "figures",
        "",
        TITLES["figures"],
        (Cell(_("Where the clinic has a figure of its own, the published one stands beside it.")),),
        (
            _figure_grid(_("Figures"), _in_force()),
            grid(
                _("Observation after a first dose"),
                (_("Drug"), _("Intervals"), _("Signs"), _("Source")),
                plans,
            ),
            grid(_("After a screening dose"), (_("Drug"), _("Figure"), _("Source")), after),
            grid(
                _("Surveillance"),
                (_("Question"), _("Risk"), _("A yes raises"), _("Source")),
                asked,
            ),
            grid(_("Loss of effect, in order"), (_("Step"), _("What")), steps),
        ),
    )


def _instruments() -> Leaf:
    heads = (
        _("Instrument"),
        _("Scores"),
        _("Kind"),
        _("Better"),
        _("Act from"),
        _("Source"),
    )
    return Leaf(
        "instruments",
        "",
        TITLES["instruments"],
        (Cell(_("Scores only: the items' text belongs to its owners.")),),
        (grid(_("Instruments"), heads, [_instrument(one) for one in instruments().values()]),),
    )


def _instrument(one: Instrument) -> tuple[Cell | Said, ...]:
    acts: Cell | Said = Cell(_("no published cut-off"), badge="unknown")
    if one.act_from:
        acts = f"{one.act_from} ({one.act_source})"
    return (
        f"{one.name} ({one.key})",
        one.written,
        _("ordinal") if one.is_ordinal else _("numeric"),
        one.better,
        acts,
        sourced(one.source, one.provenance),
    )
