"""H11: after a scan the pump is read twice, and its program held against the one before."""

from visits import FIRST, programmed

from thecal.programmer.session.port import TwinPort
from thecal.programmer.session.scan import after_scan
from thecal.pump import MriScan, Reset, Twin


def scanned(*, late_s: int = 0, hidden: bool = False) -> Twin:
    twin = programmed(FIRST)
    twin.inject(MriScan(twin.now_s + 60, 1_800, late_s, hidden_log=hidden))
    twin.advance(twin.now_s + 60 + 1_800 + 60)
    return twin


def digest(twin: Twin) -> str:
    program = twin.controller.state.program
    assert program is not None
    return program.digest


def test_a_scan_that_leaves_nothing_behind_is_no_problem() -> None:
    twin = scanned()
    assert after_scan(TwinPort(twin), digest(twin)).problems == ()


def test_a_stall_that_shows_late_is_found_by_the_second_interrogation() -> None:
    twin = scanned(hidden=True)
    read = after_scan(TwinPort(twin), digest(twin))
    assert any("second interrogation" in note for note in read.notes)


def test_a_rotor_that_has_not_recovered_is_named() -> None:
    twin = scanned(late_s=7_200)
    problems = after_scan(TwinPort(twin), digest(twin)).problems
    assert any("motor-stall" in one for one in problems)


def test_an_altered_program_is_named() -> None:
    twin = scanned()
    before = digest(twin)
    twin.inject(Reset(twin.now_s))
    problems = after_scan(TwinPort(twin), before).problems
    assert any("not the one of before" in one for one in problems)
    assert any("reset" in one for one in problems)


def test_without_a_program_to_compare_with_nothing_is_called_sound() -> None:
    assert after_scan(TwinPort(scanned()), None).problems
