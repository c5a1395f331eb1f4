"""Whatever is public is in the generated reference: rules, commands, drugs, devices, keys."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import generate
import pytest
from generator import commands, rules, transcription_file
from generator.markdown import plain
from generator.pump import defined_in, spoken

from thecal.clinic.project.environment import VARIABLES
from thecal.clinic.record.actions import table as actions
from thecal.csf import known_drugs
from thecal.csf.calibration.rows import rows
from thecal.devices import catheters, pumps
from thecal.formulary import Layer, conversions, drugs
from thecal.pump import ALARMS, language
from thecal.pump.world import faults
from thecal.pump.world.written import KINDS
from thecal.therapy import plan
from thecal.therapy.refill import residual
from thecal.therapy.rules import CARDS
from thecal.therapy.rules.hazards import hazards

DOCS = Path(__file__).resolve().parents[2] / "docs"
_ENTER_THEIR_RULES = (plan, residual)


@pytest.fixture(scope="module")
def reference() -> dict[str, str]:
    """Every generated page, by its path."""
    return generate.pages(DOCS)


def undocumented(names: Iterable[str], text: str) -> list[str]:
    """Those names that the text does not have as code."""
    return [name for name in names if f"`{name}`" not in text and f"`{name} VALUE`" not in text]


def test_a_missing_name_is_seen() -> None:
    assert undocumented(["rule.a", "rule.b"], "## `rule.a`, and plain rule.b") == ["rule.b"]


def test_a_rule_that_the_page_leaves_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    every = list(CARDS)
    monkeypatch.delitem(CARDS, every[0])
    assert undocumented(every, rules.pages()["rules.md"]) == [every[0]]


def test_every_rule_is_documented(reference: dict[str, str]) -> None:
    assert CARDS
    assert undocumented(CARDS, reference["rules.md"]) == []


@pytest.mark.parametrize("code", CARDS)
def test_a_rule_is_documented_with_severities_hazards_and_sources(
    code: str, reference: dict[str, str]
) -> None:
    _, _, after = reference["rules.md"].partition(f"### `{code}`\n")
    section = after.partition("\n### ")[0]
    assert CARDS[code].title.split()[0] in section
    for word in (*CARDS[code].severities, *CARDS[code].hazards):
        assert word in section
    assert section.count("<br>") >= len(CARDS[code].sources()) - 1


@pytest.mark.parametrize("words", commands.listed())
def test_every_command_is_documented_with_every_option(
    words: str, reference: dict[str, str]
) -> None:
    _, _, after = reference["command-line.md"].partition(f"## `{words}`\n")
    section = after.partition("\n## ")[0]
    parameters: list[Any] = commands.listed()[words].params
    names = [name for one in parameters for name in commands.names(one)]
    assert section
    assert undocumented(names, section) == []


def test_every_drug_has_a_page_with_every_limit(reference: dict[str, str]) -> None:
    for drug in drugs().values():
        page = reference[f"drugs/{drug.name}.md"]
        rows = [line for line in page.splitlines() if line.startswith(tuple(_LAYER_CELLS))]
        assert len(rows) == len(drug.limits), drug.name
        for limit in drug.limits:
            assert plain(limit.source) in page
        for figure in drug.stability:
            assert str(figure.days) in page


_LAYER_CELLS = [f"| {layer} |" for layer in Layer]


def test_every_pump_and_catheter_is_documented_with_its_blanks(reference: dict[str, str]) -> None:
    for key, pump in pumps().items():
        blanks = [name for name in type(pump).model_fields if getattr(pump, name) is None]
        page = reference[f"pumps/{key}.md"]
        assert page.count("| not published |") == len(blanks), key
    assert undocumented(catheters(), reference["catheters.md"]) == []


def test_conversions_are_documented_one_way_only(reference: dict[str, str]) -> None:
    page = reference["conversions.md"]
    for one in conversions():
        there = f"| {one.from_route} {one.from_drug} | {one.to_route} {one.to_drug} |"
        back = f"| {one.to_route} {one.to_drug} | {one.from_route} {one.from_drug} |"
        assert there in page
        assert back not in page


def test_the_pump_language_alarms_and_faults_are_documented(reference: dict[str, str]) -> None:
    names = [one.__name__ for one in spoken()]
    refusals = [str(code) for code in language.RefusalCode]
    page = reference["pump-language.md"]
    assert undocumented([*names, *refusals, *map(str, ALARMS)], page) == []
    page = reference["faults.md"]
    assert undocumented([one.__name__ for one in defined_in(faults)], page) == []
    for kind in KINDS:
        assert f"| `{kind}" in page


def test_every_action_and_variable_of_the_clinic_is_documented(reference: dict[str, str]) -> None:
    page = reference["clinic.md"]
    assert undocumented([*actions(), *VARIABLES], page) == []
    marks = sum(len(action.roles) for action in actions().values())
    assert page.count("✓") == marks


def test_every_hazard_is_documented_with_its_rules_and_tests(reference: dict[str, str]) -> None:
    for hazard in hazards().values():
        _, _, after = reference["hazards.md"].partition(f"## {hazard.id}\n")
        section = after.partition("\n## ")[0]
        tests = [test.partition("::")[2] for test in hazard.tests]
        assert undocumented([*hazard.rules, *tests], section) == [], hazard.id


def test_every_simulated_drug_and_published_row_is_documented(reference: dict[str, str]) -> None:
    figures, report = reference["simulation/figures.md"], reference["simulation/calibration.md"]
    assert undocumented([row.name for row in rows()], report) == []
    for drug in known_drugs():
        _, _, after = figures.partition(f"(csf-{drug})=")
        assert len(after.partition("\n## ")[2]) > 0, drug
    for row in rows():
        assert plain(row.definition) in report
        assert row.missed is None or plain(row.missed) in report


def test_exit_codes_are_documented(reference: dict[str, str]) -> None:
    _, _, after = reference["command-line.md"].partition("## Exit codes\n")
    for code in (0, 1, 2):
        assert f"| {code} |" in after


def test_every_key_of_a_transcription_is_documented(reference: dict[str, str]) -> None:
    page = reference["transcription-file.md"]
    for name, keys in transcription_file.listed().items():
        title = f"`[{name}]`" if name else "The top of the file"
        _, _, after = page.partition(f"## {title}\n")
        section = after.partition("\n## ")[0]
        assert section, name
        assert undocumented(keys, section) == [], name
