"""The programmer's preview, from key to picture, against a bare page and the plan's own cost."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bench import clinic_record
from bench.clinic_record import said

if TYPE_CHECKING:
    from django.test import Client

    from thecal.clinic.patients.models import Patient
    from thecal.clinic.people.models import Clinic, User

__all__ = ["run", "said"]
KEYS = 80
EXAMPLE = Path(__file__).parents[1] / "examples" / "morphine-bupivacaine-day-and-night.toml"


def run() -> dict[str, float | int]:
    """Medians of requests in turn, in a process of its own: Django is set up once in each."""
    command = [sys.executable, "-m", "bench.programmer_page"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float | int] = json.loads(answer.stdout)
    return figures


def _measured() -> dict[str, float | int]:
    with tempfile.TemporaryDirectory() as folder, clinic_record._clinic(Path(folder)):
        user, clinic, client = clinic_record._staff()
        patient = _treated(user, clinic)
        fields = _opened(client, patient)
        taken = _keys(client, patient, fields)
        preview, bare, own = taken["preview"], taken["bare"], taken["plan"]
        days, rehearsed = taken["next_days"], taken["rehearsal"]
        return {
            "preview_ms": preview * 1000,
            "bare_ms": bare * 1000,
            "plan_ms": own * 1000,
            "preview_over_bare_and_plan": preview / (bare + own),
            "next_days_ms": days * 1000,
            "rehearsal_ms": rehearsed * 1000,
            "next_days_over_bare_and_rehearsal": days / (bare + own + rehearsed),
            "goal_at_most": 1.5,
        }


def _treated(user: User, clinic: Clinic) -> Patient:
    """A patient whose prescription stands, of the physician who will type."""
    from thecal.clinic.people.models import Membership  # noqa: PLC0415
    from thecal.clinic.prescriptions.services import prescribe  # noqa: PLC0415

    held = Membership.objects.filter(user=user)[0]
    Membership(user=user, clinic=clinic, role="physician", since=held.since).save()
    patient = clinic_record._register(user, clinic)
    prescribe.ask(user, patient, {"text": _text()})
    return patient


def _text() -> str:
    lines = EXAMPLE.read_text("utf-8").partition("[[signed]]")[0].splitlines()
    return "\n".join(one for one in lines if not one.startswith("age_years"))


def _opened(client: Client, patient: Patient) -> dict[str, Any]:
    """The fields of the editor as it opens, as a browser would send them."""
    from thecal.clinic.programming.editing import standing_now  # noqa: PLC0415
    from thecal.clinic.programming.prefilling import begun  # noqa: PLC0415

    address = f"/patients/{patient.pk}/programmer/edit"
    assert client.get(address).status_code == 200
    patient.refresh_from_db()
    fields: dict[str, Any] = dict(begun(standing_now(patient)).fields)
    return {name: one.split() if name.endswith(".days") else one for name, one in fields.items()}


def _keys(client: Client, patient: Patient, fields: dict[str, Any]) -> dict[str, float]:
    """Each key changes the dose, so that nothing is answered from what was worked out before."""
    from thecal.clinic.programming import spine  # noqa: PLC0415
    from thecal.clinic.programming.editing import standing_now  # noqa: PLC0415
    from thecal.clinic.programming.reading import read_sheet  # noqa: PLC0415
    from thecal.clinic.programming.sheet import Sheet  # noqa: PLC0415
    from thecal.therapy.file.reading import read_text  # noqa: PLC0415
    from thecal.therapy.plan import Plan, make_plan  # noqa: PLC0415

    standing, at = standing_now(patient), f"/patients/{patient.pk}/programmer"
    taken: dict[str, list[float]] = {
        name: [] for name in ("bare", "preview", "plan", "next_days", "rehearsal")
    }
    plans: list[Plan] = []
    for key in range(KEYS):
        typed = fields | {"s.0.1.rate": f"0.2{key + 1:02d}1"}
        flat = {
            name: " ".join(one) if isinstance(one, list) else one for name, one in typed.items()
        }
        text = read_sheet(Sheet(flat), standing.age_years, standing.now).text
        assert text

        def plan(text: str = text) -> None:
            plans.append(make_plan(read_text(text), visit=standing.day))

        def rehearsed() -> None:
            found = spine.ahead(plans[-1])
            spine.maps(plans[-1], found)
            spine.tips(found)

        steps: dict[str, Callable[[], None]] = {
            "bare": partial(clinic_record._get, client, "/bare"),
            "preview": partial(_post, client, f"{at}/preview", typed),
            "plan": plan,
            "next_days": partial(_post, client, f"{at}/next-days", typed),
            "rehearsal": rehearsed,
        }
        for name, step in steps.items():
            taken[name].append(clinic_record._seconds(step))
    return {name: median(one[KEYS // 8 :]) for name, one in taken.items()}


def _post(client: Client, address: str, fields: dict[str, Any]) -> None:
    sent = urlencode(fields, doseq=True)  # as htmx sends a form
    form = "application/x-www-form-urlencoded"
    answer = client.post(address, sent, content_type=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"totals" in answer.content or b"next-days" in answer.content


if __name__ == "__main__":
    print(json.dumps(_measured()))
