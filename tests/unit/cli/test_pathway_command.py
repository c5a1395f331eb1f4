"""``thecal pathway``: a facts file in; stage, gates and tasks out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from thecal.care import gate_cards
from thecal.cli import app
from thecal.cli.edges import BAD_INPUT, REFUSED

EXAMPLES = Path(__file__).parents[3] / "examples" / "pathway"
TRIAL = str(EXAMPLES / "trial-with-morphine.toml")
REFILL = str(EXAMPLES / "baclofen-refill.toml")
OBSERVED = "2026-03-03T15:30+00:00"


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, ["pathway", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def as_json(*arguments: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(run(*arguments, "--json").stdout)
    return made


def test_stage_gates_tasks_and_notes_are_printed() -> None:
    said = run(TRIAL, "--on", OBSERVED).stdout
    assert said.startswith("STAGE in-trial on 2026-03-03 10:30 -0500")
    for code in gate_cards():
        assert f" {code}: " in said
    assert "Tasks" in said
    assert "observation.stricter" in said
    assert "Not a medical device" in said


def test_json_is_one_object_with_everything() -> None:
    made = as_json(TRIAL, "--on", OBSERVED)
    assert set(made) == {"at", "stage", "gates", "tasks", "notes"}
    assert [one["code"] for one in made["gates"]] == list(gate_cards())
    for task in made["tasks"]:
        assert (task["due"] is None) != (task["undated"] is None)
        assert task["sources"]


def test_one_gate_is_exit_0_if_open_and_1_if_not() -> None:
    before = run(TRIAL, "--on", "2026-03-03T15:29+00:00", "--gate", "implant.schedule")
    assert before.exit_code == REFUSED
    assert "the stricter applies" in " ".join(before.stdout.split())
    after = run(TRIAL, "--on", OBSERVED, "--gate", "implant.schedule")
    assert after.exit_code == 0
    assert after.stdout.startswith("OPEN implant.schedule")
    one = as_json(TRIAL, "--on", OBSERVED, "--gate", "implant.schedule")
    assert one["state"] == "open"


def test_fill_is_refused_for_the_residual_and_for_the_label() -> None:
    result = run(REFILL, "--on", "2026-04-20T08:30Z", "--gate", "fill")
    assert result.exit_code == REFUSED
    assert "NO refill.explained" in result.stdout
    assert "NO refill.label" in result.stdout
    assert "would open it" in result.stdout


def test_clinics_own_figure_is_shown_beside_the_published_one() -> None:
    said = run(TRIAL, "--on", OBSERVED, "--clinic", str(EXAMPLES / "clinic.toml")).stdout
    text = " ".join(said.split())
    assert "wound-check is 3 day, the clinic's own figure" in text
    assert "published: 5 day, patient leaflet" in text


def test_now_is_taken_if_no_instant_is_given() -> None:
    assert run(TRIAL).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-file.toml",),
        (TRIAL, "--on", "yesterday"),
        (TRIAL, "--on", "2026-03-03T15:30"),
        (TRIAL, "--on", "2026-03-03"),
        (TRIAL, "--on", "1066-10-14T10:00+00:00"),
        (TRIAL, "--gate", "no.such"),
        (TRIAL, "--clinic", "no-such-file.toml"),
        (TRIAL, "--clinic", TRIAL),
        (str(EXAMPLES / "clinic.toml"),),
        (str(EXAMPLES),),
    ],
)
def test_bad_input_is_exit_2_and_one_line(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == BAD_INPUT
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stderr.startswith("thecal: ")
