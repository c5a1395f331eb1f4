"""Looking things up: each has its page, and each figure stands there with its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import staff
from django.test import Client, override_settings
from django.urls import reverse
from exchanging import reader

from thecal.care import (
    figures,
    gate_cards,
    instruments,
    requirement_cards,
    rules,
    surveillance_questions,
    task_cards,
)
from thecal.clinic.browse.shelves import leaves, search
from thecal.clinic.browse.templatetags.rule_links import rule_link
from thecal.clinic.pathway import figures as clinic_figures
from thecal.clinic.people.roles import Role
from thecal.clinic.project.environment import read
from thecal.devices import catheters, pumps
from thecal.formulary import admixtures, conversions, drugs
from thecal.therapy.labelling import labelling
from thecal.therapy.rules import CARDS
from thecal.therapy.rules.hazards import hazards
from thecal.therapy.thresholds import Thresholds, thresholds
from thecal.units import CONCENTRATION, Figure

pytestmark = [
    pytest.mark.usefixtures("record"),
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]
LARGEST_BYTES = 150_000
_TAGS = re.compile(r"<[^>]+>")


def plain(text: str) -> str:
    return " ".join(unescape(_TAGS.sub(" ", text)).split())


def rows_of(address: str) -> tuple[list[str], str]:
    """The rows of a page's tables, and all of it, as plain text."""
    answer = reader().get(address)
    assert answer.status_code == 200, address
    assert len(answer.content) < LARGEST_BYTES, address
    text = answer.content.decode()
    return [plain(row) for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL)], plain(text)


def missing(rows: list[str], *parts: object) -> list[str]:
    """The parts, if no one row has all of them."""
    wanted = [" ".join(str(part).split()) for part in parts]
    return [] if any(all(part in row for part in wanted) for row in rows) else wanted


@pytest.mark.parametrize("name", drugs())
def test_every_figure_of_a_drug_stands_on_its_page_with_its_source(name: str) -> None:
    drug, (rows, text) = drugs()[name], rows_of(f"/formulary/drugs/{name}")
    for limit in drug.limits:
        for value in (limit.low_value, limit.high_value):
            if value is not None:
                shown = drug.show(value, limit.kind)
                parts = (shown, limit.layer, limit.source, limit.provenance, limit.meaning)
                assert missing(rows, *parts) == []
    for product in drug.products:
        strength = drug.show(product.concentration.value, CONCENTRATION)
        source, known = product.concentration.source, product.concentration.provenance
        assert missing(rows, product.name, strength, source, known) == []
    for one in drug.stability:
        assert missing(rows, one.days, one.result, one.days.source, one.days.provenance) == []
    for note in drug.notes:
        assert missing(rows, note.text, note.source, note.provenance) == []
    if not drug.stability:
        assert "no published figure" in text


@pytest.mark.parametrize("shelf", ["pumps", "catheters"])
def test_every_figure_of_a_device_stands_on_its_page_and_every_blank_is_said(shelf: str) -> None:
    for key, device in (pumps() if shelf == "pumps" else catheters()).items():
        rows, _ = rows_of(f"/formulary/{shelf}/{key}")
        blanks = 0
        for name in type(device).model_fields:
            value = getattr(device, name)
            if isinstance(value, Figure):
                assert missing(rows, value, value.source, value.provenance) == [], (key, name)
            blanks += value is None
        assert sum("no published figure" in row for row in rows) == blanks, key
        for note in device.notes:
            assert missing(rows, note.text, note.source) == []


@pytest.mark.parametrize("family", sorted({code.split(".")[0] for code in CARDS}))
def test_every_rule_of_the_checks_has_its_page_with_its_sources(family: str) -> None:
    for code, card in CARDS.items():
        if code.split(".")[0] == family:
            rows, text = rows_of(f"/formulary/rules/{code}")
            assert " ".join(card.title.split()) in text
            for part in (*card.sources(), *card.severities):
                assert missing(rows, part) == [], code
            assert all(hazard in text for hazard in card.hazards)


def test_every_hazard_has_its_page_with_what_meets_it() -> None:
    for key, hazard in hazards().items():
        rows, text = rows_of(f"/formulary/hazards/{key}")
        assert " ".join(hazard.happened.split()) in text
        assert missing(rows, hazard.source) == missing(rows, hazard.control) == []
        assert all(missing(rows, code, CARDS[code].title) == [] for code in hazard.rules)


