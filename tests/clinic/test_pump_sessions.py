"""Sessions with a real bench pump: what is certain of them, and what stays unknown until read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Semaphore, Thread
from typing import Any

import databases
import programming
import pytest
import staff
from crowd import crowd
from django.test import Client, override_settings
from programming import FIRST, confirmed, signed, written
from running_pumps import Process, start

from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.roles import Role
from thecal.clinic.prescriptions.models import Prescription
from thecal.clinic.prescriptions.services import open_findings
from thecal.clinic.pumps import contact
from thecal.clinic.pumps.models import Came, Device, Outcome, Pairing, Session, Status
from thecal.clinic.pumps.sections import known
from thecal.clinic.record.refusals import ConflictError, GateClosedError, InvalidError
from thecal.clinic.record.services import services
from thecal.link.roles import Role as LinkRole

WORKERS = 32
TEN_FOLD = FIRST.replace("0.5 mg/day", "5 mg/day").replace(
    "[therapy]",
    '[before]\ndaily_dose = "0.5 mg/day"\n\n[[before.drugs]]\ndrug = "morphine"\n'
    'concentration = "10 mg/mL"\n\n[therapy]',
)


@pytest.fixture
def programmer(own_record: str, tmp_path: Path) -> Iterator[str]:
    """The clinic's record, and a place for its programmer's keys."""
    with override_settings(THECAL_PROGRAMMER=tmp_path / "programmer"):
        yield own_record


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Process]:
    process = start(tmp_path / "pump", "--model", programming.MODEL)
    yield process
    process.kill()


def do(patient: Patient, action: str, role: Role = Role.NURSE, **order: Any) -> Any:
    return services()[action].ask(staff.member(role), patient, order)


def paired(patient: Patient, process: Process) -> Device:
    device = programming.pump(patient, str(process.address), process.serial)
    card = (process.folder / "cards" / "clinician.txt").read_text()
    do(patient, "pumps.pair", device=device.pk, card=card)
    return device


def sent(patient: Patient, device: Device, entry: Prescription, **more: Any) -> Session:
    session: Session = do(patient, "pumps.send", device=device.pk, prescription=entry.pk, **more)
    return session


def last(session: Session) -> Outcome:
    return Outcome.objects.filter(session=session).order_by("-recorded_at")[0]


def sign_what_the_pump_raised(patient: Patient, entry: Prescription, session: Session) -> None:
    for one in last(session).told["findings"]:
        if one["severity"] == "confirm" and not one["signed"]:
            signed(patient, entry, one["code"])


@pytest.mark.usefixtures("programmer")
def test_a_program_goes_into_the_pump_and_is_read_back(bench: Process) -> None:
    patient = staff.patient()
    device = paired(patient, bench)
    assert known(device)["status"] is None
    session = sent(patient, device, written(patient))
    assert last(session).outcome == Came.VERIFIED, last(session).because
    status = Status.objects.get(session=session)
    assert status.digest == session.digest
    assert status.remaining_ml == 20
    assert known(device)["status"] == status
    assert known(device)["unknown"] == []
    assert verify().holds


@pytest.mark.usefixtures("programmer")
def test_keys_are_their_owner_s_alone_and_the_card_is_kept_nowhere(
    bench: Process, tmp_path: Path
) -> None:
    patient = staff.patient()
    paired(patient, bench)
    files = [one for one in (tmp_path / "programmer").rglob("*") if one.is_file()]
    assert files
    assert all(one.stat().st_mode & 0o077 == 0 for one in files)
    secret = bench.card(LinkRole.CLINICIAN).secret.hex()
    assert all(secret not in one.read_text("latin-1") for one in files)
    assert Pairing.objects.get().pump_key


@pytest.mark.usefixtures("programmer")
def test_the_second_person_is_asked_for_before_anything_is_sent(bench: Process) -> None:
    patient = staff.patient()
    device = paired(patient, bench)
    sent(patient, device, written(patient))
    entry = written(patient, TEN_FOLD)
    with pytest.raises(GateClosedError) as caught:
        sent(patient, device, entry)
    assert "program.findings" in {gate.code for gate in caught.value.closed}
    for rule, _ in open_findings(entry, entry.visit_on):
        signed(patient, entry, rule)
    with pytest.raises(GateClosedError) as caught:
        sent(patient, device, entry)
    assert {gate.code for gate in caught.value.closed} == {"program.second-person"}
    confirmed(patient, entry, Role.NURSE)
    with pytest.raises(GateClosedError):
        sent(patient, device, entry)  # the second person cannot be the sender
    confirmed(patient, entry, Role.PHARMACIST)
    session = sent(patient, device, entry)
    assert last(session).outcome == Came.REFUSED
    assert "session.ten-fold" in last(session).because
    sign_what_the_pump_raised(patient, entry, session)
    with pytest.raises(GateClosedError):
        sent(patient, device, entry)  # the second person has not seen what was signed since
    confirmed(patient, entry, Role.PHARMACIST)
    session = sent(patient, device, entry)
    assert "ten-fold" in last(session).because
    session = sent(patient, device, entry, ten_fold_is_right=True)
    assert last(session).outcome == Came.VERIFIED, last(session).because
    assert session.second is not None
    assert session.second.person == staff.member(Role.PHARMACIST)


@pytest.mark.usefixtures("programmer")
def test_what_only_the_pump_can_raise_is_refused_until_it_is_signed(bench: Process) -> None:
    patient = staff.patient()
    device = paired(patient, bench)
    entry = written(patient)
    sent(patient, device, entry)
    again = sent(patient, device, entry)
    came = last(again)
    assert came.outcome in {Came.REFUSED, Came.VERIFIED}
    if came.outcome == Came.REFUSED:
        assert "session." in came.because


@pytest.mark.usefixtures("programmer")
def test_a_pump_that_dies_in_the_update_leaves_an_unknown_outcome_until_it_is_found_out(
    tmp_path: Path,
) -> None:
    number = _number_of_the_update(tmp_path)
    pump = start(
        tmp_path / "dies",
        "--model",
        programming.MODEL,
        deaths={"at": [number, 0], "record": None},
    )
    patient = staff.patient()
    device = paired(patient, pump)
    session = sent(patient, device, written(patient))
    assert last(session).outcome == Came.UNKNOWN, last(session).because
    assert known(device)["unknown"] == [session]
    assert "one of the two, whole" in " ".join(last(session).told["unknown"])
    pump.wait()
    again = start(tmp_path / "dies", "--model", programming.MODEL)
    try:
        moved = do(
            patient,
            "pumps.amend",
            device=device.pk,
            model=device.model,
            serial=device.serial,
            address=str(again.address),
            why="it listens elsewhere now",
        )
        do(patient, "pumps.reconcile", session=session.pk)
        assert last(session).outcome == Came.VERIFIED, last(session).because
        assert last(session).by is not None
        status = known(moved)["status"]
        assert status.digest == session.digest
        assert known(moved)["unknown"] == []
        with pytest.raises(ConflictError, match="known"):
            do(patient, "pumps.reconcile", session=session.pk)
    finally:
        again.kill()
    assert verify().holds


def _number_of_the_update(folder: Path) -> int:
    """Which write of the pump's journal is the update's: the largest of a session."""
    record = folder / "writes.txt"
    pump = start(
        folder / "lives",
        "--model",
        programming.MODEL,
        deaths={"at": None, "record": str(record)},
    )
    try:
        patient = staff.patient()
        device = paired(patient, pump)
        before = len(record.read_text().split())
        session = sent(patient, device, written(patient))
        assert last(session).outcome == Came.VERIFIED
        lengths = [int(one) for one in record.read_text().split()][before:]
        return before + lengths.index(max(lengths))
    finally:
        pump.kill()


@pytest.mark.usefixtures("programmer")
@pytest.mark.parametrize("action", ["pumps.send", "pumps.interrogate"])
def test_of_many_sessions_with_one_pump_at_once_one_begins(
    action: str, bench: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that begins does not speak to the pump before all others were refused."""
    patient = staff.patient()
    device = paired(patient, bench)
    order = {"device": device.pk}
    if action == "pumps.send":
        order["prescription"] = written(patient).pk
    refused, all_refused = Semaphore(0), Event()
    for name in ("send", "read"):
        spoken = getattr(contact, name)
        monkeypatch.setattr(contact, name, _after(all_refused, spoken))

    def work(number: int) -> str:
        role = (Role.NURSE, Role.PHYSICIAN)[number % 2]
        try:
            session: Session = do(patient, action, role, **order)
        except ConflictError as refusal:
            refused.release()
            return str(refusal)
        return str(session.pk)

    def watch() -> None:
        for _ in range(WORKERS - 1):
            refused.acquire(timeout=60)
        all_refused.set()

    watching = Thread(target=watch)
    watching.start()
    said = crowd(WORKERS, work)
    watching.join()
    session = Session.objects.get()
    assert said.count(str(session.pk)) == 1
    assert sum("is under way" in one for one in said) == WORKERS - 1
    assert last(session).outcome in {Came.VERIFIED, Came.READ}, last(session).because
    assert Outcome.objects.count() == 1
    assert verify().holds
    monkeypatch.undo()
    do(patient, "pumps.interrogate", device=device.pk)  # the pump is free again


