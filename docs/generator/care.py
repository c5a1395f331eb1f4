"""The pages of the pathway: rules, figures, gates, tasks, instruments, and its two files."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from dataclasses import MISSING, fields
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from pydantic.fields import FieldInfo

from generator.docstrings import attributes, members, told
from generator.markdown import contents, page, plain, prose, section, table
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
from thecal.care.facts import EVENTS, Event, Ingredient, OralMedicine
from thecal.care.facts.history import Patient
from thecal.care.gates.cards import GateCard, RequirementCard
from thecal.care.instruments import Code, Instrument, signs
from thecal.care.notes import NOTE_CODES
from thecal.care.result import GateState, Stage, Urgency
from thecal.care.rules import Rule
from thecal.care.settings import CareFigure, schedules, screenings
from thecal.care.tasks import TaskCard
from thecal.care.usual import usual
from thecal.units import Provenance

_PAGES = ("rules", "figures", "gates", "tasks", "instruments", "files")


def pages() -> dict[str, str]:
    """An index and six pages under ``care/``."""
    made = {
        "index": _index(),
        "rules": _rules(),
        "figures": _figures(),
        "gates": _gates(),
        "tasks": _tasks(),
        "instruments": _instruments(),
        "files": _files(),
    }
    return {f"care/{name}.md": text for name, text in made.items()}


def _index() -> str:
    return page(
        "The pathway of care",
        "What `thecal pathway` knows. Every rule, figure, gate and task stands in data.",
        section("Stages", _listed(members(Stage))),
        section("Gates", _listed(members(GateState))),
        section("Urgency of tasks", _listed(members(Urgency))),
        section("Notes", _listed({f"`{code}`": text for code, text in NOTE_CODES.items()})),
        contents(_PAGES),
        source="`src/thecal/care/`",
    )


def _listed(meanings: dict[str, str]) -> str:
    lines = [f"- **{name}**" + (f": {text}" if text else "") for name, text in meanings.items()]
    return "\n".join(lines)


def _sourced(source: str, provenance: Provenance) -> str:
    return f"{plain(source)} ({provenance})"


def _rules() -> str:
    groups = {"The leaflet": [one for one in rules().values() if one.number]}
    groups["What practice adds"] = [one for one in rules().values() if not one.number]
    return page(
        "Rules of care",
        "The leaflet's rules by number, and what practice and guidance add.",
        *(section(title, *map(_rule, listed)) for title, listed in groups.items()),
        source="`src/thecal/care/rules/rules.toml`",
    )


def _rule(one: Rule) -> str:
    asked = [code for code, card in requirement_cards().items() if one.code in card.rules]
    raised = [code for code, card in task_cards().items() if one.code in card.rules]
    set_ = [key for key, figure in figures().items() if figure.rule == one.code]
    rows = [
        ("source", _sourced(one.source, one.provenance)),
        ("requirements", _codes(asked)),
        ("tasks", _codes(raised)),
        ("figures", _codes(set_)),
    ]
    return section(
        f"`{one.code}`",
        plain(one.text),
        table(("", ""), rows),
        anchor=anchor(one.code),
        level=3,
    )


def anchor(code: str) -> str:
    """What other pages link to."""
    return f"care-{code.replace('.', '-')}"


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes) or "none"


def _links(codes: Iterable[str]) -> str:
    return ", ".join(f"[`{code}`](rules.md#{anchor(code)})" for code in codes)


def _figures() -> str:
    rows = [_figure(one) for one in figures().values()]
    plans = [
        (one.drug, plain(str(one)), ", ".join(one.signs), _sourced(one.source, one.provenance))
        for one in schedules().values()
    ]
    after = [
        (
            one.drug,
            plain(one.as_source().figure),
            _sourced(one.source, one.provenance),
        )
        for one in screenings().values()
    ]
    expected = usual()
    common = f"{expected.anaesthesia} anaesthesia, {expected.pocket} pocket"
    return page(
        "Figures of care",
        "A clinic may set its own in a [settings file](files.md), within the bounds given. What "
        "nobody published stays unknown until it does.",
        table(("figure", "", "value", "a clinic may set", "rule", "source"), rows),
        section(
            "Observation after a first dose",
            table(("drug", "intervals", "signs", "source"), plans),
            "No other drug has a published schedule.",
        ),
        section("After a screening dose", table(("drug", "", "source"), after)),
        section(
            "What is usual",
            f"{common}, {', '.join(sorted(expected.drugs))} "
            f"({_sourced(expected.source, expected.provenance)}). Anything else is noted, and "
            "not refused.",
        ),
        source="`src/thecal/care/settings/` and `usual.toml`",
    )


def _figure(one: CareFigure) -> tuple[str, ...]:
    source = _sourced(one.source, one.provenance) if one.value is not None else "none found"
    link = f"[`{one.rule}`](rules.md#{anchor(one.rule)})"
    return (f"`{one.key}`", plain(one.meaning), plain(str(one)), _bounds(one), link, source)


def _bounds(one: CareFigure) -> str:
    def text(value: Fraction) -> str:
        return plain(str(CareFigure(**{**_parts(one), "value": value})))

    low = f"from {text(one.lowest)}" if one.lowest is not None else ""
    high = f"up to {text(one.highest)}" if one.highest is not None else ""
    if one.lowest is not None and one.lowest == one.highest:
        return "nothing else"
    return " ".join(part for part in (low, high) if part) or "any"


def _parts(one: CareFigure) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _gates() -> str:
    return page(
        "Gates and requirements",
        prose(told(GateCard)),
        "A gate is open if every requirement stands. `thecal pathway FACTS --gate CODE` shows one.",
        section("All gates", *(_gate(card) for card in gate_cards().values())),
        section("Requirements", *(_requirement(card) for card in requirement_cards().values())),
        source="`src/thecal/care/gates/gates.toml`",
    )


def _gate(card: GateCard) -> str:
    codes = [one.code for one in requirements_of(card.code)]
    return section(f"`{card.code}`", f"{plain(card.title)}. It requires {_codes(codes)}.", level=3)


def _requirement(card: RequirementCard) -> str:
    rows = [
        ("opened by", plain(card.opens)),
        ("waived by", ", ".join(card.waivable_by) or "nobody"),
        ("waiver counts for", f"one {card.occasion}" if card.occasion else "nothing"),
        ("a clinic may do without", "yes" if card.clinic_may_switch_off else "no"),
        ("rules", _links(card.rules)),
    ]
    return section(f"`{card.code}`", plain(card.text), table(("", ""), rows), level=3)


def _tasks() -> str:
    asked = [
        (f"`{one.id}`", one.risk, plain(one.text), f"`{one.raises}`",
         _sourced(one.source, one.provenance))
        for one in surveillance_questions().values()
    ]  # fmt: skip
    steps = [f"1. `{one.id}`: {plain(one.text)}" for one in effect_steps()]
    return page(
        "Tasks",
        "What is to be done, how soon, and what closes it. A person closes any task by a "
        "`task-done` fact with its key.",
        section("Kinds of task", *(_task(card) for card in task_cards().values())),
        section("Surveillance", table(("question", "risk", "", "a yes raises", "source"), asked)),
        section("Loss of effect, in order", "\n".join(steps)),
        source="`src/thecal/care/tasks/`",
    )


def _task(card: TaskCard) -> str:
    rows = [
        ("urgency", str(card.urgency)),
        ("closed by", plain(card.closes)),
        ("rules", _links(card.rules)),
    ]
    return section(f"`{card.code}`", plain(card.title), table(("", ""), rows), level=3)


def _instruments() -> str:
    rows = [_instrument(one) for one in instruments().values()]
    codes = [(one.name, _code(one.code)) for one in signs().values()]
    return page(
        "Instruments",
        "Scores only: the items' text belongs to its owners. An ordinal instrument keeps its "
        "order: it has a median and no mean.",
        table(("instrument", "", "scores", "kind", "better", "act from", "code", "source"), rows),
        section("Vital signs", table(("sign", "code"), codes)),
        source="`src/thecal/care/instruments/instruments.toml`",
    )


def _instrument(one: Instrument) -> tuple[str, ...]:
    acts = f"{one.act_from} ({plain(one.act_source)})" if one.act_from else "no published cut-off"
    if one.has_item_9:
        acts += "; item 9 above 0"
    return (
        f"`{one.key}`",
        plain(one.name),
        plain(one.written),
        "ordinal" if one.is_ordinal else "numeric",
        one.better,
        acts,
        _code(one.code),
        _sourced(one.source, one.provenance),
    )


def _code(code: Code | None) -> str:
    return f"{code.system} {code.value} ({code.provenance})" if code else "none found"


def _files() -> str:
    return page(
        "Facts and settings files",
        "TOML. Both begin with `schema = 1`. Unknown keys, missing units and instants without an "
        "offset from UTC are refused, naming the line.",
        section(
            "Facts",
            "`zone` is the clinic's IANA time zone, `[patient]` the patient, and each `[[event]]` "
            "has a `kind`, its instant `at`, and the keys of its kind.",
            _keys(Patient),
        ),
        *(_event(name, kind) for name, kind in EVENTS.items()),
        section("A drug in a solution", _keys(Ingredient), level=3),
        section("A medicine by mouth", _keys(OralMedicine), level=3),
        section(
            "Settings",
            "`[figures]` has a [figure](figures.md)'s name and the clinic's own value. "
            "`[[observation]]` has a `drug` and `steps` of `every` and `until`. `[[off]]` has a "
            "`requirement` that this clinic does without and the `reason`.",
        ),
        source="the facts in `src/thecal/care/facts/`",
    )


def _event(name: str, kind: type[Event]) -> str:
    return section(f"`{name}`", prose(told(kind)), _keys(kind), level=3)


def _keys(kind: type[Any]) -> str:
    hints = typing.get_type_hints(kind, include_extras=True)
    meanings = attributes(kind)
    rows = [
        (
            f"`{_alias(hints[one.name], one.name)}`",
            _type(hints[one.name]),
            "required" if one.default is MISSING and one.default_factory is MISSING else "optional",
            prose(meanings.get(one.name, "")),
        )
        for one in fields(kind)
        if one.name != "at"
    ]
    return table(("key", "", "", ""), rows) if rows else ""


def _alias(hint: Any, name: str) -> str:
    marks = [one for one in getattr(hint, "__metadata__", ()) if isinstance(one, FieldInfo)]
    return next((one.alias for one in marks if one.alias), name)


_PLAIN = {
    bool: "`true` or `false`",
    int: "a whole number",
    str: "text",
    datetime: "an instant with its offset from UTC",
    date: "a date",
    Decimal: "a number",
    Fraction: "a quantity with its unit",
    Ingredient: "tables with `drug` and `concentration`",
    OralMedicine: "tables with `drug` and `daily_dose`",
}


def _type(hint: Any) -> str:
    """How a value of this type is written in the file."""
    if typing.get_origin(hint) is not None:
        return _made_of(typing.get_origin(hint), typing.get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _codes(str(one.value) for one in hint)
    return _PLAIN[hint]


def _made_of(origin: Any, arguments: tuple[Any, ...]) -> str:
    if origin is typing.Annotated:
        return _type(arguments[0])
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_type(one) for one in arguments if one is not type(None))
    if origin is typing.Literal:
        return _codes(map(str, arguments))
    if origin in (tuple, frozenset):
        return f"a list: {_type(arguments[0])}"
    return f"a table of {_type(arguments[1])}"  # the answers of the surveillance
