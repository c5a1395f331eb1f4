"""What a plan comes to, as HTML: totals and findings, of which each key draws many."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape

from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from thecal.clinic.browse.templatetags.rule_links import rule_link
from thecal.clinic.programming.preview import Line, Said, Total

# Written by hand, for they are drawn more often than a template can be: every text is escaped here.


def totals(of: Iterable[Total]) -> SafeString:
    """The table of what every drug does in 24 h."""
    heads = (_("what"), _("figure"), _("now"), _("new"), _("change"))
    head = "".join([f'<th scope="col">{escape(one)}</th>' for one in heads])
    bodies = "".join([_total(one) for one in of])
    caption, star = _("In 24 h, every drug"), _("* all of the patient's own doses taken")
    return SafeString(
        f'<table class="totals"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead>{bodies}</table>"
        f'<p class="small muted">{escape(star)}</p>'
    )


def _total(one: Total) -> str:
    name = f'<th scope="rowgroup" rowspan="{len(one.lines)}">{escape(one.name)}</th>'
    rows = [_row(line, "" if place else name) for place, line in enumerate(one.lines)]
    return f"<tbody>{''.join(rows)}</tbody>"


def _row(line: Line, name: str) -> str:
    mark = ' class="row--tenfold"' if line.is_ten_fold else ""
    changed = " changed" if line.is_changed else ""
    change = escape(line.change)
    if line.is_ten_fold:
        loud = escape(_("TEN-FOLD"))
        change = f'<strong class="tenfold">{loud} {change}</strong>'
    return (
        f"<tr{mark}>{name}<td>{escape(line.what)}</td>"
        f'<td class="nowrap">{escape(line.now)}</td>'
        f'<td class="nowrap{changed}"><strong>{escape(line.new)}</strong></td>'
        f'<td class="nowrap">{change}</td></tr>'
    )


def findings(of: Iterable[Said]) -> SafeString:
    """One after the other; from one key to the next most stay as they were."""
    language, prefix = get_language() or "", get_script_prefix()
    return SafeString("".join([_finding(one, language, prefix) for one in of]))


@lru_cache(maxsize=1024)
def _finding(said: Said, language: str, prefix: str) -> str:  # noqa: ARG001  (drawn in it)
    severity = escape(said.severity)
    return (
        f'<div class="finding finding--{severity}"><p class="finding__head">'
        f'<span class="badge badge--{severity}">{escape(_badge(said))}</span> '
        f"{_link(said.code, prefix)}{_second_person(said)}</p><p>{escape(said.message)}</p>"
        f'{_figures(said)}<p class="finding__source">{escape(said.layer)} · '
        f"{escape(said.source)} ({escape(said.provenance)})</p></div>"
    )


@lru_cache(maxsize=256)
def _link(code: str, prefix: str) -> str:  # noqa: ARG001  (the address begins with it)
    return rule_link(code)


def _badge(said: Said) -> str:
    if said.severity == "stop":
        return _("Stop: nobody can sign this")
    return _("To be signed") if said.severity == "confirm" else _("Note")


def _second_person(said: Said) -> str:
    if not said.second_person:
        return ""
    who, why = escape(_("Second person")), escape(said.second_person)
    return f' <span class="badge badge--confirm" title="{why}">{who}</span>'


def _figures(said: Said) -> str:
    figures = ((_("Asked:"), said.asked), (_("Limit:"), said.limit))
    shown = [
        f"<span>{escape(what)} <strong>{escape(one)}</strong></span>"
        for what, one in figures
        if one
    ]
    return f'<p class="finding__figures">{"".join(shown)}</p>' if shown else ""
