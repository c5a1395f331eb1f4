"""The pathway's reference is whole: every rule, figure, gate, task, instrument and fact."""

from dataclasses import fields
from pathlib import Path

import pytest
from generator import care
from generator.markdown import plain

from thecal.care import (
    EVENTS,
    effect_steps,
    figures,
    gate_cards,
    instruments,
    requirement_cards,
    rules,
    surveillance_questions,
    task_cards,
)
from thecal.care.notes import NOTE_CODES
from thecal.care.result import Stage
from thecal.care.tasks.raising import Scene

PAGES = care.pages()
SOURCES = Path(__file__).parents[2] / "src" / "thecal" / "care"


def section_of(page: str, code: str) -> str:
    _, _, after = PAGES[f"care/{page}.md"].partition(f"### `{code}`\n")
    return after.partition("\n### ")[0]


@pytest.mark.parametrize("code", rules())
def test_rule_is_documented_with_its_text_and_source(code: str) -> None:
    said = section_of("rules", code)
    assert plain(rules()[code].text) in said
    assert plain(rules()[code].source) in said
    assert str(rules()[code].provenance) in said


@pytest.mark.parametrize("code", rules())
def test_rule_is_applied_by_something(code: str) -> None:
    applied = {
        *(name for card in requirement_cards().values() for name in card.rules),
        *(name for card in task_cards().values() for name in card.rules),
    }
    noted = code == "leaflet.3"
    assert code in applied or noted or any(one.rule == code for one in figures().values())


@pytest.mark.parametrize("key", figures())
def test_figure_is_documented_and_used_by_the_code(key: str) -> None:
    one = figures()[key]
    assert f"| `{key}` | {plain(one.meaning)} | {plain(str(one))} |" in PAGES["care/figures.md"]
    code = "".join(file.read_text(encoding="utf-8") for file in SOURCES.rglob("*.py"))
    stem = key.rpartition("-")[0]
    by_part = ("first-dose-observation", "rinses", "rinse-volume", "mri-tesla", "pocket-fill")
    assert f'"{key}"' in code or key.endswith("-pause") or stem.startswith(by_part)


@pytest.mark.parametrize("code", requirement_cards())
def test_requirement_is_documented_with_what_opens_it_and_who_may_waive_it(code: str) -> None:
    card, said = requirement_cards()[code], section_of("gates", code)
    assert plain(card.opens) in said
    for word in (*card.waivable_by, *card.rules):
        assert word in said


def test_every_gate_task_question_step_instrument_note_stage_and_fact_is_documented() -> None:
    for codes, page in (
        (gate_cards(), "gates"),
        (task_cards(), "tasks"),
        (EVENTS, "files"),
    ):
        assert [code for code in codes if not section_of(page, code)] == []
    for names, page in (
        (surveillance_questions(), "tasks"),
        ([one.id for one in effect_steps()], "tasks"),
        (instruments(), "instruments"),
        (NOTE_CODES, "index"),
    ):
        assert [name for name in names if f"`{name}`" not in PAGES[f"care/{page}.md"]] == []
    assert [one for one in Stage if f"**{one}**" not in PAGES["care/index.md"]] == []


@pytest.mark.parametrize("kind", EVENTS)
def test_fact_is_documented_with_every_key(kind: str) -> None:
    said = section_of("files", kind)
    assert said.count("\n| `") == len([one for one in fields(EVENTS[kind]) if one.name != "at"])


def test_every_note_that_the_code_makes_has_a_meaning() -> None:
    code = (SOURCES / "notes.py").read_text(encoding="utf-8")
    assert [name for name in NOTE_CODES if f'Note("{name}"' not in code] == []
    assert code.count('Note("') == len(NOTE_CODES)
    assert Scene.__doc__
