"""The components as tags: ``{% load components %}``; each is shown on ``/design``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from thecal.clinic.design.charts import Chart
from thecal.clinic.design.charts.svg import element

register = template.Library()
_QUANTITY = re.compile(r"\s*([+−-]?[\d.]+)\s+(\S.*)", re.DOTALL)
SEVERITIES = {"stop": "stop", "confirm": "confirm", "note": "note"}


@register.filter
def dose(text: object) -> SafeString:
    """A quantity as text, ``"0.25 mg/day"``: its number strong, never apart from its unit."""
    found = _QUANTITY.fullmatch(str(text))
    if found is None:
        return format_html('<span class="dose">{}</span>', text)
    return format_html('<span class="dose"><b>{}</b> {}</span>', found[1], found[2])


@register.filter
def big_dose(text: object) -> SafeString:
    """Likewise, as the large figure of a card."""
    return SafeString(dose(text).replace('class="dose"', 'class="dose big"', 1))


@register.simple_tag
def badge(text: object, kind: str = "") -> SafeString:
    """A word in a coloured frame; the word says it, the colour only repeats it."""
    return format_html('<span class="badge{}">{}</span>', f" badge--{kind}" if kind else "", text)


@register.inclusion_tag("design/finding.html")
def finding(one: Any) -> dict[str, Any]:
    """A rule's finding: what was asked, the limit, its layer and its source.

    Args:
        one: a ``therapy.Finding``, or a mapping or object with the same parts.
    """
    return {"one": one, "severity": SEVERITIES.get(str(_part(one, "severity")), "note")}


def _part(one: Any, name: str) -> Any:
    return one.get(name, "") if isinstance(one, Mapping) else getattr(one, name, "")


@register.inclusion_tag("design/stepper.html")
def stepper(steps: Sequence[tuple[Any, str]], title: str = "") -> dict[str, Any]:
    """The steps of a visit.

    Args:
        steps: the title of each, and ``done``, ``here``, ``closed`` or ``""`` for still to come.
        title: what they are steps of.
    """
    return {"steps": steps, "title": title}


@register.inclusion_tag("design/timeline.html")
def timeline(entries: Sequence[tuple[Any, Any, str]]) -> dict[str, Any]:
    """What happened, each with its moment, its text and ``stop``, ``unknown`` or ``""``."""
    return {"entries": entries}


@register.inclusion_tag("design/chart.html")
def chart(picture: Chart, *, is_open: bool = False) -> dict[str, Any]:
    """A picture with its legend and its table; ``is_open`` shows the table at once."""
    return {"picture": picture, "is_open": is_open}


@register.simple_tag
def legend_line(kind: str) -> SafeString:
    """How a line of a kind is drawn."""
    name = f"line line--{kind}" if kind else "line"
    drawn = element("path", d="M1 6H31", class_=name)
    return element("svg", drawn, viewBox="0 0 32 12", class_="chart", aria_hidden="true")


@register.inclusion_tag("design/unit_field.html")
def unit_field(
    name: str,
    label: Any,
    unit: Any = "",
    value: Any = "",
    *,
    units: Sequence[str] = (),
    help_text: Any = "",
    error: Any = "",
    required: bool = True,
) -> dict[str, Any]:
    """A number with its unit beside it; several units are a choice that has none at first.

    The number is a text field: a browser's number field would turn a comma into something else.
    """
    return {
        "name": name,
        "label": label,
        "unit": unit,
        "value": value,
        "units": units,
        "help_text": help_text,
        "error": error,
        "required": required,
    }


@register.inclusion_tag("design/pager.html", takes_context=True)
def pager(context: template.Context, number: int, has_more: bool) -> dict[str, Any]:
    """Links to the page before and after, keeping what else the address asks."""
    asked = context["request"].GET.copy()
    links = {}
    for name, to in (("before", number - 1), ("after", number + 1)):
        asked["page"] = str(to)
        links[name] = f"?{asked.urlencode()}"
    return {**links, "number": number, "has_more": has_more}


@register.simple_tag
def empty(text: object) -> SafeString:
    """Nothing is here, in a sentence that says what would be."""
    return format_html('<p class="empty">{}</p>', text)


class _Dialog(template.Node):
    def __init__(self, key: FilterExpression, title: FilterExpression, inside: NodeList) -> None:
        self._key, self._title, self._inside = key, title, inside

    def render(self, context: template.Context) -> SafeString:
        """The dialog, closed; ``<button data-opens="KEY">`` opens it."""
        drawn = {
            "key": self._key.resolve(context),
            "title": self._title.resolve(context),
            "inside": self._inside.render(context),
        }
        return render_to_string("design/dialog.html", drawn)


@register.tag
def dialog(parser: Parser, token: Token) -> _Dialog:
    """``{% dialog "KEY" title %}…{% enddialog %}``: a dialog that the keyboard opens and leaves."""
    parts = token.split_contents()[1:]
    if len(parts) != 2:  # noqa: PLR2004
        raise template.TemplateSyntaxError("dialog takes a key and a title")
    inside = parser.parse(("enddialog",))
    parser.delete_first_token()
    key, title = (parser.compile_filter(one) for one in parts)
    return _Dialog(key, title, inside)
