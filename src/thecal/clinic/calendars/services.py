"""What can be done with calendars: open an address, see one's own, close one, read by one."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from thecal.clinic.calendars.events import calendar_of
from thecal.clinic.calendars.models import Feed
from thecal.clinic.calendars.orders import Known, Opening
from thecal.clinic.people.roles import READS
from thecal.clinic.record.actions import About
from thecal.clinic.record.doing import Doing
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.record.services import reads, writes

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Opened:
    """A new address; its secret is told now and never again."""

    feed: str
    secret: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar as iCalendar text."""

    text: str


@writes("calendars.open", "Open a calendar's address", READS, about=About.CLINIC)
def open_feed(doing: Doing, order: Opening) -> Opened:
    """Make an address at which one's clinic's dates are read, until it is closed."""
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    feed = Feed(
        person=doing.who,
        clinic=doing.clinic,
        digest=digest(secret),
        shows=order.shows.value,
        holds=[one.value for one in dict.fromkeys(order.holds)],
        alarms=order.alarms,
        made_at=doing.now,
    )
    doing.add(feed)
    doing.tell(holds=feed.holds, shows=feed.shows)
    return Opened(str(feed.pk), secret)


@reads("calendars.list", "See one's calendars", READS, about=About.CLINIC)
def list_feeds(doing: Doing, order: Nothing) -> list[Feed]:  # noqa: ARG001
    """One's own addresses in this clinic that are open."""
    return list(Feed.objects.filter(person=doing.who, clinic=doing.clinic, revoked_at=None))


@writes("calendars.close", "Close a calendar's address", READS, about=About.CLINIC)
def close_feed(doing: Doing, order: Known) -> None:
    """Let an address be good for nothing from now on.

    Raises:
        ConflictError: one has no such address.
    """
    feed = _own(doing, order)
    feed.revoked_at = doing.now
    feed.save(update_fields=["revoked_at"])
    doing.tell(feed=feed.pk)


@reads("calendars.fetch", "Read a calendar", READS, about=About.CLINIC)
def fetch(doing: Doing, order: Known) -> Calendar:
    """What an address holds now; the event names each patient who is in it.

    Raises:
        ConflictError: one has no such address.
    """
    feed = _own(doing, order)
    text, patients = calendar_of(feed, doing.now)
    doing.tell(feed=feed.pk, patients=sorted(str(one) for one in patients))
    return Calendar(text)


def _own(doing: Doing, order: Known) -> Feed:
    rows = Feed.objects.filter(person=doing.who, clinic=doing.clinic, revoked_at=None)
    feed = rows.filter(pk=order.feed).first()
    if feed is None:
        raise ConflictError("you have no such calendar")
    return feed


def found(secret: str) -> Feed | None:
    """The feed of a secret; None if there is none, or no more."""
    rows = Feed.objects.filter(digest=digest(secret), revoked_at=None, person__is_active=True)
    return rows.select_related("person", "clinic").first()


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