def _after(event: Event, spoken: Callable[..., Any]) -> Callable[..., Any]:
    def speak(*args: Any, **kwargs: Any) -> Any:
        assert event.wait(60)
        return spoken(*args, **kwargs)

    return speak


@pytest.mark.usefixtures("programmer")
def test_a_session_of_which_nothing_was_written_down_is_unknown_and_can_be_found_out(
    bench: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the clinic is killed between sending and writing down what came of it."""
    patient = staff.patient()
    device = paired(patient, bench)
    entry = written(patient)
    with monkeypatch.context() as cut:
        cut.setattr("thecal.clinic.pumps.services._write_down", lambda *_: None)
        session = sent(patient, device, entry)
    assert not Outcome.objects.exists()
    assert session.certainty == Came.UNKNOWN
    assert known(device)["unknown"] == [session]
    do(patient, "pumps.reconcile", session=session.pk)
    assert last(session).outcome == Came.VERIFIED


@pytest.mark.usefixtures("programmer")
def test_a_pump_that_is_not_there_is_not_done_and_nothing_is_known_of_it(bench: Process) -> None:
    patient = staff.patient()
    device = paired(patient, bench)
    bench.kill()
    session = sent(patient, device, written(patient))
    assert last(session).outcome == Came.NOT_DONE
    assert not Status.objects.exists()
    assert known(device)["status"] is None


@pytest.mark.usefixtures("programmer")
def test_what_came_of_a_session_cannot_be_claimed(bench: Process) -> None:
    patient = staff.patient()
    device = paired(patient, bench)
    session = sent(patient, device, written(patient))
    with pytest.raises(ConflictError, match="waits"):
        do(patient, "pumps.settle", session=session.pk)
    with pytest.raises(InvalidError):
        do(patient, "pumps.settle", session=session.pk, outcome="verified")


@pytest.mark.usefixtures("programmer")
def test_another_patient_s_pump_is_not_spoken_to(bench: Process) -> None:
    one, other = staff.patient(), staff.patient()
    device = paired(one, bench)
    with pytest.raises(ConflictError, match="another patient"):
        programming.pump(other, str(bench.address), bench.serial)
    stranger = programming.pump(other, str(bench.address), "SERIAL-9")
    with pytest.raises(ConflictError, match="no such pump"):
        sent(other, device, written(other))
    card = (bench.folder / "cards" / "clinician.txt").read_text()
    with pytest.raises(InvalidError, match="another pump"):
        do(other, "pumps.pair", device=stranger.pk, card=card)


@pytest.mark.usefixtures("programmer")
def test_the_pages_do_it_too(bench: Process) -> None:
    patient = staff.patient()
    device = paired(patient, bench)
    entry = written(patient)
    client = Client()
    client.force_login(staff.member(Role.NURSE), staff.BACKEND)
    address = f"/patients/{patient.pk}/do/pumps.send"
    assert str(entry.pk) in client.get(address).content.decode()
    answer = client.post(
        address,
        {"device": str(device.pk), "prescription": str(entry.pk), "ten_fold_is_right": "no"},
    )
    assert answer.status_code == 302, answer.content.decode()
    text = client.get(f"/patients/{patient.pk}").content.decode()
    assert "Verified: read back, and exactly what was sent" in text
    assert entry.digest in text


def test_a_draft_cannot_be_sent_by_page_or_service(programmer: str) -> None:
    databases.use(databases.described(programmer))
    patient = staff.patient()
    device = programming.pump(patient, "127.0.0.1:9")
    draft = written(patient, draft=True)
    with pytest.raises(ConflictError, match="draft"):
        sent(patient, device, draft)
    client = Client()
    client.force_login(staff.member(Role.NURSE), staff.BACKEND)
    answer = client.post(
        f"/patients/{patient.pk}/do/pumps.send",
        {"device": str(device.pk), "prescription": str(draft.pk)},
    )
    assert answer.status_code == 422
    assert not Session.objects.exists()
