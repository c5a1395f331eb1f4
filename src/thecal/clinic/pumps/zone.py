"""The clinic's time zone, in which the pathway counts days."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings


def zone() -> ZoneInfo:
    """The clinic's."""
    return ZoneInfo(settings.TIME_ZONE)
