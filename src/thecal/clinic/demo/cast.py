"""Which invented patient has which story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from thecal.clinic.demo import therapies
from thecal.clinic.demo.scribe import Scribe, Story
from thecal.clinic.demo.stories import implant, selection, trial

Told = Callable[[Scribe], Story]


@dataclass(frozen=True, slots=True)
class Part:
    """A patient and their story; surnames are minerals, given names birds: nobody is called so.

    Attributes:
        begins_days: how long before the founding they were registered, at the earliest.
    """

    family_name: str
    given_name: str
    sex: str
    birth_date: date
    story: Told


PARTS = (
    Part("Agate", "Wren", "female", date(1961, 3, 4),
         lambda s: selection.waits_for_everything(s, therapies.MORPHINE, 3)),
    Part("Basalt", "Robin", "male", date(1955, 9, 17),
         lambda s: selection.waits_for_psychologist(s, therapies.MORPHINE, 12)),
    Part("Calcite", "Linnet", "female", date(1990, 12, 1),
         lambda s: selection.waits_for_psychologist(s, therapies.BACLOFEN, 21)),
    Part("Diorite", "Martin", "male", date(1948, 5, 22),
         lambda s: selection.is_not_cleared(s, therapies.MORPHINE, 60)),
    Part("Emerald", "Jay", "female", date(1972, 7, 7),
         lambda s: selection.is_contraindicated(s, therapies.BACLOFEN, 45)),
    Part("Feldspar", "Finch", "male", date(1966, 1, 30),
         lambda s: selection.is_ready(s, therapies.MORPHINE, 20)),
    Part("Garnet", "Merle", "female", date(1983, 10, 11),
         lambda s: selection.trial_is_scheduled(s, therapies.MORPHINE, 33)),
    Part("Hematite", "Kestrel", "male", date(1959, 2, 14),
         lambda s: trial.in_catheter_trial(s, therapies.MORPHINE, 5.9)),
    Part("Ilmenite", "Dove", "female", date(1970, 6, 19),
         lambda s: trial.in_catheter_trial(s, therapies.MORPHINE, 10.2, "3")),
    Part("Jasper", "Lark", "male", date(1995, 4, 3),
         lambda s: trial.in_screening(s, therapies.BACLOFEN, 3.4)),
    Part("Kyanite", "Starling", "female", date(1951, 8, 25),
         lambda s: trial.trial_failed(s, therapies.MORPHINE, 40)),
    Part("Lapis", "Swift", "male", date(1963, 11, 9),
         lambda s: trial.waits_for_decision(s, therapies.MORPHINE, 3)),
    Part("Malachite", "Heron", "female", date(1978, 3, 28),
         lambda s: trial.waits_for_implant(s, therapies.MORPHINE, 10)),
    Part("Nephrite", "Plover", "male", date(1957, 12, 24),
         lambda s: implant.night_after(s, therapies.MORPHINE, 15)),
    Part("Obsidian", "Teal", "female", date(1968, 5, 5),
         lambda s: implant.wound_check_is_due(s, therapies.MORPHINE, 4)),
    Part("Pyrite", "Siskin", "male", date(1987, 7, 16),
         lambda s: implant.closures_are_due(s, therapies.BACLOFEN, 14)),
)  # fmt: skip
