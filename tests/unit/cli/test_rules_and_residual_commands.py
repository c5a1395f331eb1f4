"""``thecal rules`` and ``thecal residual``."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from thecal.cli import app
from thecal.cli.edges import BAD_INPUT, REFUSED
from thecal.therapy.rules import CARDS


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def residual(*volumes: str, pump: str = "synchromed-ii-20") -> Result:
    """Options for (delivered, expected, aspirated), once or more."""
    options = [
        word
        for index, volume in enumerate(volumes)
        for word in (("--delivered", "--expected", "--aspirated")[index % 3], volume)
    ]
    return run("residual", "--pump", pump, *options)


def test_rules_lists_every_rule_with_its_title_and_a_source() -> None:
    shown = run("rules").stdout
    for code, card in CARDS.items():
        assert f"{code}  (" in shown
        assert card.title in shown
        assert card.source in shown


def test_rules_as_json_is_one_array_of_the_same() -> None:
    listed = json.loads(run("rules", "--json").stdout)
    assert {one["code"] for one in listed} == set(CARDS)
    for one in listed:
        assert one["sources"]
        assert one["title"]
        assert set(one["severities"]) <= {"stop", "confirm", "note"}


def test_expected_residual_is_exit_0_and_says_what_it_cannot_show() -> None:
    result = residual("16 mL", "4 mL", "3.9 mL")
    assert result.exit_code == 0
    assert "residual.leak-unseen" in result.stdout


@pytest.mark.parametrize(
    ("aspirated", "code"), [("0 mL", "residual.empty"), ("1.9 mL", "residual.difference")]
)
def test_wrong_residual_is_exit_1_and_names_the_rule(aspirated: str, code: str) -> None:
    result = residual("16 mL", "4 mL", aspirated)
    assert result.exit_code == REFUSED
    assert code in result.stdout


def test_two_refills_running_are_a_trend() -> None:
    result = residual("16 mL", "4 mL", "1.6 mL", "16 mL", "4 mL", "1.5 mL")
    assert result.exit_code == REFUSED
    assert "residual.trend" in result.stdout
    assert "residual.trend" not in residual("16 mL", "4 mL", "1.6 mL").stdout


@pytest.mark.parametrize(
    ("volumes", "pump"),
    [
        (("16", "4 mL", "4 mL"), "synchromed-ii-20"),
        (("16 mL", "4,0 mL", "4 mL"), "synchromed-ii-20"),
        (("16 mL", "4 mL", "-4 mL"), "synchromed-ii-20"),
        (("16 mL", "4 mL", "4 mg"), "synchromed-ii-20"),
        (("16 mL", "4 mL", "4 mL"), "synchromed"),
        (("16 mL", "4 mL"), "synchromed-ii-20"),
        (("16 mL", "4 mL", "4 mL", "16 mL"), "synchromed-ii-20"),
    ],
)
def test_bad_volume_or_pump_is_exit_2(volumes: tuple[str, ...], pump: str) -> None:
    result = residual(*volumes, pump=pump)
    assert result.exit_code == BAD_INPUT
    assert result.stdout == ""
