"""The served clinic killed while many write: what was acknowledged is there after a restart."""

from __future__ import annotations

import http.client
import threading
from typing import Any
from urllib.error import URLError
from uuid import uuid4

import databases
import staff
from browsing import Browser, Caller, Served, served
from crowd import crowd
from programs import token

from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import Patient
from thecal.clinic.people.models import User

WRITERS = ("nurse-one", "physician-one", "pharmacist-one", "neuropsychologist-one")
CALLERS, ENOUGH = 16, 60
_LOST = (URLError, OSError, http.client.HTTPException)


def test_nothing_acknowledged_is_lost_when_the_clinic_is_killed_under_load(own_record: str) -> None:
    clinic_key = staff.clinic().pk
    databases.leave()
    clinic = Served(own_record)
    acknowledged: list[str] = []
    enough = threading.Event()

    def work(number: int) -> None:
        browser = Browser(clinic.address)
        browser.sign_in(WRITERS[number])
        try:
            for turn in range(10_000):
                who = staff.particulars(number=f"{number}-{turn}").model_dump(mode="json")
                status, _, headers = browser.submit(f"/clinics/{clinic_key}/patients/new", **who)
                if status == 302 and headers["Location"].startswith("/patients/"):
                    acknowledged.append(who["number"])
                if len(acknowledged) >= ENOUGH:
                    enough.set()
        except _LOST:
            return  # the clinic is gone

    writing = threading.Thread(target=crowd, args=(len(WRITERS), work))
    writing.start()
    came = enough.wait(60)
    clinic.kill()
    writing.join()
    assert came
    with served(own_record) as again:
        browser = Browser(again.address)
        browser.sign_in("nurse-one")
        assert browser.get(f"/clinics/{clinic_key}/patients")[0] == 200
    databases.use(databases.described(own_record))
    assert set(acknowledged) <= set(Patient.objects.values_list("number", flat=True))
    assert verify().holds


def test_what_the_api_acknowledged_is_not_lost_and_what_it_did_not_is_sent_again_by_its_key(
    own_record: str,
) -> None:
    path = f"/clinics/{staff.clinic().pk}/do/patients.register"
    people = [User.objects.get(username=one) for one in WRITERS]
    secrets = [token(people[number % len(people)])[1] for number in range(CALLERS)]
    databases.leave()
    clinic = Served(own_record)
    sent: list[tuple[int, str, dict[str, Any]]] = []
    acknowledged: set[str] = set()
    enough = threading.Event()

    def work(number: int) -> None:
        caller = Caller(clinic.address, secrets[number])
        try:
            for turn in range(10_000):
                who = staff.particulars(number=f"{number}-{turn}").model_dump(mode="json")
                request = (number, str(uuid4()), {"order": who})
                sent.append(request)
                if caller.post(path, request[2], Idempotency_Key=request[1])[0] == 200:
                    acknowledged.add(request[1])
                if len(acknowledged) >= ENOUGH:
                    enough.set()
        except _LOST:
            return  # the clinic is gone

    calling = threading.Thread(target=crowd, args=(CALLERS, work))
    calling.start()
    came = enough.wait(60)
    clinic.kill()
    calling.join()
    assert came
    with served(own_record) as again:
        callers = [Caller(again.address, secret) for secret in secrets]
        for number, key, body in sent:
            status, said, _ = callers[number].post(path, body, Idempotency_Key=key)
            assert status == 200, said
            assert said.get("done_before") or key not in acknowledged
    databases.use(databases.described(own_record))
    numbers = list(Patient.objects.values_list("number", flat=True))
    assert sorted(numbers) == sorted(body["order"]["number"] for _, _, body in sent)
    assert verify().holds


def test_a_clinic_that_is_told_to_stop_ends_cleanly(own_record: str) -> None:
    clinic = Served(own_record)
    assert Browser(clinic.address).get("/accounts/login/")[0] == 200
    assert clinic.stop() == 0
