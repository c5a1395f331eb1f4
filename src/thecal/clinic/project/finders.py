"""Files that a browser gets straight out of a library's wheel."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, overload

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

_NAME = "bokeh.min.js"


class OfBokeh(FileSystemStorage):
    """The scripts in Bokeh's wheel, served below ``bokeh/``."""

    prefix = "bokeh"


class FromWheels(BaseFinder):
    """Bokeh's one script of many; htmx comes by its own app."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        found = find_spec("bokeh")  # not imported: that takes its time at every start
        folder = Path(found.origin).parent if found and found.origin else Path()
        self._scripts = OfBokeh(location=folder / "server" / "static" / "js")

    def check(self, **_kwargs: Any) -> list[Any]:
        """Nothing: a file that is not there is found out by whoever asks for it."""
        return []

    @overload
    def find(self, path: str, find_all: Literal[False] = ...) -> str | None: ...
    @overload
    def find(self, path: str, find_all: Literal[True]) -> list[str]: ...
    def find(self, path: str, find_all: bool = False) -> str | list[str] | None:
        """Where a file is that this finder has."""
        found = self._scripts.path(_NAME) if path == f"{OfBokeh.prefix}/{_NAME}" else None
        return ([found] if found else []) if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:  # noqa: ARG002
        """Every file that it has."""
        yield _NAME, self._scripts
