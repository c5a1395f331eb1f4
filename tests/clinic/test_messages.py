"""The interface's translations: whole, true to their source, and compiled as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import gettext

from thecal.clinic.project import messages

_PLACE = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|<[^>]+>|\{[a-z_]*\}")
RENEW = "run `make messages`, and translate what is new"


def catalogue(language: str) -> Catalog:
    file = messages.LOCALE / language / "LC_MESSAGES" / "django.po"
    with file.open("rb") as source:
        return read_po(source, locale=language)


def texts(language: str) -> Iterator[Message]:
    return (one for one in catalogue(language) if one.id)


def forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, list | tuple) else (str(text),)


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_the_catalogue_has_every_text_of_the_source_and_no_other(language: str) -> None:
    source = {(forms(text)[0], context) for _, text, context in messages.collected()}
    there = {(forms(one.id)[0], one.context) for one in texts(language)}
    assert sorted(map(str, source - there)) == [], RENEW
    assert sorted(map(str, there - source)) == [], RENEW


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    missing = [one.id for one in texts(language) if not messages.is_whole(one.string)]
    assert missing == [], RENEW
    assert not any(one.fuzzy for one in texts(language))


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_translation_has_the_places_of_its_source(language: str) -> None:
    wrong = [
        one.id
        for one in texts(language)
        for said in forms(one.string)
        if sorted(_PLACE.findall(said)) != sorted(_PLACE.findall(forms(one.id)[-1]))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    file = messages.LOCALE / language / "LC_MESSAGES" / "django.mo"
    assert file.read_bytes() == messages.compiled(language), RENEW


def test_figures_in_a_translation_are_those_of_its_source() -> None:
    """A digit that differs would be another dose, day or level."""
    wrong = [
        one.id
        for one in texts("es")
        for said in forms(one.string)
        if sorted(re.findall(r"\d+", said)) != sorted(re.findall(r"\d+", forms(one.id)[-1]))
    ]
    assert wrong == []


def test_pages_speak_it() -> None:
    with translation.override("es"):
        assert gettext("Refill due") == "Recarga vence"


def test_a_number_is_written_with_a_point_in_every_language() -> None:
    """A comma is read in two ways, and no page takes one; a drawing's coordinates need a point."""
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            assert Template("{{ dose }} {{ big }}").render(
                Context({"dose": 0.25, "big": 1000.5})
            ) == ("0.25 1000.5")
