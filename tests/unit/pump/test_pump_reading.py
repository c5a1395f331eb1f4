"""What can be read from a pump besides its status: the log in pages, and what a patient may see."""

import cbor2
import pytest
from hypothesis import given, settings
from pump_cases import (
    DAY,
    DOSE,
    FIXED,
    HOUR,
    UL,
    Course,
    accepted,
    commands,
    courses,
    new_twin,
    play,
    refused,
    running,
    status,
)

from thecal.pump import (
    GENESIS,
    Accepted,
    Bolus,
    Entry,
    Fill,
    GiveBolus,
    Interrogate,
    LogBrokenError,
    LogPage,
    Mode,
    NotLanguageError,
    PatientStatus,
    Program,
    ReadLog,
    ReadPatientStatus,
    RefusalCode,
    Refused,
    RequestPatientDose,
    Stop,
    Twin,
    Update,
    decode,
    encode,
    follow,
    read_request,
)


def page(twin: Twin, from_seq: int, count: int) -> LogPage:
    reply = twin.send(ReadLog(from_seq, count))
    assert isinstance(reply, LogPage)
    return reply


def entries(read: LogPage) -> list[Entry]:
    return [
        Entry(one.seq, one.t_s, one.what, {f.name: f.value for f in one.facts}, one.digest)
        for one in read.entries
    ]


def patient_status(twin: Twin) -> PatientStatus:
    reply = twin.send(ReadPatientStatus())
    assert isinstance(reply, PatientStatus)
    return reply


@settings(max_examples=25, deadline=None)
@given(courses(commands))
def test_pages_of_the_log_follow_each_other_to_the_digest_of_the_status(course: Course) -> None:
    twin = play(running(), course)
    now = status(twin)
    digest, seq = GENESIS, 0
    while seq < now.log_length:
        read = page(twin, seq, 3)
        assert decode(encode(read)) == read
        digest = follow(digest, seq, entries(read))
        seq += len(read.entries)
    assert (seq, digest) == (now.log_length, now.log_digest)


def test_an_entry_that_was_altered_on_the_way_does_not_follow() -> None:
    twin = running()
    whole = entries(page(twin, 0, 64))
    altered = [*whole[:-1], whole[-1]._replace(t_s=whole[-1].t_s + 1)]
    with pytest.raises(LogBrokenError) as caught:
        follow(GENESIS, 0, altered)
    assert caught.value.seq == len(whole) - 1


def test_reading_the_log_changes_nothing() -> None:
    twin = running()
    before = twin.to_bytes()
    page(twin, 0, 64)
    assert page(twin, 1000, 64).entries == ()
    patient_status(twin)
    assert twin.to_bytes() == before


@pytest.mark.parametrize("wait_s", [0, HOUR, DOSE.lockout_s - 1, DOSE.lockout_s, DAY])
def test_the_patients_status_says_what_a_request_would_be_answered(wait_s: int) -> None:
    twin = running()
    accepted(twin, RequestPatientDose("dose-1"))
    twin.advance(twin.now_s + wait_s)
    told = patient_status(twin)
    reply = twin.send(RequestPatientDose("dose-2"))
    if isinstance(reply, Accepted):
        assert (told.refusal, told.wait_s) == (None, 0)
    else:
        assert isinstance(reply, Refused)
        assert (told.refusal, told.wait_s) == (reply.code, reply.wait_s)


def test_the_patients_status_counts_the_doses_that_are_left() -> None:
    twin = running()
    left = []
    for number in range(DOSE.max_per_day):
        accepted(twin, RequestPatientDose(f"dose-{number}"))
        left.append(patient_status(twin).doses_left)
        twin.advance(twin.now_s + DOSE.lockout_s)
    assert left == [3, 2, 1, 0]
    assert patient_status(twin).refusal is RefusalCode.DAILY_COUNT


def test_a_pump_without_a_patients_dose_says_so() -> None:
    told = patient_status(new_twin())
    assert (told.dose_volume_pl, told.doses_left, told.wait_s) == (None, None, None)
    assert told.refusal is RefusalCode.NO_PROGRAM
    fixed = new_twin(FIXED, None, factory_rate_pl_per_day=UL)
    assert patient_status(fixed).refusal is RefusalCode.NO_PROGRAM
    assert page(fixed, 0, 64).entries == ()


def test_a_fill_with_labels_beyond_measure_is_refused() -> None:
    twin = new_twin()
    for labels in (("a label",) * 17, ("x" * 129,)):
        fill = Fill(20_000_000_000, 0, labels)
        refused(twin, Update(f"{len(labels)}", 0, None, fill), RefusalCode.LABELS)


GOOD = GiveBolus("12345678", Bolus(1, 1))


def test_a_request_is_read_back() -> None:
    for request in (GOOD, Interrogate(), ReadLog(0, 64), Stop("x" * 64)):
        assert read_request(encode(request)) == request


@pytest.mark.parametrize(
    "message",
    [
        encode(Stop("1234567")),
        encode(Stop("x" * 65)),
        encode(ReadLog(0, 0)),
        encode(ReadLog(0, 65)),
        encode(ReadLog(-1, 1)),
        encode(Accepted("12345678", 1)),
        encode(Program(Mode.STOPPED)),
        encode(Refused("12345678", RefusalCode.ROLE)),
        encode(GOOD) + b"\0",
        cbor2.dumps({"kind": "GiveBolus", "command_id": "12345678"}),
        encode(GiveBolus("12345678", Bolus(1 << 63, 1))),
        encode(GiveBolus("12345678", Bolus(1 << 4000, 1))),
    ],
)
def test_what_is_no_request_is_malformed(message: bytes) -> None:
    with pytest.raises(NotLanguageError):
        read_request(message)
