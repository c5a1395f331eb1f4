"""The FHIR page names every resource, kind of fact, extension and system in use."""

import re
from pathlib import Path

import generate
import pytest

from thecal import fhir
from thecal.care.facts import EVENTS
from thecal.fhir.names import mapping, names
from thecal.fhir.wire import RESOURCES

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "".join(
    path.read_text(encoding="utf-8") for path in Path(fhir.__file__).parent.rglob("*.py")
)


@pytest.fixture(scope="module")
def page() -> str:
    return generate.pages(ROOT / "docs")["fhir.md"]


def test_every_resource_fact_extension_and_system_is_documented(page: str) -> None:
    every = [*RESOURCES, *EVENTS, *names().extension, *names().own]
    assert [name for name in every if f"`{name}`" not in page] == []


def test_the_mapping_has_every_resource_in_use_and_no_other() -> None:
    assert {row.resource for row in mapping()} == set(RESOURCES)


def test_every_extension_and_system_that_is_declared_is_used() -> None:
    calls = r'(?:extensions?|group|own_\w+|need_own_code)\(\s*"([\w-]+)"'
    used = set(re.findall(calls, SOURCE))
    assert sorted(set(names().extension) - used) == []
    assert sorted(set(names().own) - used) == []


def test_names_are_of_no_host_that_could_answer() -> None:
    host = names().base.partition("://")[2].partition("/")[0]
    assert host.endswith((".example", ".invalid"))
