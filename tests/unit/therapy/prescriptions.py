"""Strategies for hypothesis: whole prescriptions, from anything writable to clinically usual."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from orders import CEREBRAL, NAIVE, SPINAL, TOLERANT, Order, flex, simple

from thecal import devices, formulary
from thecal.therapy.file.prescription import VERTEBRAE, WEEKDAYS

_DRUGS = sorted(formulary.drugs())
_TEXT = st.text(
    st.characters(min_codepoint=1, max_codepoint=0x2FFF, exclude_categories=("Cs", "Zl", "Zp")),
    min_size=1,
    max_size=40,
).filter(lambda text: text.strip() != "")


def decimals(lowest: str, highest: str, places: int = 4) -> st.SearchStrategy[str]:
    """Positive decimals as a file has them."""
    scale = 10**places
    whole = st.integers(round(Fraction(lowest) * scale), round(Fraction(highest) * scale))
    return whole.map(lambda value: f"{value // scale}.{value % scale:0{places}d}")


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(c):04x}" if c in '"\\' or ord(c) < 32 or ord(c) == 127 else c for c in text
    )
    return f'"{escaped}"'


@st.composite
def solutions(draw: st.DrawFn, most: int = 4) -> tuple[tuple[str, str], ...]:
    """One to ``most`` drugs, each once."""
    names = draw(st.lists(st.sampled_from(_DRUGS), min_size=1, max_size=most, unique=True))
    return tuple((name, f"{draw(decimals('0.0001', '60'))} mg/mL") for name in names)


@st.composite
def weeks(draw: st.DrawFn, rates: st.SearchStrategy[str], most_steps: int = 13) -> str:
    """A flex therapy whose schedules cover every weekday once."""
    days = draw(st.permutations(WEEKDAYS))
    cuts = sorted(draw(st.sets(st.integers(1, 6), max_size=2)))
    groups = [days[a:b] for a, b in zip([0, *cuts], [*cuts, 7], strict=True)]
    schedules = []
    for group in groups:
        minutes = draw(st.sets(st.integers(1, 1439), max_size=most_steps - 1))
        steps = [(f"{m // 60:02d}:{m % 60:02d}", draw(rates)) for m in (0, *sorted(minutes))]
        schedules.append((" ".join(group) if len(groups) > 1 else "", tuple(steps)))
    return flex(*schedules)


@st.composite
def any_text(draw: st.DrawFn) -> str:
    """Any prescription that reads, sensible or not."""
    rates = decimals("0.0001", "900").map(lambda value: f"{value} ug/h")
    therapy = draw(
        st.one_of(
            decimals("0.0001", "900").map(lambda value: simple(f"{value} mg/day")),
            weeks(rates, 15),
            st.sampled_from(['mode = "minimum-rate"', 'mode = "stopped"']),
        )
    )
    stopped = "stopped" in therapy
    dose = st.tuples(
        decimals("0.0001", "9").map(lambda value: f"{value} mg"),
        st.integers(1, 9999).map(lambda value: f"{value} s"),
        st.integers(1, 9999).map(lambda value: f"{value} min"),
        st.integers(1, 1440),
    )
    order = Order(
        patient=draw(st.sampled_from([TOLERANT, NAIVE, SPINAL, CEREBRAL, 'indication = "pain"'])),
        pump=draw(st.sampled_from(sorted(devices.pumps()))),
        tubing=draw(st.sampled_from(["", "0.05 mL", "0.140 mL"])),
        catheter=draw(st.sampled_from(sorted(devices.catheters()))),
        length=draw(st.one_of(st.just(""), decimals("1", "200", 2).map(lambda v: f"{v} cm"))),
        tip=draw(st.sampled_from(VERTEBRAE)),
        volume=f"{draw(decimals('0.1', '60', 3))} mL",
        alarm=draw(st.one_of(st.just(""), decimals("0", "9", 2).map(lambda v: f"{v} mL"))),
        drugs=draw(solutions()),
        before=draw(st.one_of(st.just(()), solutions())),
        before_dose=f"{draw(decimals('0', '90'))} mg/day",
        therapy=therapy,
        patient_dose=() if stopped else draw(st.one_of(st.just(()), dose)),
        signed=tuple(draw(st.sets(st.sampled_from(["label.off-label", "change.ten-fold"])))),
    )
    by, reason = _quoted(draw(_TEXT)), _quoted(draw(_TEXT))
    return order.text.replace('"name of the physician"', by).replace(
        '"reason of the physician"', reason
    )


# Usual strengths and doses per day: (drug, strengths in µg/mL, highest mean dose in µg/day).
_USUAL = {
    "morphine": ((500, 10_000, 20_000, 25_000), 22_000),
    "hydromorphone": ((1_000, 5_000, 15_000), 11_000),
    "baclofen": ((500, 1_000, 2_000), 2_100),
    "bupivacaine": ((2_500, 10_000, 30_000), 22_000),
    "clonidine": ((100, 500, 2_000), 1_100),
    "ziconotide": ((25, 100), 21),
    "fentanyl": ((100, 1_000, 10_000), 1_100),
    "sufentanil": ((50, 500, 1_000), 550),
}


@st.composite
def usual_orders(draw: st.DrawFn) -> Order:
    """Orders near and across the limits, on pumps whose path is known or can be stated."""
    names = draw(st.lists(st.sampled_from(sorted(_USUAL)), min_size=1, max_size=3, unique=True))
    drugs = tuple((name, f"{draw(st.sampled_from(_USUAL[name][0]))} ug/mL") for name in names)
    primary, most = names[0], _USUAL[names[0]][1]
    strength = int(drugs[0][1].split()[0])
    slowest = max(1, round(0.048 * strength))
    doses = st.integers(slowest, max(slowest, most)).map(lambda dose: f"{dose} ug/day")
    therapy = draw(st.one_of(doses.map(simple), weeks(doses, 4)))
    before = draw(
        st.sampled_from([(), drugs, tuple((n, f"{_USUAL[n][0][0]} ug/mL") for n in names)])
    )
    patient_dose: tuple[str, str, str, int] | tuple[()] = ()
    if draw(st.booleans()):
        size = draw(st.integers(max(1, most // 200), max(1, most // 20)))
        lockout = draw(st.sampled_from([20, 60, 90, 240]))
        count = draw(st.integers(1, min(12, 1440 // lockout)))
        patient_dose = (f"{size} ug", "10 min", f"{lockout} min", count)
    pump, catheter, tubing = draw(
        st.sampled_from(
            [
                ("synchromed-ii-20", "ascenda-8780", ""),
                ("synchromed-ii-40", "indura-8709", ""),
                ("prometra-ii-40", "flowonix-13827", "0.05 mL"),
                ("medstream-20", "indura-8709", "0.1 mL"),
            ]
        )
    )
    patient = draw(st.sampled_from([SPINAL, CEREBRAL])) if primary == "baclofen" else TOLERANT
    return Order(
        patient=patient,
        pump=pump,
        catheter=catheter,
        tubing=tubing,
        drugs=drugs,
        before=before,
        before_dose=draw(doses),
        therapy=therapy,
        patient_dose=patient_dose,
        volume=draw(st.sampled_from(["18 mL", "20 mL"])),
    )
