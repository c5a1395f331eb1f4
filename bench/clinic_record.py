"""The clinic's record: pages as it grows, pages against a bare Django view, and its proof."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from django.test import Client

    from thecal.clinic.people.models import Clinic, User

FEW, MANY = 100, 10_000
REQUESTS, WRITES = 30, 1000
DAYS = 90


def run() -> dict[str, float | int]:
    """Medians of requests in turn, on SQLite as the clinic runs it, and their ratios."""
    with tempfile.TemporaryDirectory() as folder, _clinic(Path(folder)):
        nurse, clinic, client = _staff()
        _fill(clinic, FEW)
        few = _pages(client, clinic)
        _fill(clinic, MANY - FEW)
        many = _pages(client, clinic)
        return {
            "today_growth": many["today"] / few["today"],
            "list_growth": many["list"] / few["list"],
            "patient_growth": many["patient"] / few["patient"],
            "goal_growth_at_most": 1.5,
            "bare_requests_per_s": 1 / many["bare"],
            "today_over_bare": many["today"] / many["bare"],
            "list_over_bare": many["list"] / many["bare"],
            "patient_over_bare": many["patient"] / many["bare"],
            **_trail(nurse, clinic),
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


def _staff() -> tuple[User, Clinic, Client]:
    from django.test import Client  # noqa: PLC0415

    from thecal.clinic.people.models import Membership  # noqa: PLC0415
    from thecal.clinic.people.services import found  # noqa: PLC0415

    clinic, user = found("Clinic", "somebody", "Somebody", uuid4().hex)
    held = Membership.objects.get(user=user)
    Membership(user=user, clinic=clinic, role="nurse", since=held.since).save()
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return user, clinic, client


def _fill(clinic: Clinic, count: int) -> None:
    """Rows alone, each with a stage and two open tasks: what is measured is reading them."""
    from django.utils import timezone  # noqa: PLC0415

    from thecal.care import Stage  # noqa: PLC0415
    from thecal.clinic.pathway.models import OpenTask  # noqa: PLC0415
    from thecal.clinic.patients.models import Patient  # noqa: PLC0415

    now, stages = timezone.now(), [one.value for one in Stage]
    rows = [
        Patient(clinic=clinic, registered_at=now, stage=stages[n % len(stages)], **_who())
        for n in range(count)
    ]
    Patient.objects.bulk_create(rows)
    OpenTask.objects.bulk_create(
        OpenTask(patient=one, clinic=clinic, raised=now, told_from=due, due=due, limit=due, **kind)
        for number, one in enumerate(rows)
        for due in [now + timedelta(days=number % DAYS)]
        for kind in _TASKS
    )


_TASKS = tuple(
    {"key": code, "code": code, "title": code, "urgency": "routine", "pressing": pressing}
    for code, pressing in (("refill", 2), ("surveillance.ask", 2))
)


def _who() -> dict[str, Any]:
    key = uuid4().hex
    return {
        "number": key,
        "family_name": key[:8],
        "given_name": key[8:16],
        "birth_date": date(1970, 1, 1),
        "sex": "unknown",
    }


def _pages(client: Client, clinic: Clinic) -> dict[str, float]:
    from thecal.clinic.patients.models import Patient  # noqa: PLC0415

    key = Patient.objects.filter(clinic=clinic).order_by("number")[0].pk
    addresses = {
        "bare": "/bare",
        "today": f"/clinics/{clinic.pk}/today",
        "list": f"/clinics/{clinic.pk}/patients",
        "patient": f"/patients/{key}",
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
    from thecal.clinic.patients.orders import Particulars  # noqa: PLC0415
    from thecal.clinic.patients.services import register  # noqa: PLC0415

    begun = perf_counter()
    for _ in range(WRITES):
        register(user, clinic, Particulars.model_validate(_who()))
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
