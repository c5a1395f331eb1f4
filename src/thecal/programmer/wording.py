"""How the programmer words days and durations, on screens, pictures and paper alike."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby

from thecal.pump.language import DAYS_PER_WEEK, SECONDS_PER_HOUR, SECONDS_PER_MINUTE
from thecal.therapy.file.prescription import WEEKDAYS
from thecal.units import plain_number

_RUN = 3
"""From so many days in a row on, a range is written."""


def days_label(weekdays: tuple[int, ...]) -> str:
    """``every day``, ``Mon–Fri`` or ``Mon, Wed``."""
    if len(weekdays) == DAYS_PER_WEEK:
        return "every day"
    names = [name.capitalize() for name in WEEKDAYS]
    runs = [
        [day for _, day in group]
        for _, group in groupby(enumerate(weekdays), key=lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(
        f"{names[run[0]]}–{names[run[-1]]}"
        if len(run) >= _RUN
        else ", ".join(names[day] for day in run)
        for run in runs
    )


def lasts(seconds: int) -> str:
    """A duration for a person: hours from one hour on, minutes below."""
    if seconds >= SECONDS_PER_HOUR:
        return f"{plain_number(Fraction(seconds, SECONDS_PER_HOUR))} h"
    return f"{plain_number(Fraction(seconds, SECONDS_PER_MINUTE))} min"
