"""The catalogues of the interface's texts: collect what the source says, and compile what they say.

``python -m thecal.clinic.project.messages`` renews every catalogue: texts of Python by Babel, of
templates by Django's own lexer, and those that stand in orders, actions and data files, which
pages translate as they show them. What is new is left untranslated, and counted. Babel is a tool
of development: the clinic itself runs on the compiled files.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize
from pydantic import BaseModel

HERE = Path(__file__).resolve().parents[1]
LOCALE = HERE / "locale"
LANGUAGES = ("es",)
_FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_UNDATED = datetime(2026, 1, 1, tzinfo=UTC)
"""The catalogue changes with the texts alone, not with the day."""
_HEADER = "# The clinic's interface. Not reviewed by clinicians.\n"
Message = tuple[str, str | tuple[str, ...], str | None]
"""Place, text (or singular and plural), and context."""


def of_python() -> Iterator[Message]:
    """Every text that the clinic's modules mark."""
    for file in sorted(HERE.rglob("*.py")):
        if "migrations" not in file.parts:
            with file.open("rb") as source:
                for _, text, _, context in extract("python", source, keywords=_FUNCTIONS):
                    yield _place(file), text, context


def of_templates() -> Iterator[Message]:
    """Every text that the clinic's templates mark."""
    for file in sorted((*HERE.rglob("templates/**/*.html"), *HERE.rglob("templates/**/*.txt"))):
        written = templatize(file.read_text(encoding="utf-8"), origin=str(file))
        marked = "\n".join(_calls(written)).encode("utf-8")
        for _, text, _, context in extract("python", io.BytesIO(marked), keywords=_FUNCTIONS):
            yield _place(file), text, context


_CALL = re.compile(
    r"\b(?:_|gettext|ngettext|pgettext|npgettext)\("
    r"(?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|[\s,]|count)*\)"
)


def _calls(written: str) -> Iterator[str]:
    """The calls that Django's lexer makes of a template's marks; all else is a blank."""
    yield from (" ".join(found.group().split("\n")) for found in _CALL.finditer(written))


def of_registries() -> Iterator[Message]:
    """What pages translate as they show it: actions, orders' parts, the texts of data files."""
    from thecal import care, formulary  # noqa: PLC0415  (Django is set up first)
    from thecal.clinic.for_patient.signs import signs  # noqa: PLC0415
    from thecal.clinic.record.services import services  # noqa: PLC0415

    for name, service in services().items():
        yield f"action {name}", service.action.title, None
        yield from _of_order(name, service.order)
    for gate in care.gate_cards().values():
        yield f"gate {gate.code}", gate.title, None
    for card in care.requirement_cards().values():
        yield f"requirement {card.code}", card.text, None
        yield f"requirement {card.code}", card.opens, None
    for code, task in care.task_cards().items():
        yield f"task {code}", task.title, None
    for key, instrument in care.instruments().items():
        yield f"instrument {key}", instrument.name, None
    for one in care.surveillance_questions().values():
        yield f"question {one.id}", one.text, None
    for drug in formulary.drugs():
        yield f"drug {drug}", drug, None
    for sign in signs():
        yield f"sign {sign.origin}", sign.text, None


def _of_order(name: str, order: object) -> Iterator[Message]:
    from thecal.clinic.record.forms import kind_of, label_of  # noqa: PLC0415

    if not (isinstance(order, type) and issubclass(order, BaseModel)):
        return
    for part, field in order.model_fields.items():
        inner = kind_of(field.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _of_order(name, inner)
            continue
        yield f"order of {name}", label_of(part, field), None
        if field.description:
            yield f"order of {name}", field.description, None


def _place(file: Path) -> str:
    return file.relative_to(HERE).as_posix()


def collected() -> list[Message]:
    """Everything, in the order of the places."""
    return [*of_python(), *of_templates(), *of_registries()]


def renew(messages: Iterable[Message], language: str) -> tuple[int, int]:
    """Renew a language's catalogue; how many texts it has, and how many are not translated."""
    file = _po(language)
    old = Catalog(locale=language)
    if file.exists():
        with file.open("rb") as source:
            old = read_po(source, locale=language)
    new = Catalog(
        locale=language,
        header_comment=_HEADER,
        project="Thecal",
        version="0",
        charset="utf-8",
        creation_date=_UNDATED,
        revision_date=_UNDATED,
        last_translator="the Thecal developers",
        language_team=language,
        fuzzy=False,
    )
    for place, text, context in messages:
        new.add(text, None, locations=[(place, None)], context=context)  # type: ignore[list-item]
    for message in new:
        if message.id and (before := old.get(_key(message.id), message.context)):
            message.string = before.string
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, new, sort_output=True, omit_header=False, width=98)
    return len(new), sum(1 for one in new if one.id and not is_whole(one.string))


def _key(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]


def is_whole(string: object) -> bool:
    """Whether a translation is there, every plural of it."""
    if isinstance(string, list | tuple):
        return bool(string) and all(string)
    return bool(string)


def compiled(language: str) -> bytes:
    """What a catalogue compiles to."""
    with _po(language).open("rb") as source:
        catalogue = read_po(source, locale=language)
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def _po(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def main() -> int:
    """Renew and compile every catalogue; 1 if a text is not translated."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thecal.clinic.project.development")
    django.setup()
    messages, missing = collected(), 0
    for language in LANGUAGES:
        whole, open_ones = renew(messages, language)
        _po(language).with_suffix(".mo").write_bytes(compiled(language))
        sys.stdout.write(f"{language}: {whole} texts, {open_ones} not translated\n")
        missing += open_ones
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
