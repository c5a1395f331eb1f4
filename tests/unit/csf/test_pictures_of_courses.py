"""Pictures: a map, profiles, fans; and a spine that any strict page can hold."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from thecal.csf.cohort import Store, Study, run_cohort, summarise
from thecal.csf.courses import Order, Regimen, follow
from thecal.csf.errors import CsfError
from thecal.csf.pictures import Scale, Shade, courses_svg, draw_cohort, draw_courses, spine_svg
from thecal.csf.regimen import Bolus

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def bolus() -> str:
    courses = follow(Order("morphine", "L3", 300.0), None, 6.0, None, ["L3", "C2"], 0.5)
    page = io.BytesIO()
    draw_courses(courses, page)
    with Image.open(page) as drawn:
        assert drawn.size[0] == 1600
        colours = drawn.convert("RGB").getcolors(1 << 24)
    assert colours is not None
    assert len(colours) > 100
    return courses_svg(courses)


def test_spine_is_well_formed_and_holds_nothing_active(bolus: str) -> None:
    root = ElementTree.fromstring(bolus)  # noqa: S314  (our own text)
    assert root.tag == f"{SVG}svg"
    tags = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert not tags & {"script", "style", "image", "foreignObject", "use", "a"}
    assert not any(name.startswith("on") for one in root.iter() for name in one.attrib)
    assert "href" not in bolus


def test_spine_names_every_level_and_the_tip(bolus: str) -> None:
    texts = {one.text for one in ElementTree.fromstring(bolus).iter(f"{SVG}text")}  # noqa: S314
    assert {"C1", "T12", "L5", "S5", "tip, L3"} <= texts


def test_colours_grow_darker_with_the_concentration() -> None:
    scale = Scale(10.0)
    shares = [scale.share(value) for value in (0.0, 0.001, 0.1, 1.0, 10.0)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_anatomy_alone_has_no_legend_of_concentrations() -> None:
    assert "µg/mL" not in spine_svg("T10")
    shade = Shade(np.array([0.0, 60.0]), np.array([1.0, 2.0]))
    assert "µg/mL" in spine_svg("T10", shade)


def test_caption_cannot_break_the_drawing() -> None:
    caption = '<b>& "quoted"</b>'
    drawn = ElementTree.fromstring(spine_svg("T10", None, caption))  # noqa: S314
    assert caption in {one.text for one in drawn.iter(f"{SVG}text")}


def test_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CsfError, match="L6"):
        spine_svg("L6")


def test_fans_of_two_regimens_are_drawn(tmp_path: Path) -> None:
    regimens = tuple(
        Regimen("morphine", tip, "bolus of 300 ug", boluses=(Bolus(300, tip),))
        for tip in ("L3", "T10")
    )
    store = Store.create(tmp_path / "study", Study(16, 1, regimens, 4.0, 1.0, ("L3",)))
    run_cohort(store)
    draw_cohort(store.study, summarise(store), tmp_path / "fans.png")
    with Image.open(tmp_path / "fans.png") as drawn:
        assert drawn.size[0] == 1600
