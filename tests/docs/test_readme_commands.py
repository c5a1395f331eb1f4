"""README and CONTRIBUTING name commands, folders and pages that exist, and leave no room out."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(
    folder.name
    for folder in (ROOT / "src" / "thecal").iterdir()
    if (folder / "__init__.py").is_file()
)
NAMED = re.compile(r"(?:`|\$ |^)make (?:--no-print-directory )?([a-z]+)", re.MULTILINE)
PLACES = re.compile(r"https?://|--index-url|--extra-index|/work/|/tmp/|/root/")
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "constraints.txt", ".ci/run"])
def test_every_make_command_that_is_named_exists(name: str) -> None:
    named = set(NAMED.findall(_read(name)))
    assert named
    assert named <= set(TARGET.findall(_read("Makefile")))


def test_readme_opens_with_its_two_commands() -> None:
    block = re.search(r"```console\n(.*?)```", _read("README.md"), re.DOTALL)
    assert block is not None
    assert block[1].split("\n") == ["$ make run", "$ make test", ""]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_room_is_named(name: str) -> None:
    text = _read(name)
    missing = [room for room in ROOMS if f"  {room}/ " not in text and f"| `{room}` |" not in text]
    assert missing == []


def test_every_make_command_says_what_it_does() -> None:
    told = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY: (.*)$", _read("Makefile"), re.MULTILINE)
    assert phony is not None
    for command in phony[1].split():
        assert f"make {command} " in told.stdout


def test_ci_ends_with_readmes_test_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    made = re.findall(r"^make --no-print-directory (\w+)", _read(".ci/run"), re.MULTILINE)
    assert made == ["check", "test"]


def test_what_make_run_plans_is_shipped() -> None:
    example = re.search(r"^RX := (.+)$", _read("Makefile"), re.MULTILINE)
    assert example is not None
    assert (ROOT / example[1]).is_file()


def test_no_file_at_the_root_names_a_registry_or_this_machine() -> None:
    for name in ("Makefile", "constraints.txt", ".ci/run", "pyproject.toml"):
        assert PLACES.search(_read(name)) is None, name
