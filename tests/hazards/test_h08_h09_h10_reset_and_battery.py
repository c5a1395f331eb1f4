"""H08: a short in the feed-through resets the pump (June 2013): stop, alarm, no default therapy.

H09 and H10 share this file's pump: a battery that fails early ends in the same reset (2009,
2011), and the date of replacement never moves away (2012).
"""

from fractions import Fraction

import pytest
from orders import Order

from thecal.devices import pump
from thecal.pump import (
    Interrogate,
    LowBattery,
    PumpProfile,
    Reset,
    Status,
    Twin,
    Update,
)
from thecal.pump.controller.alarms import AlarmName
from thecal.pump.language import (
    SECONDS_PER_DAY,
    Accepted,
    Priority,
    Refused,
    RequestPatientDose,
    Running,
)

MODEL = pump("synchromed-ii-20")
SERVICE_LIFE_S = 84 * 2_629_800
NOTICE_S = 90 * SECONDS_PER_DAY
RAN = Order(
    before=(("morphine", "10 mg/mL"),), patient_dose=("0.1 mg", "10 min", "4 h", 4)
).fully_signed()


def running_twin() -> Twin:
    """A twin that runs 0.5 mg/day of morphine."""
    case = RAN.plan().case
    twin = Twin(PumpProfile.from_catalogue(MODEL), serial="H08")
    twin.fill(20_000_000_000)
    reply = twin.send(Update("first", 0, case.program, case.fill, case.ceiling))
    assert isinstance(reply, Accepted)
    return twin


def status(twin: Twin) -> Status:
    reply = twin.send(Interrogate())
    assert isinstance(reply, Status)
    return reply


def sounding(twin: Twin) -> dict[str, Priority]:
    return {alarm.name: alarm.priority for alarm in status(twin).alarms}


def test_reset_stops_delivery_forgets_the_program_and_sounds_a_critical_alarm() -> None:
    twin = running_twin()
    twin.inject(Reset(5 * SECONDS_PER_DAY))
    twin.advance(5 * SECONDS_PER_DAY)
    at_reset = twin.truth().to_tip_pl
    twin.advance(30 * SECONDS_PER_DAY)
    assert twin.truth().to_tip_pl == at_reset
    assert status(twin).running is Running.STOPPED
    assert status(twin).program is None
    assert sounding(twin)[AlarmName.RESET] is Priority.CRITICAL


def test_after_a_reset_the_patient_gets_no_dose_either() -> None:
    twin = running_twin()
    twin.inject(Reset(SECONDS_PER_DAY))
    twin.advance(2 * SECONDS_PER_DAY)
    assert isinstance(twin.send(RequestPatientDose("after-reset")), Refused)


def test_only_a_new_program_starts_it_again() -> None:
    twin = running_twin()
    twin.inject(Reset(SECONDS_PER_DAY))
    twin.advance(2 * SECONDS_PER_DAY)
    case = RAN.plan().case
    reply = twin.send(Update("again", status(twin).revision, case.program))
    assert isinstance(reply, Accepted)
    assert status(twin).running is Running.BASE
    assert AlarmName.RESET not in sounding(twin)


def test_log_tells_of_the_reset_and_survives_it() -> None:
    twin = running_twin()
    before = len(twin.controller.log.entries)
    twin.inject(Reset(SECONDS_PER_DAY))
    twin.advance(2 * SECONDS_PER_DAY)
    entries = twin.controller.log.entries
    assert len(entries) > before
    assert any("reset" in entry.what for entry in entries[before:])
    twin.controller.log.verify()


@pytest.mark.parametrize("share", [Fraction(1, 100), Fraction(1, 2), Fraction(9, 10)])
def test_battery_that_fails_before_its_notice_ends_as_a_reset_does(share: Fraction) -> None:
    """H09: the reset comes before the replacement notice was due."""
    at_s = int(share * (SERVICE_LIFE_S - NOTICE_S))
    twin = running_twin()
    twin.inject(Reset(at_s))
    twin.advance(at_s)
    stopped = twin.truth().to_tip_pl
    twin.advance(at_s + 10 * SECONDS_PER_DAY)
    assert twin.truth().to_tip_pl == stopped
    assert sounding(twin)[AlarmName.RESET] is Priority.CRITICAL


def test_low_battery_brings_the_end_of_service_nearer_and_says_so() -> None:
    """H09: low at two years: replacement is due at once, and 90 days later nothing runs."""
    at_s = 2 * 365 * SECONDS_PER_DAY
    twin = running_twin()
    twin.inject(LowBattery(at_s))
    twin.advance(at_s)
    told = status(twin)
    assert told.replacement_notice_at_s is not None
    assert told.replacement_notice_at_s <= at_s
    assert told.replace_by_s is not None
    assert told.replace_by_s <= at_s + NOTICE_S


def test_replace_by_date_is_at_most_84_months_and_never_moves_away() -> None:
    """H10: looked at every month of the pump's life, whatever happens to it."""
    twin = running_twin()
    twin.inject(Reset(400 * SECONDS_PER_DAY), LowBattery(1500 * SECONDS_PER_DAY))
    dates = []
    for month in range(1, 90):
        twin.advance(month * 2_629_800)
        told = status(twin)
        assert told.replace_by_s is not None
        assert told.replace_by_s <= SERVICE_LIFE_S
        dates.append(told.replace_by_s)
    assert dates == sorted(dates, reverse=True)
    assert dates[0] == SERVICE_LIFE_S
    assert dates[-1] <= 1500 * SECONDS_PER_DAY + NOTICE_S


def test_at_84_months_delivery_ends_for_good() -> None:
    """H10: a hard stop, with the notice 90 days before."""
    twin = running_twin()
    twin.advance(SERVICE_LIFE_S - NOTICE_S)
    assert AlarmName.REPLACEMENT_DUE in sounding(twin)
    twin.advance(SERVICE_LIFE_S)
    assert status(twin).running is Running.ENDED
    assert sounding(twin)[AlarmName.END_OF_SERVICE] is Priority.CRITICAL
    case = RAN.plan().case
    assert isinstance(twin.send(Update("late", status(twin).revision, case.program)), Refused)
