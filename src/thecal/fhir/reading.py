"""A place in a resource that is being read: its value, and the path that an error names."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from thecal.fhir.errors import FhirError
from thecal.fhir.names import extension_url, own_system

_SHOWN = 60


class Place:
    """A value of a resource with its FHIRPath; every step that fails says where."""

    def __init__(self, value: Any, path: str) -> None:
        self.value, self.path = value, path

    def fail(self, expected: str) -> NoReturn:
        """This value is not what was expected.

        Raises:
            FhirError: always, with the path.
        """
        raise FhirError(self.path, expected)

    def get(self, key: str) -> Place | None:
        """The element of a name, None if absent."""
        if not isinstance(self.value, dict):
            self.fail("is not an object")
        return Place(self.value[key], f"{self.path}.{key}") if key in self.value else None

    def need(self, key: str) -> Place:
        """The element of a name.

        Raises:
            FhirError: it is absent.
        """
        found = self.get(key)
        if found is None:
            raise FhirError(f"{self.path}.{key}", "is missing")
        return found

    def items(self, key: str) -> list[Place]:
        """The members of a repeated element, none if it is absent."""
        found = self.get(key)
        if found is None:
            return []
        if not isinstance(found.value, list):
            found.fail("is not a list")
        return [Place(one, f"{found.path}[{n}]") for n, one in enumerate(found.value)]

    def only(self, key: str) -> Place:
        """The one member of a repeated element.

        Raises:
            FhirError: there is none, or more than one.
        """
        found = self.items(key)
        if len(found) != 1:
            raise FhirError(f"{self.path}.{key}", f"has {len(found)} members; expected one")
        return found[0]

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            self.fail(f"{self.shown} is not a string")
        return str(self.value)

    def whole(self) -> int:
        """An integer."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.fail(f"{self.shown} is not an integer")
        return int(self.value)

    def number(self) -> Decimal:
        """A number, exact."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            self.fail(f"{self.shown} is not a number")
        return Decimal(self.value)

    def truth(self) -> bool:
        """A boolean."""
        if not isinstance(self.value, bool):
            self.fail(f"{self.shown} is not a boolean")
        return bool(self.value)

    def moment(self) -> datetime:
        """An instant with its offset from UTC."""
        try:
            at = datetime.fromisoformat(self.text())
        except ValueError:
            at = None
        if at is None or at.utcoffset() is None:
            self.fail(f"{self.shown} is not an instant with an offset from UTC")
        return at

    def day(self) -> date:
        """A whole date."""
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            self.fail(f"{self.shown} is not a date")

    def word(self, *known: str) -> str:
        """A code, one of those known."""
        if self.text() not in known:
            self.fail(f"{self.shown} is not one of: {', '.join(known)}")
        return self.text()

    def own_code(self, system: str) -> str | None:
        """The code of a concept in one of Thecal's own systems, None if it has none there."""
        url = own_system(system)
        codes = [
            coding.need("code").text()
            for coding in self.items("coding")
            if coding.value.get("system") == url
        ]
        if len(codes) > 1:
            self.fail(f"has {len(codes)} codings of {url}; expected one")
        return codes[0] if codes else None

    def need_own_code(self, system: str) -> str:
        """The code of a concept in one of Thecal's own systems.

        Raises:
            FhirError: it has none there.
        """
        code = self.own_code(system)
        if code is None:
            self.fail(f"has no coding of {own_system(system)}")
        return code

    def extensions(self, name: str) -> list[Place]:
        """The extensions of one of Thecal's own names."""
        return [
            one for one in self.items("extension") if one.value.get("url") == extension_url(name)
        ]

    def extension(self, name: str) -> Place | None:
        """The extension of one of Thecal's own names, None if absent."""
        return self._one(self.extensions(name), extension_url(name))

    def part(self, name: str) -> Place | None:
        """A part of an extension, None if absent."""
        return self._one(self.parts(name), name)

    def parts(self, name: str) -> list[Place]:
        """The parts of an extension that have this name."""
        return [one for one in self.items("extension") if one.value.get("url") == name]

    def _one(self, found: list[Place], name: str) -> Place | None:
        if len(found) > 1:
            self.fail(f"has {len(found)} extensions {name}; expected one")
        return found[0] if found else None

    def part_text(self, name: str, kind: str = "valueString") -> str:
        """The text of a part of an extension, empty if absent."""
        found = self.part(name)
        return found.need(kind).text() if found else ""

    @property
    def shown(self) -> str:
        """The value for a message, shortened."""
        text = repr(self.value) if not isinstance(self.value, Decimal) else str(self.value)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
