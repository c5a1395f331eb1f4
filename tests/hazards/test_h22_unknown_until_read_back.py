"""H22: a lost answer leaves it unknown; the next contact finds out, and nothing acts twice."""

from pathlib import Path

import pytest
from broken_wires import LATER_S, NEW, OLD, Bed, Break, Kind
from pump_cases import DOSE, FULL, simple

from thecal.link.roles import Role
from thecal.programmer.notebook import Notebook, Page
from thecal.programmer.patient import DoseOutcome, press
from thecal.programmer.session.outcome import Outcome
from thecal.programmer.session.session import Edit
from thecal.programmer.session.states import State

HANDSHAKE_FRAMES = 4
DOSED = Edit(simple(150_000_000, patient_dose=DOSE), FULL)


@pytest.mark.parametrize("later_s", [0, LATER_S], ids=["soon", "late"])
def test_an_update_whose_answer_was_lost_is_unknown_then_verified_and_acted_once(
    tmp_path: Path, later_s: int
) -> None:
    bed, notebook = Bed(tmp_path), Notebook(tmp_path / "home")
    page = bed.pair(notebook, Role.CLINICIAN)
    session, _ = bed.session(notebook, page)
    session.interrogate()
    session.edit(OLD)
    session.review()
    bed.broken = Break(Kind.CUT, len(bed.frames) + 1)
    assert session.confirm().outcome is Outcome.UNKNOWN
    bed.broken = None
    again, _ = bed.session(notebook, page, later_s)
    assert again.state is State.UNKNOWN
    result = again.reconcile()
    assert result.outcome is Outcome.VERIFIED
    assert result.sent is not None
    assert bed.acted(result.sent.update.command_id) == 1
    again.edit(NEW)
    again.review()
    assert again.confirm().outcome is Outcome.VERIFIED


def test_a_patient_whose_answer_was_lost_gets_one_dose(tmp_path: Path) -> None:
    bed, clinic, home = Bed(tmp_path), Notebook(tmp_path / "clinic"), Notebook(tmp_path / "home")
    session, _ = bed.session(clinic, bed.pair(clinic, Role.CLINICIAN))
    session.interrogate()
    session.edit(DOSED)
    session.review()
    session.confirm()
    page = bed.pair(home, Role.PATIENT)
    said = []
    for lost in (True, False):
        fresh = Page.read(page.path)
        port = bed.port(home, fresh, Role.PATIENT)
        # The dose's answer is lost, and so is every contact after it.
        frame = len(bed.frames) + HANDSHAKE_FRAMES + 3
        bed.broken = Break(Kind.CUT, frame) if lost else None
        bed.breaks_for_good = lost
        said.append(press(port, fresh, utc_s=lambda: bed.utc_s, pause=lambda _: None).outcome)
        bed.breaks_for_good = False
        assert bed.status().doses_granted == 1
        port.close()
    assert said == [DoseOutcome.UNKNOWN, DoseOutcome.GRANTED_BEFORE]
