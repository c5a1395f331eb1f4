"""Bad input: one line that names the file, the line, and what was expected; never a traceback."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orders import Order, flex

from thecal.therapy.contract import plan_contract
from thecal.therapy.file.reading import MAX_BYTES, PrescriptionError, read, read_bytes, read_text
from thecal.therapy.plan import make_plan

ORDER = Order(
    before=(("morphine", "10 mg/mL"),),
    drugs=(("morphine", "10 mg/mL"), ("bupivacaine", "10 mg/mL")),
    therapy=flex(
        ("mon tue wed thu fri", (("00:00", "0.02 mg/h"), ("07:00", "0.03 mg/h"))),
        ("sat sun", (("00:00", "0.02 mg/h"),)),
    ),
    patient_dose=("0.1 mg", "10 min", "4 h", 4),
    signed=("label.off-label",),
)
TEXT = ORDER.text
LINES = TEXT.splitlines()


def error_of(text: str) -> PrescriptionError:
    with pytest.raises(PrescriptionError) as caught:
        read_text(text, "rx.toml")
    assert str(caught.value) == f"rx.toml:{caught.value.line}: {caught.value.expected}"
    assert "\n" not in str(caught.value)
    return caught.value


def test_order_that_is_spoilt_here_reads_well() -> None:
    assert read_text(TEXT).primary.drug == "morphine"


# (the line as it stands, as it is spoilt, a word that the message must have)
SPOILT = [
    ('model = "synchromed-ii-20"', 'model = "synchromed-iii"', "synchromed-ii-20"),
    ('model = "ascenda-8780"', 'model = "ascenda"', "ascenda-8780"),
    ('drug = "bupivacaine"', 'drug = "bupivicaine"', "bupivacaine"),
    ('drug = "bupivacaine"', 'drug = "morphine"', "listed again"),
    ('rule = "label.off-label"', 'rule = "label.offlabel"', "thecal rules"),
    ('volume = "20 mL"', 'volume = "20"', "unit"),
    ('volume = "20 mL"', "volume = 20", "unit"),
    ('volume = "20 mL"', 'volume = "20,0 mL"', "comma"),
    ('volume = "20 mL"', "volume = 20,0", "comma"),
    ('volume = "20 mL"', 'volume = "-20 mL"', "negative"),
    ('volume = "20 mL"', 'volume = "0 mL"', "above zero"),
    ('volume = "20 mL"', 'volume = "nan mL"', "20 mL"),
    ('volume = "20 mL"', 'volume = "inf mL"', "20 mL"),
    ('volume = "20 mL"', "volume = nan", "unit"),
    ('volume = "20 mL"', "volume = inf", "unit"),
    ('volume = "20 mL"', "volume = -1e400", "unit"),
    ('volume = "20 mL"', "volume = 2026-01-01", "unit"),
    ('volume = "20 mL"', "volume = []", "unit"),
    ('volume = "20 mL"', "volume = { a = 1 }", "unit"),
    ('volume = "20 mL"', 'volume = ""', "20 mL"),
    ('volume = "20 mL"', 'volume = "٢٠ mL"', "20 mL"),
    ('volume = "20 mL"', 'volume = "99999999999999999999 mL"', "20 mL"),
    ('volume = "20 mL"', 'volum = "20 mL"', "unknown key 'volum'"),
    ('alarm_volume = "2 mL"', 'alarm_volume = "-2 mL"', "negative"),
    ('tip = "L1"', 'tip = "X1"', "C1 to S5"),
    ('tip = "L1"', "tip = 1", "tip"),
    ("age_years = 54", "age_years = -1", "years"),
    ("age_years = 54", "age_years = 131", "years"),
    ("age_years = 54", "age_years = nan", "years"),
    ("age_years = 54", "age_years = inf", "years"),
    ("age_years = 54", "age_years = true", "years"),
    ("age_years = 54", 'age_years = "54"', "years"),
    ("age_years = 54", f"age_years = {10**400}", "years"),
    ("opioid_tolerant = true", 'opioid_tolerant = "true"', "opioid_tolerant"),
    ("opioid_tolerant = true", "opioid_tolerant = 1", "opioid_tolerant"),
    ('indication = "pain"', 'indication = "Pain"', "pain"),
    ('mode = "flex"', 'mode = "flexible"', "minimum-rate"),
    ("max_per_day = 4", "max_per_day = 0", "max_per_day"),
    ("max_per_day = 4", "max_per_day = 4.0", "max_per_day"),
    ("max_per_day = 4", 'max_per_day = "4"', "max_per_day"),
    ("max_per_day = 4", "max_per_day = true", "max_per_day"),
    ("max_per_day = 4", f"max_per_day = {10**30}", "max_per_day"),
    ('lockout = "4 h"', 'lockout = "0.5 s"', "whole number of seconds"),
    ('lockout = "4 h"', 'lockout = "4"', "unit"),
    ('duration = "10 min"', 'duration = "10 mL"', "duration"),
    ('days = ["sat", "sun"]', 'days = ["sat", "sunday"]', "sun"),
    ('days = ["sat", "sun"]', "days = []", "days"),
    ('days = ["sat", "sun"]', 'days = "sat"', "days"),
    ('  { at = "07:00", rate = "0.03 mg/h" },', '  { at = "00:00", rate = "1 mg/h" },', "00:00"),
    ('  { at = "07:00", rate = "0.03 mg/h" },', '  { at = "07:60", rate = "1 mg/h" },', "07:00"),
    ('  { at = "07:00", rate = "0.03 mg/h" },', '  { at = "0٧:00", rate = "1 mg/h" },', "time"),
    ('  { at = "07:00", rate = "0.03 mg/h" },', '  { at = "07:00" },', "missing key 'rate'"),
    ('  { at = "07:00", rate = "0.03 mg/h" },', '  { at = "07:00", rate = "3" },', "unit"),
    ('  { at = "07:00", rate = "0.03 mg/h" },', "  7,", "step"),
    ("schema = 1", "schema = 2", "schema"),
    ("schema = 1", 'schema = "1"', "schema"),
    ("schema = 1", "schema = true", "schema"),
    ("schema = 1", "schema = 1.0", "schema"),
    ("schema = 1", "schema = 1 # x\nzzz = 1", "unknown key 'zzz'"),
    ('by = "name of the physician"', 'by = ""', "by"),
    ('by = "name of the physician"', 'by = "   "', "by"),
    ('reason = "reason of the physician"', "", "missing key 'reason'"),
]


@pytest.mark.parametrize(("good", "bad", "word"), SPOILT, ids=[bad[:60] for _, bad, _ in SPOILT])
def test_spoilt_line_is_named_with_what_was_expected(good: str, bad: str, word: str) -> None:
    number = max(i for i, line in enumerate(LINES) if line == good)
    spoilt = "\n".join([*LINES[:number], bad, *LINES[number + 1 :]])
    error = error_of(spoilt)
    assert word in error.expected
    nearby = {number + 1, number + 2} if "\n" in bad else {number + 1}
    if "missing key" in word or word == "step":
        nearby |= set(range(number - 6, number + 2))  # the table that should have had it
    assert error.line in nearby, error


def test_missing_table_is_named() -> None:
    start, end = TEXT.index("[catheter]"), TEXT.index("[fill]")
    assert "missing key 'catheter'" in error_of(TEXT[:start] + TEXT[end:]).expected
    renamed = TEXT.replace("[catheter]", "[cathether]")
    assert error_of(renamed).line == renamed.splitlines().index("[cathether]") + 1


def test_first_step_must_be_at_midnight_and_steps_ascend() -> None:
    late = TEXT.replace('"00:00", rate = "0.02', '"01:00", rate = "0.02', 1)
    assert '"00:00"' in error_of(late).expected
    back = TEXT.replace(
        '  { at = "07:00", rate = "0.03 mg/h" },',
        '  { at = "07:00", rate = "0.03 mg/h" },\n  { at = "06:00", rate = "0.03 mg/h" },',
    )
    error = error_of(back)
    assert "ascending" in error.expected
    assert error.line == back.splitlines().index('  { at = "06:00", rate = "0.03 mg/h" },') + 1


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t"])
def test_empty_file_is_named_as_such(text: str) -> None:
    error = error_of(text)
    assert error.line == 1
    assert "empty" in error.expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema", 1),
        ("schema = 1\n[patient", 2),
        ("schema = 1\n\n\nx = [1, 2", 4),
        ('schema = 1\nx = "abc', 2),
        ("schema = 1\nschema = 1", 2),
        ("\ufeffschema = 1", 1),
        ("schema = 1\x00", 1),
        ("schema = 1\nx = 1979-13-45", 2),
    ],
)
def test_text_that_is_not_toml_names_its_line(text: str, line: int) -> None:
    assert error_of(text).line == line


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("[" * 60 + "]" * 60, id="arrays 60 deep"),
        pytest.param("[" * 470 + "]" * 470, id="arrays 470 deep"),
        pytest.param("[" * 5000 + "]" * 5000, id="arrays 5000 deep"),
        pytest.param("{ a = " * 400 + "1" + " }" * 400, id="inline tables 400 deep"),
        pytest.param("9" * 5000, id="an integer of 5000 digits"),
        pytest.param("0." + "1" * 5000, id="a number of 5000 places"),
        pytest.param('"' + "x" * 100_000 + '"', id="a text of 100 000 characters"),
    ],
)
def test_absurd_values_are_refused_in_one_short_line(value: str) -> None:
    error = error_of(TEXT.replace("age_years = 54", f"age_years = {value}"))
    assert len(str(error)) < 600


@pytest.mark.parametrize("dots", [10, 1000, 50_000])
def test_absurdly_deep_keys_are_refused(dots: int) -> None:
    error = error_of(TEXT.replace("age_years = 54", "age_years." + "a." * dots + "a = 54"))
    assert len(str(error)) < 600


def test_many_short_dotted_lines_do_not_hang() -> None:
    many = "\n".join(f"a{i}.b.c = {i}" for i in range(20_000))
    assert error_of(f"schema = 1\n{many}").line >= 1


def test_file_of_100_mb_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(PrescriptionError, match=f"{MAX_BYTES} bytes"):
        read(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.toml", tmp_path / ("x" * 300), Path(os.devnull)):
        with pytest.raises(PrescriptionError, match="expected a prescription"):
            read(path)


def test_file_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(TEXT.replace("10 min", "10 min").encode() + 'x = "µg"\n'.encode("latin-1"))
    with pytest.raises(PrescriptionError, match="UTF-8") as caught:
        read(path)
    assert caught.value.line == len(LINES) + 1


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_spoilt_value_is_found_wherever_comments_and_blanks_move_it(data: st.DataObject) -> None:
    fillers = st.sampled_from(["", "# a comment", '# key = "value" [x] {', "   ", "\t# é"])
    lines: list[str] = []
    places: list[int] = []
    for line in LINES:
        lines.append(data.draw(fillers))
        if ' = "' in line and not line.startswith(("by", "reason")):
            places.append(len(lines))
        lines.append(line)
    place = data.draw(st.sampled_from(places))
    key, _, _ = lines[place].rpartition(' = "')
    if lines[place].startswith("  {"):
        lines[place] = '  { at = "00:00", rate = "spoilt" },'
    else:
        lines[place] = f'{key} = "spoilt"'
    assert error_of("\n".join(lines)).line == place + 1


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [
            'reason = """three\nlines [ { =\n here"""',
            "reason = '''three\nlines ] } \"\n here'''",
            'reason = """an \\""" [ escaped one"""',
            'reason = """"quoted""""',
            "reason = 'a \" [ quote'",
            'reason = "a \\" [ quote # no comment"',
            'reason = """ends with a backslash \\\\"""',
            '"reason" = "quoted key"',
        ]
    )
)
def test_strings_of_every_kind_do_not_mislead_the_line(reason: str) -> None:
    text = TEXT.replace('reason = "reason of the physician"', reason)
    read_text(text)
    assert error_of(f"{text}zzz = 1\n").line == text.count("\n") + 1


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_mutated_files_read_or_are_refused_in_one_line_and_what_reads_can_be_planned(
    data: st.DataObject,
) -> None:
    content = bytearray(TEXT.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["cut", "flip", "insert", "double", "digit"]))
        if kind == "cut":
            del content[place : place + data.draw(st.integers(1, 30))]
        elif kind == "flip":
            content[place] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            content[place:place] = data.draw(
                st.sampled_from([b'"', b"[", b"]", b"{", b"'''", b"\n", b"=", b"\\", b"0", b"#"])
            )
        elif kind == "double":
            content[place:place] = content[place : place + data.draw(st.integers(1, 60))]
        else:
            digits = [i for i, byte in enumerate(content) if byte in b"0123456789"]
            content[data.draw(st.sampled_from(digits))] = data.draw(st.sampled_from(b"0123456789"))
        if not content:
            return
    refused: PrescriptionError | None = None
    try:
        prescription = read_bytes(bytes(content), "rx.toml")
    except PrescriptionError as error:
        refused = error
    if refused is None:
        assert plan_contract(make_plan(prescription))["findings"]
    else:
        assert 1 <= refused.line <= content.count(b"\n") + 1
        assert "\n" not in str(refused)


