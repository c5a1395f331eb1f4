"""Published rows of the spinal fluid, all with one awake-adult calibration."""

import pytest

from thecal.csf import typical
from thecal.csf.calibration.rows import READ, Compared, compare, rows

ROWS = {row.name: row for row in rows()}


@pytest.fixture(scope="module")
def compared() -> dict[str, Compared]:
    """Every row beside the model, once."""
    return {one.row.name: one for one in compare()}


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if not row.missed])
def test_the_model_meets_what_was_published(name: str, compared: dict[str, Compared]) -> None:
    assert compared[name].met, compared[name]


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.missed])
def test_what_the_model_misses_is_marked_so_and_really_missed(
    name: str, compared: dict[str, Compared]
) -> None:
    assert not compared[name].met, f"{name} is met: take its mark away"


def test_every_row_is_read_off_the_model_and_says_how() -> None:
    assert set(READ) == set(ROWS)
    for row in ROWS.values():
        assert row.definition
        assert row.low < row.high


CENTRAL = {
    "baclofen-half-life": 0.15,
    "baclofen-gradient": 0.25,
    "morphine-half-life": 0.10,
    "morphine-first-volume": 0.15,
    "meperidine-half-life": 0.03,
    "meperidine-first-volume": 0.15,
    "clonidine-half-life": 0.03,
}


@pytest.mark.parametrize("name", CENTRAL)
def test_the_best_known_rows_are_met_in_their_middle(
    name: str, compared: dict[str, Compared]
) -> None:
    """Within a stated part of the published mean, and not only within its range."""
    one = compared[name]
    assert one.model == pytest.approx(one.row.published, rel=CENTRAL[name])


def test_people_differ_in_clearance_over_most_of_the_published_range() -> None:
    """Baclofen, 13 to 80 mL/h in four patients: two standard deviations of k_e either way."""
    low, high = (READ["baclofen-clearance"](typical().but(clearance_log=z)) for z in (-2.0, 2.0))
    assert low < 15
    assert high > 50


def test_the_conditions_lie_decades_apart() -> None:
    """One calibration does not serve an anaesthetised animal: the gradient shows it."""
    awake = READ["baclofen-gradient"](typical())
    asleep = READ["baclofen-gradient"](typical().but(chi=0.01))
    assert asleep > 1000 * awake
