"""What holds of every history whatever: no gate opens without what it requires."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from care_cases import (
    BACLOFEN,
    MORPHINE,
    PAIN,
    PLACED,
    SPASM,
    ZICONOTIDE,
    at_home,
    before_implant,
    refill,
    scanned,
    screening,
    trial,
)
from hypothesis import find, given, settings
from hypothesis import strategies as st

from thecal.care import (
    PUBLISHED,
    GateState,
    History,
    Patient,
    follow,
    gate_cards,
    judge_gate,
    pathway_contract,
)
from thecal.care import facts as f
from thecal.care.facts import EVENTS, Event, Measured, TaskDone, Waiver
from thecal.care.gates import reads_of, requirement_cards
from thecal.care.instruments import instruments
from thecal.care.tasks import effect_steps, surveillance_questions
from thecal.devices import pumps

START = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/London", "America/New_York", "Asia/Kolkata")]

hours = st.integers(0, 24 * 400)
instants = hours.map(lambda hour: START + timedelta(hours=hour))
answers = st.sampled_from(f.Answer)
mixtures = st.sampled_from([MORPHINE, BACLOFEN, ZICONOTIDE, ()])
volumes = st.integers(0, 40).map(Fraction)
unknown = st.none()
flags = st.booleans() | unknown
days = st.dates(date(2026, 1, 1), date(2034, 1, 1)) | unknown
names = st.sampled_from(["x", "y"])


def scores() -> st.SearchStrategy[Event]:
    levels = [
        (key, level)
        for key, kind in instruments().items()
        for level in (kind.levels or [str(kind.low), str(kind.high), "4"])
    ]
    return st.builds(
        lambda at, one, site, item: Measured(
            at=at,
            instrument=one[0],
            score=one[1],
            site=site,
            item_9=item if one[0] == "phq-9" else None,
        ),
        instants,
        st.sampled_from(levels),
        st.sampled_from(["", "knee"]),
        st.integers(0, 3) | unknown,
    )


_FIELDS: dict[str, st.SearchStrategy[object]] = {
    "risks": st.frozensets(st.sampled_from(f.Risk)),
    "taken": st.sampled_from([(), ("x",), ("x", "y")]),
    "agent": names,
    "who": names,
    "digest": st.sampled_from(["d1", "d2"]),
    "drug": st.sampled_from(["morphine", "baclofen", "hydromorphone"]),
    "drugs": mixtures,
    "label": mixtures,
    "ordered": mixtures,
    "dose_ug": st.sampled_from([Fraction(25), Fraction(50), Fraction(75), Fraction(100)]),
    "half_life_s": st.sampled_from([None, Fraction(43_200)]),
    "volume_ml": volumes,
    "expected_ml": volumes | unknown,
    "delivered_ml": volumes | unknown,
    "reservoir_ml": volumes | unknown,
    "daily_dose_ug": volumes | unknown,
    "times": st.integers(0, 4),
    "alarms": st.sampled_from([(), ("motor-stall",), ("low-reservoir", "unheard-of")]),
    "session": names,
    "planned": instants,
    "implanted": instants | unknown,
    "tesla": st.sampled_from([None, Decimal("1.5"), Decimal(3)]),
    "pump": st.sampled_from([None, *pumps()]),
    "catheter": unknown,
    "refill_due": days,
    "latest_safe": days,
    "replace_by": days,
    "step": st.sampled_from([one.id for one in effect_steps()]),
    "answers": st.dictionaries(st.sampled_from(list(surveillance_questions())), answers),
    "requirement": st.sampled_from(list(requirement_cards())),
    "key": st.just("wound.check"),
    "poss": st.sampled_from([None, "S", "1", "3"]),
    "respiratory_rate": unknown,
    "spo2": unknown,
    "heart_rate": unknown,
    "medicines": st.just(()),
    "measure": st.sampled_from(["decolonised", "chlorhexidine"]),
    "anaesthesia": unknown,
    "pocket": unknown,
}
_TEXTS = ("reason", "outcome", "finding", "cause")


def one_of(kind: type[Event]) -> st.SearchStrategy[Event]:
    if kind is Measured:
        return scores()
    own = {
        name: strategy for name, strategy in _FIELDS.items() if name in kind.__dataclass_fields__
    }
    if kind is f.InfusionStarted:
        own["drugs"] = st.sampled_from([("morphine",), ("baclofen", "clonidine")])
    if kind is not f.PsychologicalAssessment:
        own |= {name: st.just("said") for name in _TEXTS if name in kind.__dataclass_fields__}
    for name in ("running", "stall_logged", "recovery_logged", "replacement_indicated", "silent"):
        if name in kind.__dataclass_fields__:
            own[name] = flags
    return st.builds(kind, at=instants, **own)


events = st.one_of(*(one_of(kind) for kind in EVENTS.values()))
patients: st.SearchStrategy[Patient] = st.sampled_from([PAIN, SPASM])
random_histories = st.builds(
    lambda patient, zone, events: History(patient=patient, zone=zone, events=tuple(events)),
    patients,
    st.sampled_from(ZONES),
    st.lists(events, max_size=30),
)
GOOD = [trial(), before_implant(), at_home(), refill(filled=True), scanned(), screening((1, "50"))]


@st.composite
def nearly_good(draw: st.DrawFn) -> History:
    """A history that opens gates, with some facts left out and some put in."""
    good = draw(st.sampled_from(GOOD))
    left_out = draw(st.sets(st.integers(0, len(good) - 1), max_size=3))
    kept = [one for index, one in enumerate(good) if index not in left_out]
    more = draw(st.lists(events, max_size=3))
    return History(patient=draw(patients), zone=ZONES[1], events=(*kept, *more))


histories = random_histories | nearly_good()
gates = st.sampled_from(list(gate_cards()))


def test_histories_of_these_tests_do_reach_open_gates() -> None:
    """So that the properties below speak of something."""
    opened = find(nearly_good(), lambda one: judge_gate("implant.start", one, PLACED).is_open)
    assert opened.events


def likely(kinds: list[type[Event]]) -> st.SearchStrategy[History]:
    """Histories dense in the facts that may open a gate."""
    return st.builds(
        lambda patient, events: History(patient=patient, zone=ZONES[0], events=tuple(events)),
        patients,
        st.lists(st.one_of(*map(one_of, kinds)), max_size=40),
    )


towards_a_pump = likely(
    [
        f.Referred,
        f.CandidacyAnswered,
        f.PsychologicalAssessment,
        f.TrialStarted,
        f.TrialCatheterRemoved,
        f.Measured,
        f.Explanted,
        Waiver,
    ]
)


def assessed(history: History, now: datetime) -> bool:
    """By plain reading: the last neuropsychologist's word since the last explantation."""
    word = None
    for one in history.events:
        if one.at > now:
            break
        if isinstance(one, f.Explanted):
            word = None
        if isinstance(one, f.PsychologicalAssessment) and one.by_neuropsychologist:
            word = one.outcome
    return word is f.Assessment.CLEARED


