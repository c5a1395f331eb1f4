"""Each published figure, read off the model as its definition says."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from thecal.csf.anatomy.figures import anatomy
from thecal.csf.anatomy.levels import level_position_cm
from thecal.csf.anatomy.patients import Patients, typical
from thecal.csf.regimen import Bolus, Infusion
from thecal.csf.simulate import sample, simulate
from thecal.units import Provenance

Array = NDArray[Any]
_LEFT_AFTER_H, _NEAR_CM = 6.0, 5.0


class Row(BaseModel):
    """One published figure: see ``published.toml``, which lies beside this file.

    Attributes:
        low, high: what counts as met, and ``range`` says why.
        said: the publication's words, where it gives no number.
        missed: why the model misses it, where it does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    setup: str
    observable: str
    published: float
    unit: str
    low: float
    high: float
    range: str
    definition: str
    source: str = Field(min_length=1)
    provenance: Provenance
    said: str | None = None
    missed: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A row with the model's own figure."""

    row: Row
    model: float

    @property
    def met(self) -> bool:
        """Whether the model lies within what counts as met."""
        return self.row.low <= self.model <= self.row.high


@lru_cache(maxsize=1)
def rows() -> tuple[Row, ...]:
    """Every published row."""
    return tuple(Row.model_validate(one) for one in _file()["row"])


