"""H10, H11, H15, H18: replacement, scans and refills, as dates and gates of the pathway."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from care_cases import (
    BACLOFEN,
    DAY,
    FIRST_FILL,
    HOUR,
    PLACED,
    REFILL,
    SCAN,
    at_home,
    before_scan,
    gate,
    lacking,
    path,
    reading,
    scanned,
)

from thecal.care.facts import Filled, Interrogated
from thecal.devices import pump


def test_replacement_is_due_within_84_months_and_never_moves_away() -> None:
    life = pump("synchromed-ii-20").service_life
    assert life is not None
    end = PLACED + timedelta(days=float(life.value))
    dates = []
    events = at_home()
    for year in (2040, 2031, 2050):
        events = [*events, Interrogated(at=REFILL + year * HOUR, replace_by=date(year, 1, 1))]
        (task,) = path(events, REFILL + 100 * DAY).task("pump.replace")
        assert task.due is not None
        dates.append(task.due)
    assert dates[0] == end
    assert dates == sorted(dates, reverse=True)


def test_scan_is_not_closed_before_two_readings_that_find_the_program_unaltered() -> None:
    first, second = (
        reading(SCAN + hours * HOUR, running=True, stall_logged=True, recovery_logged=True)
        for hours in (1, 2)
    )
    assert not gate("mri.close", scanned(first), SCAN + DAY).is_open
    assert gate("mri.close", scanned(first, second), SCAN + DAY).is_open
    altered = replace(second, digest="d2")
    judged = gate("mri.close", scanned(first, altered), SCAN + DAY)
    assert lacking(judged) == {"mri.program-same"}
    assert path(scanned(first, altered), SCAN + DAY).task("mri.program-altered")


def test_stall_that_shows_at_the_second_reading_only_keeps_the_scan_open() -> None:
    first = reading(SCAN + HOUR, running=True, stall_logged=False)
    second = reading(SCAN + 2 * HOUR, running=True, stall_logged=True, recovery_logged=False)
    judged = gate("mri.close", scanned(first, second), SCAN + DAY)
    assert lacking(judged) == {"mri.recovered"}


def test_prometra_is_scanned_only_with_volume_0_and_rate_0_in_its_field() -> None:
    def judged(volume: int | None, dose: int | None, tesla: str | None = "1.5") -> bool:
        read = reading(
            SCAN - HOUR,
            reservoir_ml=None if volume is None else Fraction(volume),
            daily_dose_ug=None if dose is None else Fraction(dose),
        )
        events = [*before_scan("prometra-ii-20", tesla), read]
        return gate("mri.scan", events, SCAN).is_open

    assert judged(0, 0)
    for volume, dose in ((1, 0), (0, 1), (None, 0), (0, None)):
        assert not judged(volume, dose)
    for tesla in ("3", None):
        assert not judged(0, 0, tesla)


def test_pump_of_unknown_behaviour_is_never_ready_for_a_scan() -> None:
    for model in ("medstream-20", "codman-3000-30", None):
        read = reading(
            SCAN - HOUR, running=True, reservoir_ml=Fraction(0), daily_dose_ug=Fraction(0)
        )
        assert not gate("mri.scan", [*before_scan(model), read], SCAN).is_open


def test_missed_refill_of_baclofen_escalates_to_an_emergency_that_names_withdrawal() -> None:
    fill = replace(FIRST_FILL, drugs=BACLOFEN)
    events = [fill if isinstance(one, Filled) else one for one in at_home()]
    (task,) = path(events, PLACED + 30 * DAY).task("refill")
    assert [(task.due - at).days for at in task.reminders if task.due] == [14, 7, 3, 0]
    assert task.urgency == "routine"
    (task,) = path(events, datetime(2026, 6, 10, tzinfo=UTC)).task("refill")
    assert task.urgency == "soon"
    (missed,) = path(events, datetime(2026, 6, 15, tzinfo=UTC)).task("refill.missed")
    assert missed.urgency == "emergency"
    assert "rebound spasticity" in missed.reason
