"""``thecal simulate``: a fault either happens in the rehearsal or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from orders import BACLOFEN
from typer.testing import CliRunner, Result

from thecal.cli import app
from thecal.cli.edges import BAD_INPUT


def simulate(folder: Path, *arguments: str) -> Result:
    path = folder / "rx.toml"
    path.write_text(BACLOFEN.text, encoding="utf-8")
    return CliRunner().invoke(app, ["simulate", str(path), *arguments])


@pytest.mark.parametrize("fault", ["stall@1d", "magnet@1d+3d"])
def test_a_fault_that_begins_within_the_run_happens(tmp_path: Path, fault: str) -> None:
    result = simulate(tmp_path, "--days", "2", "--fault", fault)
    assert result.exit_code == 0
    assert "Alarm motor-stall from day 1.0" in result.stdout


def test_a_fault_after_the_end_of_the_run_is_refused_in_one_line(tmp_path: Path) -> None:
    result = simulate(tmp_path, "--days", "2", "--fault", "stall@1d", "--fault", "reset@3d")
    assert result.exit_code == BAD_INPUT
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "reset@3d" in result.stderr
