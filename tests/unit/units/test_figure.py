"""A figure carries its value, its source and how it is known, or it is not read."""

from fractions import Fraction

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from thecal.units import FLOW, VOLUME, Figure, Provenance, UnitError, VolumeFigure, figure

GOOD = {"value": "0.140 mL", "source": "RC-2017-RN-00065-1", "provenance": "found"}


class Holder(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    volume: VolumeFigure


def test_a_figure_keeps_value_source_and_provenance() -> None:
    read = figure(GOOD, VOLUME)
    assert read == Figure(Fraction("0.14"), VOLUME, "RC-2017-RN-00065-1", Provenance.FOUND)
    assert str(read) == "0.14 mL"


def test_a_figure_already_read_passes_only_as_its_own_kind() -> None:
    read = figure(GOOD, VOLUME)
    assert figure(read, VOLUME) is read
    with pytest.raises(UnitError):
        figure(read, FLOW)


@pytest.mark.parametrize("left_out", ["value", "source", "provenance"])
def test_a_figure_with_a_part_missing_is_refused(left_out: str) -> None:
    with pytest.raises(UnitError, match="expected value, source and provenance"):
        figure({key: value for key, value in GOOD.items() if key != left_out}, VOLUME)


@pytest.mark.parametrize(
    "change",
    [
        {"source": ""},
        {"source": "  "},
        {"source": 3},
        {"provenance": "guessed"},
        {"provenance": ""},
        {"provenance": 1},
        {"value": "0.140"},
        {"value": 0.14},
        {"value": "0.140 mg"},
        {"comment": "new"},
    ],
)
def test_a_figure_with_a_wrong_part_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UnitError):
        figure(GOOD | change, VOLUME)


def test_a_model_reads_a_figure_and_names_the_field_that_is_wrong() -> None:
    assert Holder.model_validate({"volume": GOOD}).volume.value == Fraction("0.14")
    with pytest.raises(ValidationError, match="volume"):
        Holder.model_validate({"volume": GOOD | {"value": "5 mg"}})
