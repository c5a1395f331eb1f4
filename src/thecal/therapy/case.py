"""One prescription worked out: everything that the rules judge and the plan shows, computed once.

Nothing here refuses; what cannot be known is None, and a rule says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from thecal import devices, formulary
from thecal.devices import Catheter, Pump, PumpKind
from thecal.formulary import Bound, Drug, DrugClass, Layer, Limit, LimitOf, Who
from thecal.pump.language import (
    PL_PER_ML,
    SECONDS_PER_DAY,
    Bridge,
    Ceiling,
    Fill,
    Mode,
    Program,
)
from thecal.therapy.changeover.bridge import (
    Changeover,
    Phase,
    Priming,
    Solution,
    bridge_rate,
    phases_of,
    priming_effect,
)
from thecal.therapy.changeover.path import FluidPath, path_of
from thecal.therapy.file.prescription import Ingredient, Prescription, SpasticityOrigin
from thecal.therapy.program.compiling import (
    Compiled,
    bridge_bolus,
    compile_program,
    priming_bolus,
    with_start,
)
from thecal.therapy.program.doses import Doses
from thecal.therapy.refill.interval import Refill, Stored, caps_of, plan_refill
from thecal.therapy.solution_labels import label


@dataclass(frozen=True, slots=True)
class Part:
    """One drug of a solution, with its concentration in µg/mL."""

    drug: Drug
    strength: Fraction

    @property
    def name(self) -> str:
        """The drug's name."""
        return self.drug.name


