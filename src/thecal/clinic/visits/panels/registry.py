"""The panels by name, each a template and the function that reads what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from thecal.clinic.visits.scene import Scene

Shows = Callable[[Scene], Mapping[str, Any]]
_panels: dict[str, tuple[str, Shows]] = {}


def panel(name: str, template: str = "") -> Callable[[Shows], Shows]:
    """Enter a panel.

    Args:
        name: by which steps name it.
        template: of the folder ``visits/panels``; that of its name if empty.
    """

    def put(shows: Shows) -> Shows:
        _panels[name] = (f"visits/panels/{template or name}.html", shows)
        return shows

    return put


def names() -> frozenset[str]:
    """Every panel's name."""
    return frozenset(_panels)


def drawn(name: str, scene: Scene) -> SafeString | str:
    """A panel's HTML; nothing for a step that has none."""
    if not name:
        return ""
    template, shows = _panels[name]
    context = {"patient": scene.patient, "now": scene.now, **shows(scene)}
    return render_to_string(template, context)