def test_pipe_without_a_size_is_read_only_as_far_as_a_prescription_may_be(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    content = b"# a line\n" * 400_000

    def write() -> None:
        with contextlib.suppress(BrokenPipeError):
            fifo.write_bytes(content)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(PrescriptionError, match=f"{MAX_BYTES} bytes"):
            read(fifo)
    finally:
        writer.join(timeout=10)


def test_a_byte_order_mark_before_the_first_line_is_no_part_of_the_file() -> None:
    marked = b"\xef\xbb\xbf" + TEXT.encode()
    assert read_bytes(marked) == read_text(TEXT)


@pytest.mark.parametrize(
    ("line", "spoilt", "expected"),
    [
        ('model = "ascenda-8780"', "model = 8780", "expected a text in quotes"),
        ("opioid_tolerant = true", 'opioid_tolerant = "yes"', "expected true or false"),
        ("max_per_day = 4", "max_per_day = 4.5", "expected a whole number"),
        ("max_per_day = 4", "max_per_day = 0", "expected greater than or equal to 1"),
        ('days = ["sat", "sun"]', "days = []", "expected at least one"),
        ('days = ["sat", "sun"]', 'days = "sat"', "expected a list"),
        ('by = "name of the physician"', 'by = ""', "expected a text"),
    ],
)
def test_what_was_expected_is_said_in_plain_words(line: str, spoilt: str, expected: str) -> None:
    assert line in TEXT
    assert expected in error_of(TEXT.replace(line, spoilt)).expected
