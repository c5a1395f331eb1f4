"""The bench's page: belief beside truth, what a button does, and where there is no bench."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import staff
from django.conf import settings
from django.test import Client, override_settings

from thecal.bench.acts import ACTS
from thecal.bench.hand import look
from thecal.bench.pump import BenchPump
from thecal.clinic.audit.models import Event
from thecal.clinic.people.roles import Role
from thecal.clinic.project.environment import Mode
from thecal.clinic.record.orders import Nothing
from thecal.clinic.record.refusals import ConflictError
from thecal.clinic.teaching import services
from thecal.clinic.teaching.lessons import buttons, lessons
from thecal.devices import pump as model
from thecal.pump import PumpProfile
from thecal.pump.world.written import read_fault
from thecal.units import DURATION, VOLUME, parse

pytestmark = [
    pytest.mark.usefixtures("record"),
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True),
]
SERIAL = "BENCH-1"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Path]:
    """A folder with a pump at rest, which the clinic reaches."""
    profile = PumpProfile.from_catalogue(model("synchromed-ii-20"))
    folder = tmp_path / "pumps" / "one"
    made = BenchPump.create(
        folder,
        profile,
        serial=SERIAL,
        epoch_utc_s=1_770_000_000,
        utc_offset_s=0,
        factory_rate_pl_per_day=None,
    )
    made.close()
    with override_settings(THECAL=replace(settings.THECAL, bench=(tmp_path / "pumps",))):
        yield folder


def client(role: Role = Role.NURSE) -> Client:
    made = Client()
    made.force_login(staff.member(role), staff.BACKEND)
    return made


def address() -> str:
    return f"/clinics/{staff.clinic().pk}/bench"


def press(act: str, text: str = "", role: Role = Role.NURSE) -> str:
    order = {"serial": SERIAL, "act": act, "text": text}
    return unescape(client(role).post(address(), order, follow=True).content.decode())


def test_belief_and_truth_stand_side_by_side(bench: Path) -> None:
    text = client().get(address()).content.decode()
    assert SERIAL in text
    assert "its time stands still" in text
    assert look(bench)["believed"]["remaining_pl"] is None
    assert "not known" in text


def test_a_fill_is_true_before_it_is_believed(bench: Path) -> None:
    said = press("fill", "20 mL")
    assert "the pump learns of it from an update" in said
    assert look(bench)["true"]["remaining_pl"] == 20 * 10**9
    assert 'class="changed">20 mL' in said


def test_a_leak_shows_on_the_true_side_alone(bench: Path) -> None:
    said = press("fault", "leak=40%")
    assert "leaks 40 %" in said
    assert "no pump feels it" in said
    assert look(bench)["true"]["leak_ppm"] == 400_000


def test_time_jumps_and_the_pump_lives_through_it(bench: Path) -> None:
    before = look(bench)["believed"]["utc_s"]
    press("wait", "10 day")
    assert look(bench)["believed"]["utc_s"] - before >= 10 * 86_400


@pytest.mark.parametrize(
    ("act", "text"),
    [("fill", "400 mL"), ("fault", "flood"), ("wait", "400 day"), ("fill", "2,5 mL")],
)
def test_what_cannot_be_done_is_refused_and_says_why(bench: Path, act: str, text: str) -> None:
    before = look(bench)
    said = press(act, text)
    assert "notice--error" in said or "notice--stop" in said
    assert look(bench)["true"] == before["true"]


def test_a_reader_looks_and_disturbs_nothing(bench: Path) -> None:
    assert SERIAL in client(Role.READER).get(address()).content.decode()
    order = {"serial": SERIAL, "act": "fault", "text": "reset"}
    assert client(Role.READER).post(address(), order).status_code == 403
    assert look(bench)["believed"]["alarms"] == []


def test_what_was_done_is_in_the_trail(bench: Path) -> None:  # noqa: ARG001
    press("fault", "reset")
    event = Event.objects.filter(action="teaching.disturb").order_by("-seq")[0]
    assert event.outcome == "done"
    assert '"reset"' in event.detail


def test_no_bench_says_how_to_get_one() -> None:
    text = client().get(address()).content.decode()
    assert "THECAL_CLINIC_BENCH" in text


def test_in_production_there_is_no_bench_whatever_is_set(bench: Path) -> None:  # noqa: ARG001
    with override_settings(THECAL=replace(settings.THECAL, mode=Mode.PRODUCTION)):
        assert services.look(staff.member(Role.NURSE), staff.clinic(), Nothing()).pumps == ()
        with pytest.raises(ConflictError, match="no pump"):
            services.let_happen.ask(
                staff.member(Role.NURSE),
                staff.clinic(),
                {"serial": SERIAL, "act": "fault", "text": "reset"},
            )


def test_every_button_and_lesson_does_what_the_bench_knows() -> None:
    for one in (*buttons(), *(step for lesson in lessons() for step in lesson.step)):
        assert one.act in ACTS
        if one.act == "fault":
            assert read_fault(one.text, now_s=0)
        if one.act in {"fill", "wait"}:
            assert parse(one.text, VOLUME if one.act == "fill" else DURATION) > 0


@pytest.mark.parametrize("lesson", lessons(), ids=lambda one: one.key)
def test_a_lesson_can_be_walked_to_its_end(bench: Path, lesson: object) -> None:
    press("fill", "20 mL")
    for one in getattr(lesson, "step"):  # noqa: B009
        said = press(one.act, one.text)
        assert one.look in said
    assert look(bench)["serial"] == SERIAL