def compare(people: Patients | None = None) -> list[Compared]:
    """All rows with one individual's model, the calibrated adult if none is given."""
    person = typical() if people is None else people
    return [Compared(row, READ[row.name](person)) for row in rows()]


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    text = files(__package__).joinpath("published.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _setup(name: str) -> str:
    return str(_file()["setups"][name])


def half_life(times: Array, values: Array, start: float, end: float) -> float:
    """The half-life, ln 2 over the slope of a log-linear fit between two times."""
    within = (times > start - 1e-9) & (times < end + 1e-9)
    return float(np.log(2) / -np.polyfit(times[within], np.log(values[within]), 1)[0])


def _bolus(drug: str, dose_ug: float, person: Patients, hours: float = 24.0) -> tuple[Array, Array]:
    times = np.arange(0.0, hours + 0.1, 0.25)
    given = [Bolus(dose_ug, _setup("tip"))]
    found = sample(drug, [_setup("sample")], boluses=given, times_h=times, patients=person)
    return times, found[0, :, 0]


def _fit(drug: str, dose_ug: float, start: float, end: float, scale: float) -> Callable[..., float]:
    return lambda person: scale * half_life(*_bolus(drug, dose_ug, person), start, end)


def _first_volume(drug: str, dose_ug: float) -> Callable[[Patients], float]:
    return lambda person: float(dose_ug / _bolus(drug, dose_ug, person)[1][0])


def _left_percent(person: Patients) -> float:
    times, values = _bolus("morphine", 300.0, person)
    return float(100 * values[times == _LEFT_AFTER_H][0] / values[0])


def _steady(person: Patients) -> tuple[float, float]:
    """Lumbar and cisternal concentration of baclofen at 1 µg/h."""
    given = [Infusion.constant(1.0, _setup("infusion_tip"))]
    late = simulate("baclofen", infusions=given, times_h=[500.0], patients=person)
    lumbar = sample(
        "baclofen", [_setup("sample")], infusions=given, times_h=[500.0], patients=person
    )
    return float(lumbar[0, 0, 0]), float(late["cisterna"][0, 0])


def _ziconotide(person: Patients) -> tuple[float, float]:
    """Clearance in mL/h and slope in 1/h."""
    times = np.arange(0.0, 24.1, 0.25)
    given = [Infusion(_setup("tip"), (0.0, 1.0), (5.0,))]
    found = sample(
        "ziconotide", [_setup("sample")], infusions=given, times_h=times, patients=person
    )
    values = found[0, :, 0]
    slope = np.log(2) / half_life(times, values, 8.0, 24.0)
    return float(5.0 / (np.trapezoid(values, times) + values[-1] / slope)), float(slope)


def _plasma(person: Patients, hours: float, step_h: float) -> xr.Dataset:
    given = [Bolus(300.0, _setup("tip"))]
    return simulate("morphine", boluses=given, hours=hours, step_h=step_h, patients=person)


def _peak_ng_per_ml(person: Patients) -> float:
    return float(_plasma(person, 6.0, 1 / 60)["plasma"].max())


def _peak_minutes(person: Patients) -> float:
    plasma = _plasma(person, 6.0, 1 / 60)["plasma"]
    return float(60 * plasma["time"][int(np.argmax(plasma[0].to_numpy()))])


def _absorbed_percent(person: Patients) -> float:
    amount = _plasma(person, 240.0, 240.0)["amount"][0, -1]
    return float(amount.sel(place=["plasma", "peripheral", "cleared"]).sum() / 300.0 * 100)


def _flip_flop(person: Patients) -> float:
    course = _plasma(person, 48.0, 0.5)
    times = course["time"].to_numpy()
    fluid = sample(
        "morphine",
        [_setup("sample")],
        boluses=[Bolus(300.0, _setup("tip"))],
        times_h=times,
        patients=person,
    )[0, :, 0]
    return half_life(times, course["plasma"][0].to_numpy(), 24, 48) / half_life(
        times, fluid, 24, 48
    )


def _pig(person: Patients, hourly: bool) -> tuple[Array, Array]:
    """Places about the tip in cm, and the concentration in each cell after 8 h."""
    asleep = person.but(chi=anatomy().dispersion.anaesthetised_chi.internal)
    drip = [] if hourly else [Infusion.constant(10.0, "L2")]
    pulses = [Bolus(10.0, "L2", at_h=float(hour)) for hour in range(8)] if hourly else []
    last = simulate("morphine", infusions=drip, boluses=pulses, times_h=[8.0], patients=asleep)
    from_tip = last["position"].to_numpy() - level_position_cm("L2")
    return from_tip, last["fluid"][0, 0].to_numpy()


def _pig_share(person: Patients) -> float:
    from_tip, amount = _pig(person, hourly=False)
    return float(100 * amount[np.abs(from_tip) <= _NEAR_CM].sum() / amount.sum())


def _pig_spread(person: Patients) -> float:
    def spread(hourly: bool) -> float:
        from_tip, amount = _pig(person, hourly)
        mean = np.average(from_tip, weights=amount)
        return float(np.sqrt(np.average((from_tip - mean) ** 2, weights=amount)))

    return spread(True) / spread(False)


READ: dict[str, Callable[[Patients], float]] = {
    "baclofen-half-life": _fit("baclofen", 50.0, 0.25, 4.0, 1.0),
    "baclofen-clearance": lambda person: 1.0 / _steady(person)[0],
    "baclofen-gradient": lambda person: _steady(person)[0] / _steady(person)[1],
    "morphine-half-life": _fit("morphine", 300.0, 0.25, 6.0, 60.0),
    "morphine-first-volume": _first_volume("morphine", 300.0),
    "morphine-left": _left_percent,
    "morphine-plasma-peak": _peak_ng_per_ml,
    "morphine-plasma-time": _peak_minutes,
    "morphine-bioavailability": _absorbed_percent,
    "morphine-flip-flop": _flip_flop,
    "meperidine-half-life": _fit("meperidine", 10_000.0, 0.25, 6.0, 60.0),
    "meperidine-first-volume": _first_volume("meperidine", 10_000.0),
    "ziconotide-clearance": lambda person: _ziconotide(person)[0] / 60,
    "ziconotide-volume": lambda person: _ziconotide(person)[0] / _ziconotide(person)[1],
    "clonidine-half-life": _fit("clonidine", 150.0, 0.5, 6.0, 60.0),
    "pig-infusion": _pig_share,
    "pig-bolus": _pig_spread,
}
"""How each row is read off the model."""
