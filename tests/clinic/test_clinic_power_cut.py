"""The served clinic killed while many write: what was acknowledged is there after a restart."""

from __future__ import annotations

import http.client
import threading
from urllib.error import URLError

import databases
import staff
from browsing import Browser, Served, served
from crowd import crowd

from thecal.clinic.audit.verifying import verify
from thecal.clinic.patients.models import Patient

WRITERS = ("nurse-one", "physician-one", "pharmacist-one", "neuropsychologist-one")
ENOUGH = 30
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


def test_a_clinic_that_is_told_to_stop_ends_cleanly(own_record: str) -> None:
    clinic = Served(own_record)
    assert Browser(clinic.address).get("/accounts/login/")[0] == 200
    assert clinic.stop() == 0
