"""The canal by level, against the reference's volumes and surfaces; people about it."""

from itertools import pairwise

import numpy as np
import pytest

from thecal.csf import CsfError, level_at, level_position_cm, levels, population, typical
from thecal.csf.anatomy.figures import anatomy
from thecal.csf.anatomy.levels import inside_canal, place_cm
from thecal.csf.anatomy.profile import grid
from thecal.csf.transport.assembly import fluid_shape

GRID = grid(200)


def test_levels_fill_the_canal_from_c1_to_s5() -> None:
    spans = list(levels().values())
    assert next(iter(levels())) == "C1"
    assert list(levels())[-1] == "S5"
    assert spans[0][1] == pytest.approx(60.0)
    assert spans[-1][0] == pytest.approx(0.0, abs=1e-9)
    assert all(above[0] == pytest.approx(below[1]) for above, below in pairwise(spans))


@pytest.mark.parametrize("level", levels())
def test_a_level_and_its_place_lead_back_to_each_other(level: str) -> None:
    assert level_at(level_position_cm(level)) == level


def test_the_conus_is_between_l1_and_l2() -> None:
    assert levels()["L1"][0] == pytest.approx(anatomy().canal.conus_above_end.internal)


@pytest.mark.parametrize("level", ["C0", "C8", "T13", "L6", "S6", "l1", "", "cisterna"])
def test_a_level_that_does_not_exist_is_refused(level: str) -> None:
    with pytest.raises(CsfError, match="not a vertebral level; expected C1 to S5"):
        place_cm(level)


@pytest.mark.parametrize("place", [-0.1, 60.1, float("nan"), float("inf")])
def test_a_place_outside_the_canal_is_refused(place: float) -> None:
    with pytest.raises(CsfError, match="outside the canal"):
        inside_canal(place)


def test_fluid_of_the_canal_and_of_its_lumbosacral_part_are_the_published_ones() -> None:
    _, cells = fluid_shape(typical(), GRID)
    canal = anatomy().canal
    below = GRID.centres_cm < levels()["T11"][0]
    roots = canal.root_volume.internal * canal.roots_below_t11_share.internal
    assert cells.sum() == pytest.approx(97.3)
    assert cells[0, below].sum() + roots == pytest.approx(49.9, rel=0.01)


def test_the_fluid_s_cross_section_lies_in_the_published_ranges() -> None:
    area, _ = fluid_shape(typical(), GRID)
    places = GRID.faces_cm

    def mean_mm2(top: str, bottom: str) -> float:
        part = (places >= levels()[bottom][0]) & (places <= levels()[top][1])
        return float(area[0, part].mean() * 100)

    assert 150 <= mean_mm2("C1", "C7") <= 200
    assert 120 <= mean_mm2("T1", "T12") <= 170
    assert 150 <= mean_mm2("L1", "L5") <= 220, "the lumbar part holds Hogan's volume"


def test_the_cord_s_volume_is_published_and_its_surface_within_a_tenth() -> None:
    radius, dx = GRID.cord_radius_cm, GRID.dx_cm
    canal = anatomy().canal
    assert (np.pi * radius**2 * dx).sum() == pytest.approx(canal.cord_volume.internal, rel=1e-3)
    surface = (2 * np.pi * radius * dx).sum()
    assert surface == pytest.approx(canal.cord_surface.internal, rel=0.10), (
        "a circle, not an ellipse"
    )
    assert np.all(radius[: GRID.bare_cells] == 0)
    assert np.all(radius[GRID.bare_cells :] > 0.1)


def test_the_dura_that_the_areas_imply_is_of_the_published_size() -> None:
    area, _ = fluid_shape(typical(), GRID)
    inside = np.interp(GRID.faces_cm, GRID.centres_cm, np.pi * GRID.cord_radius_cm**2)
    around = 2 * np.sqrt(np.pi * (area[0] + inside))
    assert np.trapezoid(around, GRID.faces_cm) == pytest.approx(
        anatomy().canal.dura_surface.internal, rel=0.10
    )


def test_individuals_do_not_depend_on_the_chunk_they_are_drawn_in() -> None:
    whole = population(20, seed=5)
    part = population(5, seed=5, first=10)
    assert np.array_equal(whole[10:15].chi, part.chi)
    assert np.array_equal(whole[10:15].spinal_csf_ml, part.spinal_csf_ml)
    assert not np.array_equal(population(20, seed=6).chi, whole.chi)


def test_a_population_differs_as_published() -> None:
    many = population(4000, seed=1)
    whole, low = many.spinal_csf_ml, many.lumbosacral_csf_ml
    assert whole.std() / whole.mean() == pytest.approx(0.16, abs=0.015)
    assert 0.24 <= low.std() / low.mean() <= 0.30
    assert np.log(many.chi).std() == pytest.approx(0.7, abs=0.03)
    assert many.heart_per_min.mean() == pytest.approx(70, abs=0.6)
    assert many.breath_per_min.std() == pytest.approx(3, abs=0.15)


def test_an_individual_that_cannot_be_is_refused() -> None:
    with pytest.raises(CsfError, match="chi must be above 0"):
        typical().but(chi=0.0)
    with pytest.raises(CsfError, match="patients have no 'height'"):
        typical().but(height=1.8)
    with pytest.raises(CsfError, match="must leave some of the spinal fluid"):
        fluid_shape(typical().but(lumbosacral_csf_ml=99.0), GRID)
    with pytest.raises(CsfError, match="0 patients"):
        population(0, seed=1)
