"""``thecal csf`` and ``thecal cohort`` keep their contract at the edge."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from thecal.cli import app

EXAMPLES = Path(__file__).parents[3] / "examples"
BOLUS = ["--drug", "morphine", "--tip", "L3", "--bolus", "0.3 mg"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_columns_are_the_hours_and_one_for_each_level(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    result = run("csf", *BOLUS, "--hours", "2", "--sample", "L3,T10,C1", "--csv", str(place))
    assert result.exit_code == 0, result.output
    head, *body = rows(place)
    assert head == ["hours", "L3_ug_per_ml", "T10_ug_per_ml", "C1_ug_per_ml"]
    assert [float(row[0]) for row in body] == [0.25 * k for k in range(9)]
    assert all(float(value) >= 0 for row in body for value in row)


def test_prescription_with_one_drug_keeps_the_column_names(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    rx = EXAMPLES / "morphine-bupivacaine-day-and-night.toml"
    result = run("csf", "--prescription", str(rx), "--drug", "morphine", "--hours", "24",
                 "--sample", "T10", "--csv", str(place), "--on", "2026-03-02")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert rows(place)[0] == ["hours", "T10_ug_per_ml"]
    assert "as prescribed" in result.output


def test_prescription_with_several_drugs_names_them_in_the_columns(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    rx = EXAMPLES / "morphine-bupivacaine-day-and-night.toml"
    result = run("csf", "--prescription", str(rx), "--hours", "24", "--sample", "T10", "--step",
                 "1", "--csv", str(place), "--on", "2026-03-02")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert rows(place)[0] == ["hours", "morphine_T10_ug_per_ml", "bupivacaine_T10_ug_per_ml"]


def test_drug_without_constants_of_its_own_says_so() -> None:
    result = run("csf", "--drug", "fentanyl", "--tip", "L3", "--rate", "50 ug/day", "--hours", "4",
                 "--sample", "L3")  # fmt: skip
    assert result.exit_code == 0
    assert "warning: fentanyl: fentanyl runs only like morphine" in result.output


def test_pictures_are_written(tmp_path: Path) -> None:
    plot, spine = tmp_path / "a.png", tmp_path / "a.svg"
    result = run("csf", *BOLUS, "--hours", "2", "--sample", "L3", "--plot", str(plot), "--spine",
                 str(spine))  # fmt: skip
    assert result.exit_code == 0, result.output
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert spine.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([*BOLUS, "--hours", "2", "--sample", "L9"], "'L9' is not a vertebral level"),
        ([*BOLUS, "--hours", "0", "--sample", "L3"], "--hours: 0 is not a length of time"),
        ([*BOLUS, "--hours", "nan", "--sample", "L3"], "--hours: nan is not a length of time"),
        ([*BOLUS, "--hours", "2", "--step", "0", "--sample", "L3"], "--step: 0 is not above 0"),
        ([*BOLUS, "--hours", "2", "--sample", "L3,L3"], "a level stands twice"),
        ([*BOLUS, "--hours", "2", "--sample", ""], "'' is not a vertebral level"),
        (["--drug", "morphine", "--tip", "X1", "--bolus", "1 mg", "--hours", "2", "--sample", "L3"],
         "'X1' is not a vertebral level"),
        (["--drug", "morphine", "--tip", "L3", "--bolus", "-1 mg", "--hours", "2", "--sample",
          "L3"], "expected"),
        (["--drug", "morphine", "--tip", "L3", "--bolus", "1", "--hours", "2", "--sample", "L3"],
         "--bolus"),
        (["--drug", "aspirin", "--tip", "L3", "--bolus", "1 mg", "--hours", "2", "--sample", "L3"],
         "unknown drug 'aspirin'"),
        (["--drug", "morphine", "--tip", "L3", "--rate", "0 mg/day", "--hours", "2", "--sample",
          "L3"], "expected above 0"),
        (["--drug", "morphine", "--tip", "L3", "--hours", "2", "--sample", "L3"],
         "expected one of --bolus DOSE, --rate RATE, --prescription RX"),
        (["--tip", "L3", "--bolus", "1 mg", "--hours", "2", "--sample", "L3"],
         "expected --drug NAME and --tip LEVEL"),
        (["--prescription", "missing.toml", "--hours", "2", "--sample", "L3"], "missing.toml"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_exit_2(arguments: list[str], expected: str) -> None:
    result = run("csf", *arguments)
    assert result.exit_code == 2
    assert expected in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_refused_prescription_is_exit_1() -> None:
    rx = EXAMPLES / "refused-hourly-for-daily.toml"
    result = run("csf", "--prescription", str(rx), "--hours", "2", "--sample", "L3")
    assert result.exit_code == 1
    assert "REFUSED" in result.output


def test_cohort_prints_one_object_and_resumes_in_its_folder(tmp_path: Path) -> None:
    arguments = ["cohort", "--patients", "20", *BOLUS, "--versus-bolus", "0.6 mg", "--hours", "3",
                 "--sample", "L3", "--threshold", "1 ug/mL", "--store", str(tmp_path / "s"),
                 "--json"]  # fmt: skip
    first, again = run(*arguments), run(*arguments)
    assert first.exit_code == 0, first.output
    found = json.loads(first.stdout)
    assert json.loads(again.stdout) == found
    assert found["ratio_second_over_first"]["L3"][2] == pytest.approx(2.0)
    assert len(found["fans"]) == 2
    assert found["fans"][0]["share_ever_over"] + found["fans"][0]["share_never_over"] == 1


def test_cohort_writes_its_fans(tmp_path: Path) -> None:
    result = run("cohort", "--patients", "9", *BOLUS, "--hours", "2", "--sample", "L3", "--store",
                 str(tmp_path / "s"), "--csv", str(tmp_path / "a.csv"), "--plot",
                 str(tmp_path / "a.png"))  # fmt: skip
    assert result.exit_code == 0, result.output
    assert rows(tmp_path / "a.csv")[0][:2] == ["hours", "regimen1_L3_q05_ug_per_ml"]
    assert "drawn apart from each other" in result.output


def test_cohort_in_the_folder_of_another_is_exit_2(tmp_path: Path) -> None:
    common = ["--hours", "2", "--sample", "L3", "--store", str(tmp_path / "s")]
    assert run("cohort", "--patients", "9", *BOLUS, *common).exit_code == 0
    result = run("cohort", "--patients", "10", *BOLUS, *common)
    assert result.exit_code == 2
    assert "holds another study" in result.stderr


def test_cluster_that_cannot_be_reached_is_exit_2(tmp_path: Path) -> None:
    result = run("cohort", "--patients", "9", *BOLUS, "--hours", "2", "--sample", "L3", "--store",
                 str(tmp_path / "s"), "--cluster", "not-an-address:no")  # fmt: skip
    assert result.exit_code == 2
    assert "--cluster" in result.stderr
