"""Times as a person at a bedside reads them: in so many minutes, or overdue by so many."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils.translation import gettext as _

register = template.Library()
_HOUR, _DAY = 60, 1440


def span(minutes: int) -> str:
    """Minutes as days, hours and minutes."""
    if minutes < _HOUR:
        return _("%d min") % minutes
    if minutes < 2 * _DAY:
        return _("%(h)d h %(m)02d min") % {"h": minutes // _HOUR, "m": minutes % _HOUR}
    return _("%d days") % (minutes // _DAY)


@register.filter
def left(at: datetime, now: datetime) -> str:
    """How long from now until an instant, or how long it is past; whole minutes, started ones."""
    until = at - now
    if until >= timedelta():
        return _("in %s") % span(-(-int(until.total_seconds()) // 60))
    return _("overdue by %s") % span(int(-until.total_seconds()) // 60)


@register.filter
def since(at: datetime, now: datetime) -> str:
    """How long ago an instant was."""
    return _("%s ago") % span(max(0, int((now - at).total_seconds()) // 60))
