"""Facts files and clinics' settings: read strictly, and wrong ones refused in one line."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from care_cases import HOUR, PLACED, REFILL, at_home, gate, implanted, path, trial
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.care import (
    EVENTS,
    PUBLISHED,
    CareFileError,
    figures,
    follow,
    read_facts,
    read_facts_text,
    read_settings,
    read_settings_text,
    requirement_cards,
)
from thecal.care.facts import Event, Filled, History, Implanted
from thecal.care.settings import SettingError

EXAMPLES = Path(__file__).parents[3] / "examples" / "pathway"
HEAD = 'schema = 1\nzone = "UTC"\n[patient]\nindication = "pain"\n'


def event(text: str) -> str:
    return f"{HEAD}[[event]]\n{text}\n"


AT = "at = 2026-03-02T10:00:00Z"


def refused(text: str) -> CareFileError:
    with pytest.raises(CareFileError) as caught:
        read_facts_text(text, "facts.toml")
    assert "\n" not in str(caught.value)
    return caught.value


BAD = [
    ("", 1, "is empty"),
    ("schema = 2", 1, "schema = 1"),
    ("zone = 'UTC'", 1, "schema = 1"),
    ("schema = 1\nzone = 'UTC'", 1, "[patient]"),
    ('schema = 1\n[patient]\nindication = "pain"', 1, "zone"),
    ('schema = 1\nzone = "Mars/Base"\n[patient]\nindication = "pain"', 2, "not a time zone"),
    ('schema = 1\nzone = "UTC"\n[patient]\nindication = "ache"', 4, "indication"),
    (f"{HEAD}name = 'x'", 5, "unknown key 'name'"),
    (f"other = 1\n{HEAD}", 1, "unknown key 'other'"),
    (f"{HEAD}event = 1", 5, "unknown key 'event'"),
    (f"event = 1\n{HEAD}", 1, "[[event]]"),
    (event(AT), 5, "missing key 'kind'"),
    (event(f'{AT}\nkind = "reffered"'), 7, "unknown kind 'reffered'"),
    (event('kind = "referred"'), 5, "missing key 'at'"),
    (event('kind = "referred"\nat = 2026-03-02T10:00:00'), 7, "has no offset from UTC"),
    (event('kind = "referred"\nat = 2026-03-02'), 7, "at:"),
    (event('kind = "referred"\nat = 1066-10-14T10:00:00Z'), 7, "expected a year"),
    (event('kind = "referred"\nat = 0001-01-01T00:00:00+05:00'), 5, "out of range"),
    (event('kind = "referred"\nat = "9999-12-31T23:00:00-05:00"'), 5, "out of range"),
    (event(f'kind = "scheduled"\n{AT}\nprocedure = "trial"\nplanned = 9999-01-01T00:00:00Z'), 9,
     "expected a year"),
    (event(f'kind = "filled"\n{AT}\nvolume = "1 mL"\ndrugs = []\nrefill_due = 9999-12-31'), 10,
     "expected a year"),
    (event(f'kind = "anticoagulant-taken"\n{AT}\nagent = "x"\nagent_class = "direct"\n'
           'half_life = "999999999999 year"'), 10, "half-life"),
    (event(f'kind = "referred"\n{AT}\nby = "x"'), 8, "unknown key 'by'"),
    (event(f'kind = "aspirated"\n{AT}\nvolume = 4'), 8, "has no unit"),
    (event(f'kind = "aspirated"\n{AT}\nvolume = "4,0 mL"'), 8, "comma"),
    (event(f'kind = "aspirated"\n{AT}\nvolume = "4 mg"'), 8, "not a unit of volume"),
    (event(f'kind = "implanted"\n{AT}\npump = "synchromed"'), 8, "unknown name 'synchromed'"),
    (event(f'kind = "measured"\n{AT}\ninstrument = "nrs"\nscore = "11"'), 9, "0 to 10"),
    (event(f'kind = "measured"\n{AT}\ninstrument = "nrs"\nscore = 7'), 9, "score"),
    (event(f'kind = "observed"\n{AT}\nposs = "9"'), 8, "poss"),
    (event(f'kind = "observed"\n{AT}\nspo2 = "97"'), 8, "spo2"),
    (event(f'kind = "referred"\n{AT}\n[x]\ny = 1'), 8, "unknown key 'x'"),
    (event(f'kind = "surveillance"\n{AT}\nanswers = {{ fevr = "no" }}'), 8, "unknown name 'fevr'"),
    (event(f'kind = "effect-step"\n{AT}\nstep = "ct"\nresult = "normal"'), 8, "unknown name"),
    (
        event(f'kind = "filled"\n{AT}\nvolume = "20 mL"\ndrugs = [{{ drug = "heroin", '
              'concentration = "1 mg/mL" }]'),
        9,
        "unknown name 'heroin'",
    ),
    (
        event(f'kind = "psychological-assessment"\n{AT}\nby_neuropsychologist = "yes"\n'
              'outcome = "cleared"'),
        8,
        "by_neuropsychologist",
    ),
    *[
        (
            event(f'kind = "waiver"\n{AT}\nrequirement = "{code}"\nrole = "{role}"\nwho = "x"\n'
                  'reason = "y"'),
            line,
            said,
        )
        for code, role, line, said in (
            ("psychology.cleared", "physician", 8, "waived by nobody"),
            ("trial.success", "nurse", 9, "not waived by a nurse"),
            ("trial.sucess", "physician", 8, "unknown name"),
        )
    ],
    (event("kind = \"referred\"\nat = "), 7, "is not TOML"),
    ("a" * 5000, 1, "4000 characters"),
    (f"{HEAD}x = {'[' * 30}{']' * 30}", 1, "nested too deeply"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "said"), BAD)
def test_what_is_wrong_is_one_line_with_its_place(text: str, line: int, said: str) -> None:
    error = refused(text)
    assert said in str(error)
    assert error.line == line
    assert str(error).startswith(f"facts.toml:{line}: ")


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"schema = 1\n# \xe9")
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * 1_048_577)
    for file, said in ((tmp_path / "none", "No such file"), (latin, "UTF-8"), (big, "larger")):
        with pytest.raises(CareFileError, match=said):
            read_facts(file)
        with pytest.raises(CareFileError, match=said):
            read_settings(file)


def test_quantities_and_instants_are_exact() -> None:
    text = event(
        'kind = "aspirated"\nat = 2026-03-02T10:00:00+05:30\nvolume = "0.1 mL"\nexpected = "0 mL"'
    )
    (one,) = read_facts_text(text).events
    assert one.at == datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
    assert one.volume_ml == Fraction(1, 10)  # type: ignore[attr-defined]


def test_every_kind_of_fact_has_a_name_of_its_own_and_says_what_it_is() -> None:
    assert len(EVENTS) == len(set(EVENTS.values()))
    for name, kind in EVENTS.items():
        assert kind.kind == name
        assert kind.__doc__


def test_naive_instant_is_refused_in_python_too() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Implanted(at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_history_is_in_order_whatever_the_order_given() -> None:
    facts = trial()
    given = History(patient=read_facts_text(HEAD).patient, zone=read_facts_text(HEAD).zone,
                    events=tuple(reversed(facts)))  # fmt: skip
    assert [one.at for one in given.events] == sorted(one.at for one in facts)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_file_is_refused_in_one_line_or_followed(data: st.DataObject) -> None:
    """Whatever a slip of the hand makes of a file, nothing else comes of it."""
    name = data.draw(st.sampled_from(["trial-with-morphine", "baclofen-refill"]))
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    put = data.draw(st.sampled_from(["", "9", "-", '"', "\n", "[", "=", "1066-10-14", "0", "x"]))
    damaged = text[:start] + put + text[start + data.draw(st.integers(0, 12)) :]
    try:
        read = read_facts_text(damaged)
    except CareFileError as error:
        said = str(error)
    else:
        said = follow(read, REFILL).stage
    assert said.count("\n") == 0


@pytest.mark.parametrize("name", ["trial-with-morphine", "baclofen-refill"])
def test_shipped_example_is_read_and_names_nobody(name: str) -> None:
    file = EXAMPLES / f"{name}.toml"
    assert read_facts(file).events
    assert file.read_text(encoding="utf-8").startswith("# ")
    assert "who" not in file.read_text(encoding="utf-8")


def settings_refused(text: str) -> CareFileError:
    with pytest.raises(CareFileError) as caught:
        read_settings_text(f"schema = 1\n{text}", "clinic.toml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[figures]\nwound = '5 day'", 3, "unknown figure 'wound'"),
        ("[figures]\nwound-check = '5 mL'", 3, "not a unit of interval"),
        ("[figures]\nwound-check = 5", 3, "has no unit"),
        ("[figures]\nwound-check = '0 day'", 3, "not above zero"),
        ("[figures]\nwound-check = '36 h'", 3, "whole number of days"),
        ("[figures]\nfirst-dose-observation-morphine = '23 h'", 3, "at least 24 h"),
        ("[figures]\nscreening-observation = '3 h'", 3, "at least 4 h"),
        ("[figures]\npocket-fill-20-ml = '2 mL'", 3, "at most 1 mL"),
        ("[figures]\ntrial-spasm-points = 0", 3, "not above zero"),
        ("[figures]\ntrial-spasm-points = '2'", 3, "is not a number"),
        ("[figures]\nmri-tesla-prometra = 3", 3, "at most 1.5"),
        ("figures = 1", 2, "table [figures]"),
        ("x = 1", 2, "unknown key 'x'"),
        ("[[off]]\nrequirement = 'psychology.cleared'\nreason = 'x'", 3, "cannot be switched off"),
        ("[[off]]\nrequirement = 'trial.success'\nreason = 'x'", 3, "cannot be switched off"),
        ("[[off]]\nrequirement = 'no.such'\nreason = 'x'", 3, "unknown requirement"),
        ("[[off]]\nrequirement = 'skin.prepared'", 2, "and a reason"),
        ("[[observation]]\ndrug = 'aspirin'\nsteps = []", 3, "unknown drug"),
        ("[[observation]]\ndrug = 'morphine'\nsteps = []", 4, "at least 1"),
        ("[[observation]]\ndrug = 'morphine'\nsteps = [{ every = '0 h' }]", 4, "out of range"),
        (
            "[[observation]]\ndrug = 'morphine'\nsteps = [{ every = '999999999999 year' }]",
            4,
            "out of range",
        ),
        ("[figures]\ntrial-observation = '999999999999 year'", 3, "out of range"),
        ("[figures]\nanticoagulant-half-lives = 1e300", 3, "out of range"),
        ("[figures]\nanticoagulant-half-lives = nan", 3, "is not a number"),
        ("[[observation]]\ndrug = 'morphine'\nown = false", 2, "only the keys"),
        (
            "[[observation]]\ndrug = 'morphine'\n"
            "steps = [{ every = '1 h' }, { every = '2 h', until = '4 h' }]",
            2,
            "ascend",
        ),
    ],
)
def test_settings_that_may_not_be_are_refused(text: str, line: int, said: str) -> None:
    error = settings_refused(text)
    assert said in str(error)
    assert error.line == line


def test_own_figure_is_shown_with_the_published_one_and_its_source() -> None:
    own = read_settings_text('schema = 1\n[figures]\nwound-check = "3 day"\n')
    found = path(implanted(), PLACED + HOUR, settings=own)
    (task,) = found.task("wound.check")
    (source,) = [one for one in task.sources if one.figure]
    assert (source.figure, source.own) == ("3 day", True)
    assert source.default.startswith("5 day, patient leaflet")
    assert "the clinic's own figure; published: 5 day, patient leaflet" in str(source)
    assert "clinic.own-figure" in {one.code for one in found.notes}


def test_own_observation_that_is_shorter_does_not_shorten_the_labels() -> None:
    own = read_settings_text('schema = 1\n[figures]\ntrial-observation = "12 h"\n')
    short = trial(hours=24)
    assert not gate("implant.schedule", short, PLACED, settings=own).is_open
    assert gate("implant.schedule", trial(hours=25), PLACED, settings=own).is_open
    other = trial(drug="hydromorphone", hours=13)
    assert gate("trial.end", other, PLACED, settings=own).is_open
    assert not gate("trial.end", other, PLACED).is_open


def test_requirement_that_is_switched_off_says_so_and_why() -> None:
    own = read_settings_text(
        'schema = 1\n[[off]]\nrequirement = "skin.prepared"\nreason = "kept in theatre"\n'
    )
    (one,) = [
        one
        for one in gate("implant.start", trial(), PLACED, settings=own).requirements
        if one.code == "skin.prepared"
    ]
    assert one.stands
    assert one.switched_off == "kept in theatre"
    assert one.answer == "no"


def test_what_protects_most_can_be_neither_waived_nor_switched_off() -> None:
    for code in (
        "psychology.evaluated",
        "psychology.cleared",
        "refill.aspirated",
        "refill.label",
        "port.aspirated",
        "port.not-reservoir",
        "mri.emptied",
        "program.second-person",
        "stay.first-dose",
        *(code for code in requirement_cards() if code.startswith(("candidacy", "consent"))),
    ):
        card = requirement_cards()[code]
        assert card.waivable_by == ()
        assert not card.clinic_may_switch_off


def test_figures_without_a_published_value_stay_unknown() -> None:
    blank = {key for key, one in figures().items() if one.value is None}
    assert blank == {
        "watch-after-refill",
        "changeover-observation",
        "surveillance-interval",
        "outcomes-interval",
    }
    assert str(PUBLISHED.figure("watch-after-refill")) == "no published figure"
    with pytest.raises(SettingError, match="no published figure"):
        _ = PUBLISHED.figure("watch-after-refill").known
    with pytest.raises(SettingError, match="unknown figure"):
        PUBLISHED.figure("x")


def test_example_settings_are_read() -> None:
    own = read_settings(EXAMPLES / "clinic.toml")
    assert str(own.figure("wound-check")) == "3 day"
    assert own.schedule("hydromorphone") is not None


def test_refill_after_the_first_needs_its_own_visit() -> None:
    twice: list[Event] = [
        *at_home(),
        Filled(at=REFILL, volume_ml=Fraction(1), drugs=()),
    ]
    assert "conduct.against-gate" in {one.code for one in path(twice, REFILL + HOUR).notes}