@given(towards_a_pump | histories, instants)
@settings(max_examples=150)
def test_no_history_reaches_a_trial_or_a_pump_without_clearance_of_a_neuropsychologist(
    history: History, now: datetime
) -> None:
    if not assessed(history, now):
        for code in ("trial.schedule", "trial.start", "implant.schedule", "implant.start"):
            assert not judge_gate(code, history, now).is_open


@given(towards_a_pump | histories, instants)
@settings(max_examples=150)
def test_no_history_reaches_a_pump_without_a_successful_trial_or_a_signed_waiver(
    history: History, now: datetime
) -> None:
    gate = judge_gate("implant.schedule", history, now)
    past = [one for one in history.events if one.at <= now]
    waived = {
        one.requirement for one in past if isinstance(one, Waiver) and one.role is f.Role.PHYSICIAN
    }
    tried = any(isinstance(one, f.TrialStarted) for one in past)
    measured = any(isinstance(one, Measured) for one in past)
    if gate.is_open and "trial.success" not in waived:
        assert tried
        assert measured
    for one in gate.waived:
        assert one.code in waived


@given(histories, gates, instants)
@settings(max_examples=100)
def test_unknown_never_counts_as_open(history: History, code: str, now: datetime) -> None:
    gate = judge_gate(code, history, now)
    for one in gate.requirements:
        if one.answer is not f.Answer.YES and one.waiver is None:
            assert not gate.is_open
            assert not one.stands
    assert (gate.state is GateState.OPEN) == (not gate.missing)


@given(histories, gates, instants, events)
@settings(max_examples=150)
def test_unrelated_fact_never_changes_a_gate(
    history: History, code: str, now: datetime, extra: Event
) -> None:
    if type(extra) not in reads_of(code):
        before = judge_gate(code, history, now)
        assert judge_gate(code, history.having(extra), now) == before


@given(histories, gates, instants, events)
@settings(max_examples=100)
def test_fact_of_the_future_never_changes_anything(
    history: History, code: str, now: datetime, extra: Event
) -> None:
    if extra.at > now:
        assert judge_gate(code, history.having(extra), now) == judge_gate(code, history, now)


@given(histories, instants)
@settings(max_examples=60)
def test_every_open_task_has_a_due_date_or_a_reason_and_a_key_of_its_own(
    history: History, now: datetime
) -> None:
    found = follow(history, now)
    for one in found.tasks:
        assert (one.due is None) == bool(one.undated)
        assert one.sources
        assert one.reason
        assert one.raised <= now
    keys = [one.key for one in found.tasks]
    assert len(set(keys)) == len(keys)
    assert follow(history, now) == found
    assert pathway_contract(found)["stage"] == found.stage


@given(histories, instants)
@settings(max_examples=25)
def test_task_that_a_person_closed_does_not_come_back(history: History, now: datetime) -> None:
    for one in follow(history, now).tasks[:5]:
        done = history.having(TaskDone(at=now, key=one.key, outcome="done"))
        assert one.key not in {left.key for left in follow(done, now).tasks}


@given(histories, gates, instants, st.sampled_from(list(requirement_cards())))
@settings(max_examples=150)
def test_waiver_opens_only_what_may_be_waived(
    history: History, code: str, now: datetime, requirement: str
) -> None:
    waiver = Waiver(at=now, requirement=requirement, role=f.Role.PHYSICIAN, who="x", reason="y")
    before = judge_gate(code, history, now)
    after = judge_gate(code, history.having(waiver), now)
    if not requirement_cards()[requirement].waivable_by:
        assert after == before
    for one, other in zip(before.requirements, after.requirements, strict=True):
        assert one.answer is other.answer


@given(histories, instants, st.sampled_from(ZONES))
@settings(max_examples=100)
def test_gates_in_hours_do_not_depend_on_the_zone(
    history: History, now: datetime, zone: ZoneInfo
) -> None:
    moved = History(patient=history.patient, zone=zone, events=history.events)
    for code in ("trial.schedule", "implant.schedule", "fill", "program.send", "mri.close"):
        here, there = (judge_gate(code, one, now, PUBLISHED) for one in (history, moved))
        assert here.state is there.state
