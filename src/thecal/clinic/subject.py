"""What every subject's app does when the clinic starts: enter services, page sections, menu."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import ClassVar

from django.apps import AppConfig

ENTERS = ("services", "tellers", "projections", "sections", "menu", "histories")


class SubjectApp(AppConfig):
    """An app of the clinic; those modules of it that enter something are imported at the start."""

    default = False  # Django asks which of an app's configurations is the one
    enters: ClassVar[tuple[str, ...]] = ENTERS

    def ready(self) -> None:
        """Import them."""
        for module in self.enters:
            name = f"{self.name}.{module}"
            if find_spec(name):
                import_module(name)
