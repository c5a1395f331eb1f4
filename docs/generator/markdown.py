"""The little Markdown that the generated pages need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

NOT_PUBLISHED = "not published"
MADE_FROM = "*Generated from {source}; do not edit.*"


def plain(text: str) -> str:
    """Text that Markdown is not to interpret."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", " ".join(text.split()))


def prose(text: str) -> str:
    """A docstring's text: its literals and roles become Markdown's."""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", " ".join(text.split()))
    return text.replace("``", "`")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown without line breaks."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def page(title: str, *parts: str, source: str) -> str:
    """A page with its title and where it comes from; empty parts are left out."""
    shown = [f"# {title}", *parts, MADE_FROM.format(source=source)]
    return "\n\n".join(part for part in shown if part) + "\n"


def section(title: str, *parts: str, anchor: str = "", level: int = 2) -> str:
    """A section, with an anchor that other pages may link to; empty if it has no text."""
    shown = [part for part in parts if part]
    head = [f"({anchor})="] if anchor else []
    return "\n\n".join(["\n".join([*head, f"{'#' * level} {title}"]), *shown]) if shown else ""


def contents(entries: Iterable[str]) -> str:
    """A table of contents that is in the sidebar only."""
    return "\n".join(["```{toctree}", ":hidden:", "", *entries, "```"])


def words(name: str) -> str:
    """A field's name as words."""
    return name.replace("_", " ")
