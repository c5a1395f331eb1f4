"""Founding a demo: all stories told at once, deed after deed, in the order of their instants.

It happens in a process of its own, of which ``thecal.clinic.demo.folder`` keeps the result only
once it is whole.
"""

from __future__ import annotations

import heapq
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from thecal.clinic.demo import mark, staff
from thecal.clinic.demo.beds import Beds
from thecal.clinic.demo.cast import PARTS, Part
from thecal.clinic.demo.clock import Clock, in_place_of_django_s
from thecal.clinic.demo.folder import PUMPS
from thecal.clinic.demo.scribe import House, Scribe, Story
from thecal.clinic.patients.orders import Particulars
from thecal.clinic.record import projections

BEGINS = timedelta(days=900)
"""How long before its founding a demo clinic begins."""


def found(home: Path) -> None:
    """Found the demo in the record at hand, whose pumps will live in a folder.

    Raises:
        NotADemoError: the record has begun.
        RefusalError, StoryError: a story that the clinic's rules do not allow.
    """
    now = timezone.now  # this computer's, whatever asks Django in between
    today = now()
    clock = Clock(today - BEGINS)
    with in_place_of_django_s(clock):
        mark.make_it_a_demo(today)
        clinic, people = staff.engage()
        beds = Beds(home / PUMPS, clock)
        house = House(clock, beds, clinic, people, today)
        with projections.put_off():
            _tell([_story(house, number, part) for number, part in enumerate(PARTS, 1)], clock)
        clock.move_to(now())
        beds.close()
    projections.renew_all(now())


def _story(house: House, number: int, part: Part) -> Story:
    """A patient's story, before which they are registered when it begins."""
    name = f"DEMO-{number:02}"
    scribe = Scribe(house, _particulars(name, part), f"{name}-PUMP")
    told = part.story(scribe)
    begins = next(told)  # nothing is done before a story's first instant
    yield begins - timedelta(minutes=10)
    scribe.register()
    yield begins
    yield from told


def _particulars(name: str, part: Part) -> Particulars:
    return Particulars.model_validate(
        {
            "number": name,
            "family_name": part.family_name,
            "given_name": part.given_name,
            "birth_date": part.birth_date,
            "sex": part.sex,
        }
    )


def _tell(stories: list[Story], clock: Clock) -> None:
    """Resume each story at its instants, the earliest first of all."""
    waiting = [(next(story), number, story) for number, story in enumerate(stories)]
    heapq.heapify(waiting)
    while waiting:
        instant, number, story = heapq.heappop(waiting)
        clock.move_to(max(instant, clock.now()))
        goes_on = next(story, None)
        if goes_on is not None:
            heapq.heappush(waiting, (goes_on, number, story))


def in_haste() -> None:
    """What is kept only once all of it is there need not wait for the disk each time.

    The accounts' passwords are known to everybody; each is hashed anew, at its full cost, when
    somebody first signs in with it.
    """
    settings.PASSWORD_HASHERS = ["thecal.clinic.demo.hasher.QuickArgon2"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
