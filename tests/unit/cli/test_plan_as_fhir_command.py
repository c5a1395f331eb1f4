"""``thecal plan --fhir``: a valid bundle for every plan, one clear line where it cannot be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from orders import Order
from typer.testing import CliRunner, Result
from validator import complaints

from thecal.cli import app
from thecal.cli.edges import BAD_INPUT, REFUSED
from thecal.fhir import loads, read_plan
from thecal.therapy.file.reading import read

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
ACCEPTED = EXAMPLES / "baclofen-2000-to-500.toml"
HOURLY = EXAMPLES / "refused-hourly-for-daily.toml"


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, ["plan", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize(("rx", "code"), [(ACCEPTED, 0), (HOURLY, REFUSED)])
def test_the_bundle_is_valid_and_holds_the_prescription(
    rx: Path, code: int, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "plan.json"
    assert run(rx, "--fhir", out).exit_code == code
    text = out.read_text(encoding="utf-8")
    assert complaints([text]) == []
    assert read_plan(loads(text)).prescription == read(rx)


def test_a_place_that_cannot_be_written_is_one_line_and_exit_2(tmp_path: Path) -> None:
    result = run(ACCEPTED, "--fhir", tmp_path)
    assert result.exit_code == BAD_INPUT
    assert result.stderr.count("\n") == 1
    assert "cannot write" in result.stderr


def test_a_name_that_fhir_forbids_is_one_line_and_exit_2(tmp_path: Path) -> None:
    rx = tmp_path / "rx.toml"
    text = Order(signed=("label.off-label",)).text
    rx.write_text(text.replace("name of the physician", "a\\u0001b"), encoding="utf-8")
    result = run(rx, "--fhir", tmp_path / "plan.json")
    assert result.exit_code == BAD_INPUT
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize("library", ["fhir.resources", "simplejson"])
def test_without_the_extra_one_line_says_what_to_install(library: str, tmp_path: Path) -> None:
    program = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "import thecal.cli; sys.argv[0] = 'thecal'; thecal.cli.main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "plan", ACCEPTED, "--fhir", tmp_path / "plan.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == BAD_INPUT
    assert ran.stderr.count("\n") == 1
    assert "install thecal[fhir]" in ran.stderr


def test_a_plan_without_the_option_needs_no_extra() -> None:
    program = (
        "import sys; sys.modules['fhir'] = None; sys.modules['simplejson'] = None\n"
        "import thecal.cli; sys.argv[0] = 'thecal'; thecal.cli.main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "plan", ACCEPTED], capture_output=True, check=False
    )
    assert ran.returncode == 0
