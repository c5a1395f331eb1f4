"""The hazard file is true: its tests exist, its rules exist, and nothing is left out of it."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from thecal.cli import app
from thecal.therapy.rules import CARDS

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
ROOMS = {path.name for path in (ROOT / "src" / "thecal").iterdir() if path.is_dir()}
HAZARDS: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "src" / "thecal" / "therapy" / "rules" / "hazards.toml").read_text(encoding="utf-8")
)["hazard"]
KEYS = {"id", "happened", "source", "control", "rooms", "rules", "tests", "status"}
BY_ID = pytest.mark.parametrize("hazard", HAZARDS, ids=[one["id"] for one in HAZARDS])
_ID = re.compile(r"h(\d\d)")


def functions_in(path: Path) -> set[str]:
    """The test functions that pytest collects from a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_hazards_are_h01_to_h23_each_once_and_in_order() -> None:
    assert [one["id"] for one in HAZARDS] == [f"H{number:02d}" for number in range(1, 24)]
    assert app.registered_commands  # the command line has entered every rule


@BY_ID
def test_hazard_has_all_its_fields(hazard: dict[str, Any]) -> None:
    missing = {"missing"} if hazard["status"] == "later" else set()
    assert set(hazard) == KEYS | missing
    assert hazard["status"] in {"met", "later"}
    texts = [hazard[key] for key in ("happened", "source", "control", *missing)]
    assert all(isinstance(text, str) and text.strip() for text in texts)
    assert set(hazard["rooms"]) <= ROOMS


@BY_ID
def test_hazard_that_is_met_names_tests_and_every_test_named_exists(hazard: dict[str, Any]) -> None:
    assert hazard["tests"] or hazard["status"] == "later"
    for named in hazard["tests"]:
        file, name = named.split("::")
        assert name in functions_in(ROOT / file), named
        assert hazard["id"][1:] in _ID.findall(Path(file).stem), f"{file} is of another hazard"


@BY_ID
def test_every_rule_named_exists_and_names_the_hazard_back(hazard: dict[str, Any]) -> None:
    unknown = set(hazard["rules"]) - set(CARDS)
    assert not unknown
    answering = {code for code, card in CARDS.items() if hazard["id"] in card.hazards}
    assert answering <= set(hazard["rules"]), "a rule answers this hazard and is not named in it"


def test_every_hazard_that_a_rule_names_exists() -> None:
    known = {one["id"] for one in HAZARDS}
    for card in CARDS.values():
        assert set(card.hazards) <= known, card.code


def test_every_test_of_this_folder_is_traced_from_a_hazard() -> None:
    traced = {named for one in HAZARDS for named in one["tests"]}
    here = {
        f"tests/hazards/{path.name}::{name}"
        for path in HERE.glob("test_h[0-9][0-9]_*.py")
        for name in functions_in(path)
    }
    assert here == {named for named in traced if named.startswith("tests/hazards/")}
    others = {path.name for path in HERE.glob("test_*.py")} - {
        named.split("::")[0].rpartition("/")[2] for named in traced
    }
    assert others == {Path(__file__).name}


def test_hazards_of_this_release_are_met() -> None:
    met = {one["id"] for one in HAZARDS if one["status"] == "met"}
    numbers = (1, 2, 3, 4, 7, 8, 9, 10, 12, 13, 16, 17, 18, 20, 21, 23)
    assert {f"H{number:02d}" for number in numbers} <= met
