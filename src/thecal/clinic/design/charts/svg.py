"""Elements of SVG as text, with everything that comes from outside escaped."""

from __future__ import annotations

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from thecal.clinic.design.charts.chart import Words

Attribute = Words | int | float | None


def element(name: str, *inside: Words, **attributes: Attribute) -> SafeString:
    """An element; ``class_`` is its class, ``_`` in a name reads as ``-``, None is left out."""
    said = "".join(_attribute(key, value) for key, value in attributes.items())
    body = "".join(_escaped(one) for one in inside)
    return mark_safe(f"<{name}{said}>{body}</{name}>" if body else f"<{name}{said}/>")  # noqa: S308


def _attribute(name: str, value: Attribute) -> str:
    if value is None:
        return ""
    plain = name.rstrip("_") if name in _CASED else name.rstrip("_").replace("_", "-")
    return f' {plain}="{_shown(value)}"'


def _shown(value: Words | float) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value) if isinstance(value, int) else _escaped(value)


def _escaped(text: Words) -> str:
    return conditional_escape(text if isinstance(text, SafeString) else str(text))


_CASED = frozenset({"viewBox", "preserveAspectRatio"})


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> SafeString:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def words(x: float, y: float, text: Words, kind: str = "label") -> SafeString:
    """A text at a place."""
    return element("text", text, x=x, y=y, class_=kind)


def picture(
    width: float,
    height: float,
    title: Words,
    description: Words,
    *inside: Words,
    kind: str,
    role: str = "img",
) -> SafeString:
    """A whole picture, with its title and description for who cannot see it.

    One with links inside is a ``group``: what is within an ``img`` cannot be reached.
    """
    return element(
        "svg",
        element("title", title),
        element("desc", description) if description else "",
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role=role,
        class_=kind,
        aria_label=f"{title}. {description}" if description else str(title),
    )
