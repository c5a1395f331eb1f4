"""What every page's frame knows: the theme that a person chose."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

THEME_COOKIE = "thecal_theme"
THEMES = ("light", "dark")


def theme_of(request: HttpRequest) -> str:
    """The theme that was chosen; empty: as the system has it."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """A context processor."""
    return {"theme": theme_of(request)}
