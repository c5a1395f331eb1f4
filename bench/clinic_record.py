"""The clinic's record: pages as it grows, pages against a bare Django view, and its proof."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from django.test import Client

    from thecal.clinic.patients.models import Patient
    from thecal.clinic.people.models import Clinic, User

FEW, MANY = 100, 10_000
REQUESTS, WRITES = 30, 1000


def run() -> dict[str, float | int]:
    """Medians of requests in turn, on SQLite as the clinic runs it, and their ratios."""
    with tempfile.TemporaryDirectory() as folder, _clinic(Path(folder)):
        from bench.clinic_rows import fill  # noqa: PLC0415  (its models, once they are set up)

        trail = _trail(*_staff("Another")[:2])  # its proof misses the events of bare rows
        nurse, clinic, client = _staff()
        patient = _register(nurse, clinic)
        fill(nurse, clinic, FEW)
        few = _pages(client, clinic, patient)
        fill(nurse, clinic, MANY - FEW)
        many = _pages(client, clinic, patient)
        return {
            "today_growth": many["today"] / few["today"],
            "list_growth": many["list"] / few["list"],
            "patient_growth": many["patient"] / few["patient"],
            "goal_growth_at_most": 1.5,
            "bare_requests_per_s": 1 / many["bare"],
            "today_over_bare": many["today"] / many["bare"],
            "list_over_bare": many["list"] / many["bare"],
            "patient_over_bare": many["patient"] / many["bare"],
            **trail,
        }


@contextmanager
def _clinic(folder: Path) -> Iterator[None]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "thecal.clinic.project.development"
    os.environ["DATABASE_URL"] = f"sqlite://{folder}/clinic.sqlite3"
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import override_settings  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    unlimited = {"person": 10**9, "address": 10**9}
    with override_settings(ROOT_URLCONF="bench.clinic_urls", THECAL_REQUESTS_A_MINUTE=unlimited):
        yield
    connection.close()


def _staff(name: str = "Clinic") -> tuple[User, Clinic, Client]:
    from django.test import Client  # noqa: PLC0415

    from thecal.clinic.people.models import Membership  # noqa: PLC0415
    from thecal.clinic.people.services import found  # noqa: PLC0415

    clinic, user = found(name, name.lower(), "Somebody", uuid4().hex)
    held = Membership.objects.get(user=user)
    Membership(user=user, clinic=clinic, role="nurse", since=held.since).save()
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return user, clinic, client


def _register(user: User, clinic: Clinic) -> Patient:
    from bench.clinic_rows import who  # noqa: PLC0415
    from thecal.clinic.patients.orders import Particulars  # noqa: PLC0415
    from thecal.clinic.patients.services import register  # noqa: PLC0415

    return register(user, clinic, Particulars.model_validate(who()))


def _pages(client: Client, clinic: Clinic, patient: Patient) -> dict[str, float]:
    addresses = {
        "bare": "/bare",
        "today": f"/clinics/{clinic.pk}/today",
        "list": f"/clinics/{clinic.pk}/patients",
        "patient": f"/patients/{patient.pk}",
    }
    taken: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(REQUESTS):
        for name, address in addresses.items():
            taken[name].append(_seconds(lambda at=address: _get(client, at)))  # type: ignore[misc]
    return {name: median(one) for name, one in taken.items()}


def _get(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def _seconds(work: Callable[[], None]) -> float:
    """User and system time, which a busy machine changes little."""
    begun = process_time()
    work()
    return process_time() - begun


def _trail(user: User, clinic: Clinic) -> dict[str, float]:
    from thecal.clinic.audit.verifying import verify  # noqa: PLC0415

    begun = perf_counter()
    for _ in range(WRITES):
        _register(user, clinic)
    writing = perf_counter() - begun
    begun = perf_counter()
    proof = verify()
    proving = perf_counter() - begun
    assert proof.broken is None
    return {
        "writes_per_s": WRITES / writing,
        "events_verified_per_s": proof.events / proving,
        "verify_over_write": (proving / proof.events) / (writing / WRITES),
    }


def said(figures: dict[str, Any]) -> list[str]:
    """Every figure on a line."""
    return [
        f"{key}: {value:.4g}" if isinstance(value, float) else f"{key}: {value}"
        for key, value in figures.items()
    ]
