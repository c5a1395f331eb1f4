"""Strategies for hypothesis: any fact of care, and any history of them."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from thecal import devices, formulary
from thecal.care import Answer, History, Indication, Patient, name_problems
from thecal.care.facts import EVENTS, Event, Ingredient, Measured, OralMedicine, Role
from thecal.care.gates import requirement_cards
from thecal.care.instruments import instruments
from thecal.care.tasks import effect_steps, surveillance_questions
from thecal.therapy.file.prescription import SpasticityOrigin

START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "UTC")
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=20).filter(
    lambda text: " " in text or not text.isspace()
)
"""Texts that FHIR can hold: it takes a text of other blanks alone for none, and that is refused."""
DRUGS = st.sampled_from(sorted(formulary.drugs()))
INSTANTS = st.integers(0, 10**15).map(lambda us: START + timedelta(microseconds=us // 10))

# A quantity as somebody writes it: a decimal, in a unit that may be any of its kind.
_PER_DAY = (1, 1000, 24, Fraction(1000, 7), Fraction(12_000) / Fraction("365.25"))
_UNITS: dict[str, tuple[int | Fraction, ...]] = {
    "_ml": (1, Fraction(1, 1000)),
    "_ug": (1, 1000),
    "_ug_per_ml": (1, 1000),
    "_s": (1, 60, 3600, 86_400),
    "daily_dose_ug": _PER_DAY,
    "ug_per_day": _PER_DAY,
}
_POSITIVE = {"dose_ug", "concentration_ug_per_ml", "volume_ml"}


def quantities(name: str) -> st.SearchStrategy[Fraction]:
    """Exact values of a field, by the unit that its name ends in."""
    ending = max((one for one in _UNITS if name.endswith(one)), key=len)
    lowest = 1 if name in _POSITIVE else 0
    return st.builds(
        lambda digits, unit: Fraction(digits, 10_000) * Fraction(unit),
        st.integers(lowest, 10**8),
        st.sampled_from(_UNITS[ending]),
    )


_NAMED: dict[str, st.SearchStrategy[Any]] = {
    "pump": st.none() | st.sampled_from(sorted(devices.pumps())),
    "catheter": st.none() | st.sampled_from(sorted(devices.catheters())),
    "step": st.sampled_from([one.id for one in effect_steps()]),
    "requirement": st.sampled_from(
        [one.code for one in requirement_cards().values() if Role.PHYSICIAN in one.waivable_by]
    ),
    "role": st.just(Role.PHYSICIAN),
    "drug": DRUGS,
    "poss": st.none() | st.sampled_from(["S", "1", "4"]),
    "tesla": st.none() | st.sampled_from([Decimal("1.5"), Decimal(3), Decimal("0.55")]),
    "answers": st.dictionaries(
        st.sampled_from(sorted(surveillance_questions())),
        st.sampled_from(Answer),
    ),
    "item_9": st.none(),
    # Above zero and at most a year; care refuses any other.
    "half_life_s": st.none() | st.integers(1, 31_557_600).map(Fraction),
}


def _values(name: str, hint: Any) -> st.SearchStrategy[Any]:
    arguments = get_args(hint)
    if name in _NAMED:
        found = _NAMED[name]
    elif type(None) in arguments:
        found = st.none() | _values(name, next(one for one in arguments if one is not type(None)))
    elif get_origin(hint) in (tuple, frozenset):
        found = _many(name, get_origin(hint), arguments[0])
    elif arguments:  # a Literal
        found = st.sampled_from(arguments)
    else:
        found = _plain(name, hint)
    return found


def _many(name: str, owner: Any, member: Any) -> st.SearchStrategy[Any]:
    members = DRUGS if (name, member) == ("drugs", str) else _values(name, member)
    return st.lists(members, max_size=4, unique=owner is frozenset).map(owner)


_PLAIN: dict[type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(0, 300),
    str: WORDS,
    datetime: INSTANTS,
    date: st.dates(date(1970, 1, 1), date(2200, 1, 1)),
}


def _plain(name: str, hint: Any) -> st.SearchStrategy[Any]:
    if hint is Fraction:
        return quantities(name)
    if hint in (Ingredient, OralMedicine):
        return _built(hint)
    return st.sampled_from(hint) if issubclass(hint, StrEnum) else _PLAIN[hint]


def _built(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{one.name: _values(one.name, hints[one.name]) for one in fields(kind)})


def _scored() -> st.SearchStrategy[Measured]:
    pairs = [
        (key, level)
        for key, kind in instruments().items()
        for level in (kind.levels or (str(kind.low), str(kind.high), f"0{kind.low}", "7"))
    ]
    decimals = [("vas", "7.50"), ("bpi-interference", "3.0"), ("vas", "0.125")]
    return st.builds(
        lambda at, pair, site, item: Measured(
            at=at,
            instrument=pair[0],
            score=pair[1],
            site=site,
            item_9=item if pair[0] == "phq-9" else None,
        ),
        INSTANTS,
        st.sampled_from([*pairs, *decimals]),
        WORDS,
        st.none() | st.integers(0, 3),
    )


def events_of(kind: str) -> st.SearchStrategy[Event]:
    """Any fact of a kind whose names are known."""
    made = _scored() if kind == "measured" else _built(EVENTS[kind])
    return made.filter(lambda event: not list(name_problems(event)))


events = st.sampled_from(sorted(EVENTS)).flatmap(events_of)
patients = st.one_of(
    st.builds(Patient, indication=st.just(Indication.PAIN), child=st.booleans()),
    st.builds(
        Patient,
        indication=st.just(Indication.SPASTICITY),
        spasticity_origin=st.none() | st.sampled_from(SpasticityOrigin),
    ),
)
histories = st.builds(
    lambda patient, zone, some: History(patient=patient, zone=ZoneInfo(zone), events=tuple(some)),
    patients,
    st.sampled_from(ZONES),
    st.lists(events, max_size=12),
)