def test_what_goes_for_several_drugs_stands_with_its_source() -> None:
    rows, _ = rows_of("/formulary/admixtures")
    for one in admixtures():
        days = one.days or "no published figure"
        parts = (" + ".join(sorted(one.drugs)), days, one.result, one.source, one.provenance)
        assert missing(rows, *parts) == []
    rows, _ = rows_of("/formulary/conversions")
    for way in conversions():
        ratio = f"{way.from_amount} : {way.to_amount}"
        assert missing(rows, ratio, way.caution, way.source, way.provenance) == []
    rows, _ = rows_of("/formulary/labelling")
    for status in labelling():
        assert missing(rows, status.drug, status.family, status.source) == []
    rows, _ = rows_of("/formulary/thresholds")
    for name in Thresholds.model_fields:
        figure = getattr(thresholds(), name)
        assert missing(rows, figure, figure.source, figure.provenance) == []


def test_every_rule_of_care_has_its_page_and_every_figure_its_source() -> None:
    assert sum(one.number is not None for one in rules().values()) == 8
    for code, rule in rules().items():
        _, text = rows_of(f"/formulary/care/{code}")
        for part in (rule.text, rule.source, str(rule.provenance)):
            assert " ".join(part.split()) in text, code
    rows, _ = rows_of("/formulary/figures")
    for key, figure in figures().items():
        source = figure.source if figure.value is not None else "no published figure"
        assert missing(rows, key, figure, source, figure.rule) == []
    for question in surveillance_questions().values():
        assert missing(rows, question.text, question.source) == []
    rows, _ = rows_of("/formulary/instruments")
    for one in instruments().values():
        assert missing(rows, one.name, one.written, one.source) == []


def test_every_gate_requirement_and_task_has_its_page() -> None:
    for code, gate in gate_cards().items():
        rows, text = rows_of(f"/formulary/gates/{code}")
        assert gate.title in text
        assert all(missing(rows, one) == [] for one in gate.requires)
    for code, requirement in requirement_cards().items():
        rows, _ = rows_of(f"/formulary/requirements/{code}")
        assert missing(rows, requirement.opens) == []
        assert all(missing(rows, one, rules()[one].source) == [] for one in requirement.rules)
    for code, task in task_cards().items():
        rows, _ = rows_of(f"/formulary/tasks/{code}")
        assert missing(rows, task.closes) == []


@pytest.fixture
def own_figures(tmp_path: Path) -> Iterator[None]:
    """A clinic that works by a figure of its own."""
    file = tmp_path / "figures.toml"
    file.write_text('schema = 1\n[figures]\nrefill-reminder-first = "21 day"\n')
    variables = {"THECAL_CLINIC_MODE": "development", "THECAL_CLINIC_FIGURES": str(file)}
    with override_settings(THECAL=read(variables)):
        assert clinic_figures.in_force().own
        yield


@pytest.mark.usefixtures("own_figures")
def test_the_published_figure_stands_beside_the_clinic_s_own() -> None:
    published = figures()["refill-reminder-first"]
    for address in ("/formulary/figures", "/formulary/care/practice.refill-date"):
        rows, _ = rows_of(address)
        parts = ("21 day", "the clinic's own figure", published, published.source)
        assert missing(rows, "refill-reminder-first", *parts) == []


def test_the_index_lists_everything_and_a_search_finds_it() -> None:
    text = reader().get("/formulary").content.decode()
    listed = list(leaves())
    assert [one.address for one in listed if f'href="{one.address}"' not in text] == []
    assert len(text.encode()) < LARGEST_BYTES
    assert [one.key for one in search("leaflet.4")][:1] == ["leaflet.4"]
    assert next((one.shelf, one.key) for one in search("ZICONOTIDE")) == ("drugs", "ziconotide")
    found = reader().get("/formulary", {"q": "synchromed tubing"}).content.decode()
    assert "/formulary/pumps/synchromed-ii-20" in found
    assert "/formulary/drugs/baclofen" not in found
    assert search("") == search("no such word anywhere") == []


def test_no_two_things_have_one_address_and_every_link_leads_somewhere() -> None:
    listed = [one.address for one in leaves()]
    assert len(set(listed)) == len(listed)
    links = {
        cell.link
        for one in leaves()
        for grid in one.grids
        for row in grid.rows
        for cell in row
        if cell.link
    }
    assert links
    assert links <= set(listed)


def test_a_finding_s_code_leads_to_its_rule() -> None:
    for code in CARDS:
        assert f'href="{reverse("browse.leaf", args=["rules", code])}"' in rule_link(code)
    assert "href" not in rule_link("no.such-rule")


def test_whoever_is_signed_in_may_look_things_up_and_nobody_else() -> None:
    assert reader(Role.ADMINISTRATOR).get("/formulary").status_code == 200
    assert Client().get("/formulary/drugs/morphine").status_code == 302
    for wrong in ("drugs/nothing", "nothing", "rules/no.such", "drugs/%2e%2e"):
        assert reader().get(f"/formulary/{wrong}").status_code == 404
    assert staff.clinic()
