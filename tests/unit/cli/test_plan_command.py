"""``thecal plan``: exit codes, one JSON object and nothing else, one line on standard error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from orders import BACLOFEN, Order, flex, simple
from typer.testing import CliRunner, Result

from thecal.cli import app
from thecal.cli.edges import BAD_INPUT, REFUSED

OFF_LABEL = Order(drugs=(("hydromorphone", "1 mg/mL"),), therapy=simple("0.1 mg/day"))
TOP_KEYS = {
    "accepted", "findings", "program", "daily", "daily_worst", "priming", "bridge", "refill",
}  # fmt: skip
FINDING_KEYS = {
    "code", "severity", "message", "asked", "limit", "layer", "source", "provenance",
}  # fmt: skip


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def file_of(folder: Path, order: Order) -> Path:
    path = folder / "rx.toml"
    path.write_text(order.text, encoding="utf-8")
    return path


def json_of(result: Result) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def test_accepted_is_exit_0_and_refused_is_exit_1(tmp_path: Path) -> None:
    assert run("plan", file_of(tmp_path, Order())).exit_code == 0
    assert run("plan", file_of(tmp_path, OFF_LABEL)).exit_code == REFUSED == 1
    assert run("plan", file_of(tmp_path, OFF_LABEL.fully_signed())).exit_code == 0
    assert run("plan", file_of(tmp_path, Order(volume="21 mL"))).exit_code == REFUSED


@pytest.mark.parametrize(
    "order",
    [Order(), OFF_LABEL, BACLOFEN, Order(volume="21 mL")],
    ids=["ok", "sign", "bridge", "no"],
)
def test_json_is_one_object_with_the_contracts_keys_refused_or_not(
    tmp_path: Path, order: Order
) -> None:
    result = run("plan", file_of(tmp_path, order), "--json")
    made = json_of(result)
    assert set(made) >= TOP_KEYS
    assert made["accepted"] is (result.exit_code == 0)
    assert result.stderr == ""
    for one in made["findings"]:
        assert set(one) >= FINDING_KEYS
        assert one["severity"] in {"stop", "confirm", "note"}
    for day in ("daily", "daily_worst"):
        assert set(made[day]) == {"volume_ml", "drugs"}
        assert set(made[day]["drugs"]) == {name for name, _ in order.drugs}
    assert set(made["priming"]) >= {"volume_ml", "minutes"}
    assert set(made["refill"]) >= {"days", "latest_safe_days", "limited_by"}
    assert made["refill"]["limited_by"] in {"reservoir", "stability", "mixture", "clinic"}
    if made["bridge"] is not None:
        assert set(made["bridge"]) == {"rate_ml_per_day", "hours", "volume_ml", "drugs"}
        assert set(made["bridge"]["drugs"]["baclofen"]) == {"ug_per_day", "intended_ug_per_day"}


def test_order_without_change_over_has_a_null_bridge(tmp_path: Path) -> None:
    assert json_of(run("plan", file_of(tmp_path, Order()), "--json"))["bridge"] is None


def test_refused_plan_prints_everything_on_screen_too(tmp_path: Path) -> None:
    shown = run("plan", file_of(tmp_path, Order(volume="21 mL"))).stdout
    for part in ("REFUSED", "pump.capacity", "mean day", "Refill", "Not a medical device"):
        assert part in shown


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"schema = 1\n", 1),
        (b"\xff\xfe", 1),
        (Order().text.replace("20 mL", "20,0 mL").encode(), 14),
        (Order().text.replace("20 mL", "20").encode(), 14),
        (Order().text.replace("volume", "volumes", 1).encode(), 14),
        (Order(drugs=(("heroin", "1 mg/mL"),)).text.encode(), 17),
    ],
    ids=["empty", "bare", "not UTF-8", "comma", "no unit", "unknown key", "unknown drug"],
)
def test_bad_input_is_exit_2_and_one_line_with_file_and_line(
    tmp_path: Path, content: bytes, line: int
) -> None:
    path = tmp_path / "rx.toml"
    path.write_bytes(content)
    for command in ("plan", "simulate"):
        extra = ["--days", "1"] if command == "simulate" else []
        for flag in ([], ["--json"]):
            result = run(command, path, *extra, *flag)
            assert result.exit_code == BAD_INPUT == 2
            assert result.stdout == ""
            assert result.stderr.startswith(f"thecal: {path}:{line}: ")
            assert result.stderr.count("\n") == 1


def test_missing_file_and_folder_are_exit_2(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "line\nbreak.toml"):
        result = run("plan", path)
        assert result.exit_code == BAD_INPUT
        assert result.stderr.count("\n") == 1


def test_no_file_at_all_is_exit_2() -> None:
    assert run("plan").exit_code == BAD_INPUT


@pytest.mark.parametrize(
    "options",
    [
        ["--on", "2026-02-30"],
        ["--on", "tomorrow"],
        ["--zone", "Europe/Londinium"],
        ["--zone", "../../etc/passwd"],
        ["--zone", ""],
        ["--clinic-interval", "90"],
        ["--clinic-interval", "-90 day"],
        ["--clinic-interval", "90 mL"],
        ["--pharmacy-label", "morphine"],
        ["--pharmacy-label", "heroin 1 mg/mL"],
        ["--pharmacy-label", "morphine 10"],
        ["--pharmacy-label", ""],
        ["--plot", "/dev/null/plan.png"],
        ["--report", "/dev/null/report.pdf"],
        ["--unknown"],
    ],
    ids=" ".join,
)
def test_bad_option_is_exit_2_and_never_a_traceback(tmp_path: Path, options: list[str]) -> None:
    result = run("plan", file_of(tmp_path, Order()), *options)
    assert result.exit_code == BAD_INPUT
    assert "Traceback" not in result.output


@pytest.mark.parametrize("day", ["1990-01-01", "2026-03-29", "2026-10-25", "2099-12-31"])
def test_any_visit_in_any_zone_can_be_planned(tmp_path: Path, day: str) -> None:
    path = file_of(tmp_path, Order(therapy=flex(("", (("00:00", "0.5 mg/day"),)))))
    for zone in ("Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        assert run("plan", path, "--json", "--on", day, "--zone", zone).exit_code == 0


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_ends_of_the_calendar_break_nothing(tmp_path: Path, day: str) -> None:
    path = file_of(tmp_path, Order(therapy=flex(("", (("00:00", "0.5 mg/day"),)))))
    assert run("plan", path, "--on", day, "--zone", "Europe/London").exit_code in {0, BAD_INPUT}


def test_clinic_interval_caps_the_refill(tmp_path: Path) -> None:
    path = file_of(tmp_path, Order())
    refill = json_of(run("plan", path, "--json", "--clinic-interval", "30 day"))["refill"]
    assert (refill["days"], refill["latest_safe_days"]) == (30, 30)
    assert refill["limited_by"] == "clinic"


def test_pharmacy_label_is_compared(tmp_path: Path) -> None:
    path = file_of(tmp_path, Order())
    assert run("plan", path, "--pharmacy-label", "morphine 10 mg/mL").exit_code == 0
    assert run("plan", path, "--pharmacy-label", "morphine 25 mg/mL").exit_code == REFUSED
    assert run("plan", path, "--pharmacy-label", "baclofen 500 ug/mL").exit_code == REFUSED


def test_module_runs_as_a_command_and_says_its_line_on_standard_error(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "thecal", "plan", str(tmp_path / "none.toml"), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == BAD_INPUT
    assert done.stdout == ""
    assert done.stderr.startswith("thecal: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("plan", "Missing argument"),
        ("plan rx.toml --jason", "--jason"),
        ("plann rx.toml", "plann"),
        ("simulate rx.toml --days soon", "--days"),
        ("rules all", "all"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_2(line: str, named: str) -> None:
    result = run(*line.split())
    assert result.exit_code == BAD_INPUT
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert named in result.stderr


def test_no_command_at_all_shows_the_help() -> None:
    result = run()
    assert result.exit_code == BAD_INPUT
    assert "simulate" in result.stdout


def test_a_plan_without_a_program_has_every_key_with_null_figures(tmp_path: Path) -> None:
    """Nobody can say what a week of one day gives, so nothing is said; the keys stay."""
    order = Order(therapy=flex(("mon", (("00:00", "0.02 mg/h"),))))
    result = run("plan", file_of(tmp_path, order), "--json")
    made = json_of(result)
    assert result.exit_code == REFUSED
    assert made["program"] is None
    for day in ("daily", "daily_worst"):
        assert made[day] == {"volume_ml": None, "drugs": {"morphine": None}}
    assert made["priming"]["volume_ml"] == pytest.approx(0.3358)
    assert {made["refill"][key] for key in ("days", "latest_safe_days", "limited_by")} == {None}
