"""Pages of the formulary: drugs, admixtures, conversions, label status by pump, thresholds."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from generator.docstrings import attributes, members, told
from generator.markdown import NOT_PUBLISHED, contents, page, plain, prose, section, table, words
from thecal.devices import pumps
from thecal.formulary import (
    Admixture,
    Bound,
    Drug,
    Layer,
    Limit,
    LimitOf,
    Statement,
    admixtures,
    assayed_strength,
    conversions,
    drugs,
    mixture_label_status,
)
from thecal.therapy.labelling import labelling
from thecal.therapy.thresholds import Thresholds, thresholds
from thecal.units import CONCENTRATION, Figure, Provenance, parse

_EXPECTED = (LimitOf.START_DOSE, LimitOf.DAILY_DOSE, LimitOf.CONCENTRATION)
_SHOWN_APART = {"name", "drug_class", "shown_in", "notes", "products", "stability", "limits"}


def pages() -> dict[str, str]:
    """Everything that the formulary holds."""
    return {
        "drugs/index.md": _drugs(),
        **{f"drugs/{drug.name}.md": _drug(drug) for drug in drugs().values()},
        "admixtures.md": _admixtures(),
        "conversions.md": _conversions(),
        "labelling.md": _labelling(),
        "thresholds.md": _thresholds(),
    }


def _sourced(source: str, provenance: Provenance) -> str:
    return f"{plain(source)} ({provenance})"


def _drugs() -> str:
    rows = [
        (
            f"[{drug.name}]({drug.name}.md)",
            drug.drug_class,
            plain(drug.labelled_for.text) if drug.labelled_for else "nothing: off label",
            str(len(drug.limits)),
        )
        for drug in drugs().values()
    ]
    return page(
        "Drugs",
        "Each drug's limits stand in layers that are never mixed.",
        table(("drug", "class", "labelled for, in an implanted pump", "limits"), rows),
        section("Layers", _members(Layer), level=2),
        section("Bounds", _members(Bound), level=2),
        section("Provenance", _members(Provenance), level=2),
        contents(drugs()),
        source="`src/thecal/formulary/drugs/`",
    )


def _members(owner: type[Layer] | type[Bound] | type[Provenance]) -> str:
    own = {Layer.LABEL: "The product's US labelling.", Layer.CONSENSUS: "The expert consensus."}
    return "\n".join(
        f"- **{value}**: {note or own.get(Layer(value), '')}"
        for value, note in members(owner).items()
    )


def _drug(drug: Drug) -> str:
    told_of = attributes(Drug)
    facts = [
        (f"{words(name)}<br>{prose(told_of[name])}" if name in told_of else words(name), *cells)
        for name, cells in _facts(drug)
    ]
    return page(
        drug.name,
        f"Class: {drug.drug_class}. Shown in {drug.shown_in.replace('ug', 'µg')}.",
        section("Facts", table(("", "", "source"), facts)),
        section("Limits", _limits(drug), _missing(drug)),
        section("Products", _products(drug)),
        section("How long it keeps in a pump", _stability(drug)),
        section("Also known", "\n".join(_note(note) for note in drug.notes)),
        source=f"`src/thecal/formulary/drugs/{drug.name}.toml`",
    )


def _facts(drug: Drug) -> list[tuple[str, tuple[str, str]]]:
    rows = []
    for name in Drug.model_fields:
        value = getattr(drug, name)
        if name in _SHOWN_APART:
            continue
        if isinstance(value, Statement):
            rows.append((name, (plain(value.text), _sourced(value.source, value.provenance))))
        elif isinstance(value, Figure):
            rows.append(
                (
                    name,
                    (drug.show(value.value, value.kind), _sourced(value.source, value.provenance)),
                )
            )
        else:
            assert value is None, name
            rows.append((name, ("nothing in the formulary", "")))
    return rows


def _limits(drug: Drug) -> str:
    order = list(Layer)
    rows = [
        (
            limit.layer,
            words(limit.of).replace("-", " "),
            limit.who,
            _end(drug, limit, limit.low_value),
            _end(drug, limit, limit.high_value),
            limit.bound,
            limit.version if limit.current else f"{limit.version}, an earlier edition",
            _sourced(limit.source, limit.provenance),
            plain(limit.meaning),
        )
        for limit in sorted(drug.limits, key=lambda one: (order.index(one.layer), one.of, one.who))
    ]
    heads = ("layer", "of", "for", "lowest", "highest", "bound", "edition", "source", "it says")
    return table(heads, rows)


def _end(drug: Drug, limit: Limit, value: Fraction | None) -> str:
    return "" if value is None else drug.show(value, limit.kind)


def _missing(drug: Drug) -> str:
    known = {(limit.layer, limit.of) for limit in drug.limits}
    layers = (Layer.LABEL, Layer.CONSENSUS)
    gaps = [f"{a} {b}" for a, b in product(layers, _EXPECTED) if (a, b) not in known]
    return f"{NOT_PUBLISHED.capitalize()}: {', '.join(gaps)}." if gaps else ""


def _products(drug: Drug) -> str:
    rows = [
        (
            plain(one.name),
            drug.show(one.concentration.value, CONCENTRATION),
            "yes" if one.for_pump else "no",
            _sourced(one.concentration.source, one.concentration.provenance),
        )
        for one in drug.products
    ]
    return table(("product", "strength", "for pumps", "source"), rows) if rows else "None labelled."


def _stability(drug: Drug) -> str:
    rows = [
        (one.when, str(one.days), plain(one.result), _sourced(one.days.source, one.days.provenance))
        for one in drug.stability
    ]
    return table(("fill", "at most", "found", "source"), rows) if rows else NOT_PUBLISHED


def _note(note: Statement) -> str:
    return f"- {plain(note.text)} — {_sourced(note.source, note.provenance)}"


def _admixtures() -> str:
    status, strength = mixture_label_status(), assayed_strength()
    rows = [
        (
            " + ".join(sorted(one.drugs)),
            _strengths(one),
            str(one.days) if one.days else NOT_PUBLISHED,
            plain(one.result),
            _sourced(one.source, one.provenance),
        )
        for one in admixtures()
    ]
    return page(
        "Admixtures",
        f"{plain(status.text)} — {_sourced(status.source, status.provenance)}",
        prose(told(Admixture.covers)),
        table(("mixture", "tested at", "keeps", "found", "source"), rows),
        f"Of {strength.assayed} assayed mixtures {strength.outside} were more than "
        f"{strength.tolerance} from their label — "
        f"{_sourced(strength.outside.source, strength.outside.provenance)}",
        source="`src/thecal/formulary/admixtures.toml`",
    )


def _strengths(one: Admixture) -> str:
    texts = [
        f"{name} {drugs()[name].show(parse(text, CONCENTRATION), CONCENTRATION)}"
        for name, text in one.concentrations.items()
    ]
    mark = f" ({one.concentrations_provenance})" if one.concentrations_provenance else ""
    weak = f"; weaker {', '.join(sorted(one.weaker_is_worse))} keeps less well"
    listed = ", ".join(texts) + mark if texts else NOT_PUBLISHED
    return listed + weak if one.weaker_is_worse else listed


def _conversions() -> str:
    rows = [
        (
            f"{one.from_route} {one.from_drug}",
            f"{one.to_route} {one.to_drug}",
            f"{one.from_amount} : {one.to_amount}",
            plain(one.caution),
            _sourced(one.source, one.provenance),
        )
        for one in conversions()
    ]
    return page(
        "Conversions",
        "Each leads one way only. Thecal has no means to turn one round.",
        table(("from", "to", "ratio", "caution", "source"), rows),
        source="`src/thecal/formulary/conversions.toml`",
    )


def _labelling() -> str:
    families = dict.fromkeys(pump.family for pump in pumps().values())
    known = {(one.drug, one.family): one for one in labelling()}
    rows = []
    for drug, family in product(drugs().values(), families):
        one = known.get((drug.name, family))
        if one is not None:
            allowed = f"labelled for {one.indication}" if one.labelled else "not labelled"
            age = f", from {one.from_years} years" if one.from_years else ""
            source = _sourced(one.source, one.provenance)
            rows.append((drug.name, family, allowed + age, plain(one.why), source))
        elif drug.off_label is None:
            rows.append((drug.name, family, "unknown", NOT_PUBLISHED, ""))
    off = [drug.name for drug in drugs().values() if drug.off_label]
    return page(
        "Label status by pump",
        f"Labelled for no implanted pump: {', '.join(off)}. Of the others:",
        table(("drug", "pump family", "status", "why", "source"), rows),
        source="`src/thecal/therapy/labelling.toml`",
    )


def _thresholds() -> str:
    told_of, figures = attributes(Thresholds), thresholds()
    rows = []
    for name in Thresholds.model_fields:
        figure: Figure = getattr(figures, name)
        source = _sourced(figure.source, figure.provenance)
        rows.append((words(name), prose(told_of.get(name, "")), str(figure), source))
    return page(
        "Thresholds of the checks",
        prose(told(Thresholds)),
        table(("threshold", "", "figure", "source"), rows),
        source="`src/thecal/therapy/thresholds.toml`",
    )
