"""Which invented patient has which story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from thecal.clinic.demo import therapies as t
from thecal.clinic.demo.scribe import Scribe, Story
from thecal.clinic.demo.stories import implant, running, selection, trial, trouble

M, B, H = t.MORPHINE, t.BACLOFEN, t.HYDROMORPHONE
Told = Callable[[Scribe], Story]


@dataclass(frozen=True, slots=True)
class Part:
    """A patient and their story; surnames are minerals, given names birds: nobody is called so."""

    family_name: str
    given_name: str
    sex: str
    birth_date: date
    story: Told


PARTS = (
    Part("Agate", "Wren", "female", date(1961, 3, 4),
         lambda s: selection.waits_for_everything(s, t.MORPHINE, 3)),
    Part("Basalt", "Robin", "male", date(1955, 9, 17),
         lambda s: selection.waits_for_psychologist(s, t.MORPHINE, 12)),
    Part("Calcite", "Linnet", "female", date(1990, 12, 1),
         lambda s: selection.waits_for_psychologist(s, t.BACLOFEN, 21)),
    Part("Diorite", "Martin", "male", date(1948, 5, 22),
         lambda s: selection.is_not_cleared(s, t.MORPHINE, 60)),
    Part("Emerald", "Jay", "female", date(1972, 7, 7),
         lambda s: selection.is_contraindicated(s, t.BACLOFEN, 45)),
    Part("Feldspar", "Finch", "male", date(1966, 1, 30),
         lambda s: selection.is_ready(s, t.MORPHINE, 20)),
    Part("Garnet", "Merle", "female", date(1983, 10, 11),
         lambda s: selection.trial_is_scheduled(s, t.MORPHINE, 33)),
    Part("Hematite", "Kestrel", "male", date(1959, 2, 14),
         lambda s: trial.in_catheter_trial(s, t.MORPHINE, 5.9)),
    Part("Ilmenite", "Dove", "female", date(1970, 6, 19),
         lambda s: trial.in_catheter_trial(s, t.MORPHINE, 10.2, "3")),
    Part("Jasper", "Lark", "male", date(1995, 4, 3),
         lambda s: trial.in_screening(s, t.BACLOFEN, 3.4)),
    Part("Kyanite", "Starling", "female", date(1951, 8, 25),
         lambda s: trial.trial_failed(s, t.MORPHINE, 40)),
    Part("Lapis", "Swift", "male", date(1963, 11, 9),
         lambda s: trial.waits_for_decision(s, t.MORPHINE, 3)),
    Part("Malachite", "Heron", "female", date(1978, 3, 28),
         lambda s: trial.waits_for_implant(s, t.MORPHINE, 10)),
    Part("Nephrite", "Plover", "male", date(1957, 12, 24),
         lambda s: implant.night_after(s, t.MORPHINE, 15)),
    Part("Obsidian", "Teal", "female", date(1968, 5, 5),
         lambda s: implant.wound_check_is_due(s, t.MORPHINE, 4)),
    Part("Pyrite", "Siskin", "male", date(1987, 7, 16),
         lambda s: implant.closures_are_due(s, t.BACLOFEN, 14)),
    Part("Quartz", "Wagtail", "female", date(1960, 1, 12), lambda s: running.stable(
        s, [M, M.at("0.8 mg/day"), M.at("1.2 mg/day"), M.at("1.5 mg/day")], 60, "5", "4", "3")),
    Part("Rutile", "Curlew", "male", date(1982, 2, 23), lambda s: running.stable(
        s, [B, B.at("160 ug/day"), B.at("200 ug/day"), B.at("220 ug/day")], 24, "2", "1", "1")),
    Part("Sapphire", "Nightingale", "female", date(1964, 6, 2), lambda s: running.stable(
        s, [H.at("1 mg/day"), H.at("1.5 mg/day"), H], 12, "4", "3")),
    Part("Topaz", "Fieldfare", "male", date(1971, 9, 9), lambda s: running.stable(
        s, [t.BACLOFEN_CLONIDINE, t.BACLOFEN_CLONIDINE.at("240 ug/day")], 6, "1")),
    Part("Umber", "Partridge", "female", date(1969, 11, 30), lambda s: running.stable(
        s, [t.MORPHINE_BUPIVACAINE.at("1.5 mg/day"), t.DAY_AND_NIGHT], 3, "3")),
    Part("Vivianite", "Dunnock", "male", date(1993, 4, 18), lambda s: running.stable(
        s, [t.PROMETRA, t.PROMETRA.at("180 ug/day")], 15, "1")),
    Part("Wolframite", "Oriole", "female", date(1956, 8, 8), lambda s: running.stable(
        s, [t.MORPHINE_CLONIDINE.at("1.2 mg/day"), t.MORPHINE_CLONIDINE], 1, "3")),
    Part("Xenotime", "Chiffchaff", "male", date(1962, 10, 27), lambda s: running.stable(
        s, [t.ZICONOTIDE, t.ZICONOTIDE], 9, "5")),
    Part("Zircon", "Pipit", "female", date(1975, 3, 15), lambda s: running.stable(
        s, [B, B.at("180 ug/day")], -3, "2")),
    Part("Beryl", "Whimbrel", "male", date(1950, 12, 5), lambda s: running.stable(
        s, [M.at("1 mg/day"), M.at("1.6 mg/day")], -1, "4")),
    Part("Cinnabar", "Redstart", "female", date(1967, 7, 21), lambda s: running.service_ends(
        s, M.at("1.2 mg/day"), 2500)),
    Part("Dolomite", "Bunting", "male", date(1984, 5, 29), lambda s: trouble.pump_alarms(
        s, [B, B.at("180 ug/day")], 20)),
    Part("Epidote", "Goldcrest", "female", date(1965, 2, 3), lambda s: trouble.outcome_is_unknown(
        s, [M, M.at("0.9 mg/day")], 66, "1 mg/day")),
    Part("Fluorite", "Skylark", "male", date(1958, 6, 11), lambda s: trouble.granuloma_is_suspected(
        s, [M.at("1 mg/day"), M.at("2 mg/day"), M.at("3 mg/day"), M.at("4 mg/day")], 30)),
    Part("Gypsum", "Avocet", "female", date(1979, 1, 7), lambda s: trouble.effect_is_lost(
        s, [B, B.at("200 ug/day")], 25)),
    Part("Halite", "Bittern", "male", date(1973, 11, 13), lambda s: trouble.scan_is_planned(
        s, [M.at("1 mg/day"), M.at("1.3 mg/day")], 40)),
    Part("Iolite", "Nuthatch", "female", date(1954, 4, 26), lambda s: trouble.wound_is_unhealthy(
        s, [M.at("1 mg/day"), M.at("1.2 mg/day")], 70)),
    Part("Jade", "Ptarmigan", "male", date(1988, 8, 14), lambda s: trouble.residual_differs(
        s, [B, B.at("250 ug/day")], 8)),
    Part("Kunzite", "Sandpiper", "female", date(1991, 10, 2), lambda s: trouble.refill_under_way(
        s, [B, B.at("200 ug/day")], 7)),
    Part("Lazurite", "Shrike", "male", date(1966, 3, 31), lambda s: trouble.is_prescribed(
        s, [M.at("1 mg/day")], 50, "1.1 mg/day")),
    Part("Marble", "Turnstone", "female", date(1970, 12, 19), lambda s: trouble.transcribed(
        s, t.BACLOFEN.at("300 ug/day"), "280 ug/day")),
    Part("Opal", "Woodcock", "male", date(1961, 9, 24), lambda s: trouble.explanted(
        s, [M.at("1 mg/day")], 20)),
    Part("Peridot", "Yellowhammer", "female", date(1949, 5, 16), lambda s: trouble.care_has_ended(
        s, [M.at("1 mg/day")], 5)),
)  # fmt: skip
