"""What the demo's patients receive, as prescription files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from thecal import devices
from thecal.pump import PL_PER_ML, PumpProfile
from thecal.units import VOLUME, exact_text


@dataclass(frozen=True, slots=True)
class Therapy:
    """A prescription, but for what ran before it.

    Attributes:
        drugs: each with its concentration, the primary drug first.
        dose: of the primary drug in a day.
        holds: another volume than a full reservoir's.
        program: lines of ``[therapy]`` in place of a constant dose.
        more: tables that follow.
    """

    indication: str
    model: str
    catheter: str
    length: str
    tip: str
    drugs: tuple[tuple[str, str], ...]
    dose: str
    holds: str = ""
    alarm: str = ""
    origin: str = ""
    program: str = ""
    more: str = ""

    def at(self, dose: str) -> Self:
        """The same at another constant dose."""
        return replace(self, dose=dose, program="")

    def of(self, *drugs: tuple[str, str]) -> Self:
        """The same with another solution."""
        return replace(self, drugs=drugs)

    def holding(self, volume: str) -> Self:
        """The same with another volume in the reservoir."""
        return replace(self, holds=volume)

    @property
    def volume(self) -> str:
        """What is in the reservoir, but for what no needle reaches: a new pump brings that."""
        if self.holds:
            return self.holds
        profile = PumpProfile.from_catalogue(devices.pump(self.model))
        assert profile.capacity_pl is not None  # noqa: S101  (of every model of the demo)
        full_pl = profile.capacity_pl - (profile.not_aspirable_pl or 0)
        return exact_text(Fraction(full_pl, PL_PER_ML), VOLUME)

    @property
    def label(self) -> str:
        """The pharmacy's label of it, a drug on each line."""
        return "\n".join(f"{drug} {strength}" for drug, strength in self.drugs)

    def text(self, age_years: int, before: Therapy | None = None) -> str:
        """The prescription file."""
        parts = [self._patient(age_years), self._device(), self._fill()]
        if before is not None:
            drugs = "".join(_drug("before.drugs", *one) for one in before.drugs)
            parts.append(f'[before]\ndaily_dose = "{before.dose}"\n{drugs}')
        constant = f'mode = "simple"\ndaily_dose = "{self.dose}"\n'
        parts.append(f"[therapy]\n{self.program or constant}{self.more}")
        return "schema = 1\n" + "".join(parts)

    def _patient(self, age_years: int) -> str:
        lines = [f'indication = "{self.indication}"', f"age_years = {age_years}"]
        if self.origin:
            lines.append(f'spasticity_origin = "{self.origin}"')
        if self.indication == "pain":
            lines += ["opioid_tolerant = true", "psychosis_history = false"]
        return "[patient]\n" + "\n".join(lines) + "\n"

    def _device(self) -> str:
        return (
            f'[pump]\nmodel = "{self.model}"\n[catheter]\nmodel = "{self.catheter}"\n'
            f'length = "{self.length}"\ntip = "{self.tip}"\n'
        )

    def _fill(self) -> str:
        alarm = f'alarm_volume = "{self.alarm}"\n' if self.alarm else ""
        drugs = "".join(_drug("fill.drugs", *one) for one in self.drugs)
        return f'[fill]\nvolume = "{self.volume}"\n{alarm}{drugs}'


def _drug(table: str, drug: str, strength: str) -> str:
    return f'[[{table}]]\ndrug = "{drug}"\nconcentration = "{strength}"\n'


_PAIN = Therapy(
    indication="pain",
    model="synchromed-ii-20",
    catheter="ascenda-8780",
    length="89 cm",
    tip="T10",
    alarm="2 mL",
    drugs=(("morphine", "10 mg/mL"),),
    dose="1 mg/day",
)
_SPASM = replace(
    _PAIN,
    indication="spasticity",
    origin="spinal",
    length="82 cm",
    alarm="4 mL",
    drugs=(("baclofen", "500 ug/mL"),),
    dose="100 ug/day",
)
_LARGE = {"model": "synchromed-ii-40", "alarm": "4 mL"}

MORPHINE = _PAIN.at("0.5 mg/day")
MORPHINE_BUPIVACAINE = replace(
    _PAIN.of(("morphine", "10 mg/mL"), ("bupivacaine", "10 mg/mL")), dose="2 mg/day"
)
DAY_AND_NIGHT = replace(
    MORPHINE_BUPIVACAINE,
    program=(
        'mode = "flex"\n'
        '[[therapy.schedule]]\ndays = ["mon", "tue", "wed", "thu", "fri"]\n'
        'steps = [{ at = "00:00", rate = "0.06 mg/h" }, { at = "07:00", rate = "0.1 mg/h" },'
        ' { at = "22:00", rate = "0.06 mg/h" }]\n'
        '[[therapy.schedule]]\ndays = ["sat", "sun"]\n'
        'steps = [{ at = "00:00", rate = "0.08 mg/h" }]\n'
    ),
    more=(
        '[therapy.patient_dose]\ndose = "0.1 mg"\nduration = "10 min"\nlockout = "4 h"\n'
        "max_per_day = 4\n"
    ),
)
HYDROMORPHONE = replace(
    _PAIN,
    **_LARGE,
    catheter="ascenda-8781",
    length="76.5 cm",
    tip="T9",
    drugs=(("hydromorphone", "5 mg/mL"), ("bupivacaine", "20 mg/mL")),
    dose="2 mg/day",
)
MORPHINE_CLONIDINE = replace(
    _PAIN, **_LARGE, drugs=(("morphine", "10 mg/mL"), ("clonidine", "100 ug/mL")), dose="2 mg/day"
)
ZICONOTIDE = replace(_PAIN, drugs=(("ziconotide", "25 ug/mL"),), dose="2.4 ug/day")
BACLOFEN = _SPASM
BACLOFEN_STRONG = replace(_SPASM, drugs=(("baclofen", "2000 ug/mL"),), dose="300 ug/day")
BACLOFEN_CLONIDINE = replace(
    _SPASM,
    **_LARGE,
    length="86 cm",
    drugs=(("baclofen", "1000 ug/mL"), ("clonidine", "200 ug/mL")),
    dose="200 ug/day",
)
PROMETRA = replace(
    _SPASM,
    model="prometra-ii-20",
    catheter="flowonix-13827",
    length="84 cm",
    alarm="",
    dose="150 ug/day",
)