@dataclass(frozen=True)
class Case:
    """A prescription with its pump and catheter from the catalogue, and all that follows.

    Attributes:
        visit: the day of the visit, None if no calendar dates are wanted.
        zone: the patient's time zone, None if not stated.
        clinic_days: the clinic's own longest refill interval, None if it has none.
        pharmacy_label: drug to µg/mL as read from the syringe, apart from the prescription;
            None if nobody has read it out.
    """

    prescription: Prescription
    pump: Pump
    catheter: Catheter
    visit: date | None = None
    zone: ZoneInfo | None = None
    clinic_days: Fraction | None = None
    pharmacy_label: Mapping[str, Fraction] | None = None

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The solution in the reservoir, the primary drug first."""
        return _parts(self.prescription.fill.drugs)

    @cached_property
    def old_parts(self) -> tuple[Part, ...]:
        """The solution that the path still holds, empty if there is none."""
        before = self.prescription.before
        return _parts(before.drugs) if before else ()

    @property
    def primary(self) -> Part:
        """The drug in which doses are stated."""
        return self.parts[0]

    @cached_property
    def who(self) -> tuple[Who, ...]:
        """The populations whose limits apply; where the file is silent, the stricter ones too."""
        patient, groups = self.prescription.patient, [Who.EVERYONE]
        groups.append(Who.OPIOID_TOLERANT if patient.opioid_tolerant else Who.OPIOID_NAIVE)
        if patient.spasticity_origin is not SpasticityOrigin.SPINAL:
            groups.append(Who.CEREBRAL)
        if patient.spasticity_origin is SpasticityOrigin.SPINAL:
            groups.append(Who.SPINAL)
        return tuple(groups)

    @cached_property
    def compiled(self) -> Compiled:
        """The base program and what rounding cost."""
        return compile_program(self.prescription, self.pump)

    @cached_property
    def doses(self) -> Doses | None:
        """What the base program delivers, None without a program."""
        if self.compiled.program is None:
            return None
        rate = Fraction(0)
        if self.compiled.program.mode is Mode.MINIMUM_RATE and self.pump.minimum_rate_mode:
            rate = self.pump.minimum_rate_mode.value
        return Doses(self.compiled.program, {p.name: p.strength for p in self.parts}, rate)

    @cached_property
    def mean_ug_per_day(self) -> Mapping[str, Fraction]:
        """Each drug's dose on the week's mean day; empty without a program."""
        return self.doses.amounts(self.doses.mean_ml) if self.doses else {}

    @cached_property
    def worst_ug_per_day(self) -> Mapping[str, Fraction]:
        """Each drug's dose on the heaviest day with all patient doses; empty without a program."""
        return self.doses.amounts(self.doses.worst_ml) if self.doses else {}

    @cached_property
    def before_ug_per_day(self) -> Mapping[str, Fraction]:
        """Each drug's dose until now; empty without ``before``."""
        before = self.prescription.before
        if before is None:
            return {}
        flow = before.daily_dose_ug / before.drugs[0].concentration_ug_per_ml
        return {part.name: flow * part.strength for part in self.old_parts}

    @cached_property
    def path(self) -> FluidPath:
        """The fluid path from rotor to tip."""
        order = self.prescription
        return path_of(self.pump, order.pump, self.catheter, order.catheter)

    @cached_property
    def priming(self) -> Priming | None:
        """Filling the whole path at the highest rate; None where either is unknown.

        It is ordered only at a first fill (:attr:`primes`).
        """
        highest, volume = self.pump.highest_rate, self.path.volume_ml
        if not highest or volume is None or self.path.dead_volume_ml_per_cm is None:
            return None
        base = self.doses.mean_ml if self.doses else Fraction(0)
        return priming_effect(
            priming_bolus(volume, highest.value),
            Solution({part.name: part.strength for part in self.parts}),
            base,
            volume,
            self.path.dead_volume_ml_per_cm,
        )

    @property
    def primes(self) -> bool:
        """Whether the program starts with a priming bolus: a first fill that is to run."""
        program = self.compiled.program
        return (
            self.prescription.before is None
            and program is not None
            and program.mode is not Mode.STOPPED
            and self.pump.kind is PumpKind.PROGRAMMABLE
            and self.priming is not None
        )

    @cached_property
    def changeover(self) -> Changeover | None:
        """The change-over, None at a first fill or without a program."""
        if self.prescription.before is None or self.doses is None:
            return None
        old = Solution({part.name: part.strength for part in self.old_parts})
        new = Solution({part.name: part.strength for part in self.parts})
        name, needed = self.primary.name, old.of(self.primary.name) != self.primary.strength
        bridge = self._bridge(old) if needed else None
        volume = self.path.volume_ml
        names = dict.fromkeys((*new.strengths, *old.strengths))
        return Changeover(
            old=old,
            new=new,
            bridge=bridge,
            held=name if old.of(name) else "",
            needed=needed,
            intended_ug_per_day={n: self.mean_ug_per_day.get(n, Fraction(0)) for n in names},
            before_ug_per_day={n: self.before_ug_per_day.get(n, Fraction(0)) for n in names},
            path_ml=volume,
            dead_volume_ml_per_cm=self.path.dead_volume_ml_per_cm,
            phases=self._phases(bridge) if dict(old.strengths) != dict(new.strengths) else (),
        )

    def _phases(self, bridge: Bridge | None) -> tuple[Phase, ...]:
        volume = self.path.volume_ml
        if volume is None or self.doses is None:
            return ()
        return tuple(phases_of(bridge, self.doses.mean_ml, volume))

    def _bridge(self, old: Solution) -> Bridge | None:
        """The bridge, None where the pump cannot run one or the path's volume is unknown."""
        before, volume = self.prescription.before, self.path.volume_ml
        program = self.compiled.program
        running = program is not None and program.mode in {Mode.SIMPLE, Mode.FLEX}
        if before is None or volume is None or not running:
            return None
        if self.pump.kind is not PumpKind.PROGRAMMABLE:
            return None
        old_flow = before.daily_dose_ug / before.drugs[0].concentration_ug_per_ml
        rate = bridge_rate(
            self.mean_ug_per_day[self.primary.name], self.primary.name, old, old_flow
        )
        return bridge_bolus(rate, volume) if round(rate * PL_PER_ML) else None

    @cached_property
    def program(self) -> Program | None:
        """The whole program: priming or bridge, then the base mode and the patient's doses."""
        if self.compiled.program is None:
            return None
        priming = self.priming.bolus if self.primes and self.priming else None
        bridge = self.changeover.bridge if self.changeover else None
        return with_start(self.compiled.program, priming, bridge)

    @cached_property
    def alarm_volume_ml(self) -> Fraction | None:
        """The alarm volume ordered, else the catalogue's, else None."""
        ordered = self.prescription.fill.alarm_volume_ml
        if ordered is not None:
            return ordered
        known = self.pump.alarm_volume or self.pump.refill_end_volume
        return known.value if known else None

    @cached_property
    def refill(self) -> Refill | None:
        """The refill interval, None without a program."""
        if self.doses is None:
            return None
        alarm, upper = self.alarm_volume_ml, self.upper_accuracy_percent
        usable = None if alarm is None else self.prescription.fill.volume_ml - alarm
        return plan_refill(
            usable,
            self.doses.mean_ml + self.doses.patient_doses_ml,
            self.changeover.bridge if self.changeover else None,
            upper,
            tuple(caps_of(self._stored(), self.clinic_days)),
        )

    def _stored(self) -> list[Stored]:
        return [Stored(p.drug, p.strength, self.is_first_fill(p)) for p in self.parts]

    def is_first_fill(self, part: Part) -> bool:
        """Whether this pump has not held the drug before."""
        return part.name not in {old.name for old in self.old_parts}

    @property
    def upper_accuracy_percent(self) -> Fraction | None:
        """How much more than programmed the pump may deliver; None if not published for its use."""
        above = self.pump.accuracy_above_percent
        if above is None or self.pump.accuracy_tested_at is not None:
            return None
        return above.value

    def hard_cap(self, part: Part) -> Limit | None:
        """The strictest hard daily cap of a drug for this patient, None if nothing is published."""
        caps = part.drug.limits_of(LimitOf.DAILY_DOSE, layer=Layer.HARD, who=self.who)
        known = [cap for cap in caps if cap.bound is Bound.ABSOLUTE and cap.high_value is not None]
        return min(known, key=lambda cap: cap.high_value or 0, default=None)

    @cached_property
    def fill(self) -> Fill | None:
        """The fill in the pump's language, None while the alarm volume is unknown."""
        alarm = self.alarm_volume_ml
        if alarm is None:
            return None
        volume = self.prescription.fill.volume_ml
        labels = tuple(label(part.drug, part.strength) for part in self.parts)
        return Fill(round(volume * PL_PER_ML), round(alarm * PL_PER_ML), labels)

    @cached_property
    def ceiling(self) -> Ceiling | None:
        """What the pump itself will never pass, from the hard caps and this fill's strengths.

        Per hour it is the plan's own heaviest hour; per day the strictest hard cap, or the
        plan's own heaviest 24 h where no cap is published.
        """
        if self.doses is None:
            return None
        caps = [
            cap.high_value / part.strength
            for part in self.parts
            if (cap := self.hard_cap(part)) is not None and cap.high_value is not None
        ]
        per_day = min(caps, default=self.doses.worst_24h_ml)
        return Ceiling(
            _round_up(self.doses.peak_hour_ml * PL_PER_ML) + 1,
            _round_up(per_day * PL_PER_ML) + 1,
            self._pushed_out_pl(),
        )

    def _pushed_out_pl(self) -> int:
        """What priming or bridge push out of the path: its volume, in their whole seconds."""
        volumes = [(self.path.volume_ml or Fraction(0)) * PL_PER_ML]
        if self.program and self.program.priming:
            volumes.append(Fraction(self.program.priming.volume_pl))
        if self.program and self.program.bridge:
            bridge = self.program.bridge
            volumes.append(Fraction(bridge.rate_pl_per_day * bridge.duration_s, SECONDS_PER_DAY))
        return _round_up(max(volumes))

    @property
    def opioids(self) -> tuple[Part, ...]:
        """The opioids in the reservoir."""
        return tuple(p for p in self.parts if p.drug.drug_class is DrugClass.OPIOID)


def make_case(
    prescription: Prescription,
    visit: date | None = None,
    zone: ZoneInfo | None = None,
    clinic_days: Fraction | None = None,
    pharmacy_label: Mapping[str, Fraction] | None = None,
) -> Case:
    """Work a prescription out.

    Raises:
        KeyError: a pump, catheter or drug that the catalogues do not have.
    """
    return Case(
        prescription,
        devices.pump(prescription.pump.model),
        devices.catheter(prescription.catheter.model),
        visit,
        zone,
        clinic_days,
        pharmacy_label,
    )


def _parts(drugs: tuple[Ingredient, ...]) -> tuple[Part, ...]:
    return tuple(Part(formulary.drug(one.drug), one.concentration_ug_per_ml) for one in drugs)


def _round_up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
