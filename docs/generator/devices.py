"""Pages of the catalogue: every pump and catheter with all figures, blanks said to be blank."""

from __future__ import annotations

from enum import Enum

from generator.docstrings import attributes
from generator.markdown import NOT_PUBLISHED, contents, page, plain, prose, section, table, words
from thecal.devices import Catheter, Note, Pump, catheters, pumps
from thecal.units import Figure

_SHOWN_APART = {"key", "name", "maker", "family", "notes"}
_COMPARED = ("reservoir", "lowest_rate", "highest_rate", "internal_tubing")
_CATHETER_APART = {"key", "name", "maker", "notes", "families"}


def pages() -> dict[str, str]:
    """Everything that the catalogue holds."""
    return {
        "pumps/index.md": _pumps(),
        **{f"pumps/{pump.key}.md": _pump(pump) for pump in pumps().values()},
        "catheters.md": _catheters(),
    }


def _value(value: object) -> tuple[str, str]:
    """A field's value and its source."""
    if value is None:
        return NOT_PUBLISHED, ""
    if isinstance(value, Figure):
        return str(value), f"{plain(value.source)} ({value.provenance})"
    if isinstance(value, Note):
        return plain(value.text), f"{plain(value.source)} ({value.provenance})"
    assert isinstance(value, Enum), value
    return str(value.value), ""


def _pumps() -> str:
    rows = [
        (
            f"[`{pump.key}`]({pump.key}.md)",
            plain(pump.name),
            pump.kind,
            *(_value(getattr(pump, name))[0] for name in _COMPARED),
        )
        for pump in pumps().values()
    ]
    heads = ("key", "name", "kind", *map(words, _COMPARED))
    return page(
        "Pumps",
        "A figure that nobody published is not filled with a guess: where it would decide, the "
        "plan says so.",
        table(heads, rows),
        contents(pumps()),
        source="`src/thecal/devices/pumps.toml`",
    )


def _pump(pump: Pump) -> str:
    return page(
        plain(pump.name),
        f"Key `{pump.key}`; maker {plain(pump.maker)}; family `{pump.family}`.",
        _figures(pump, [name for name in Pump.model_fields if name not in _SHOWN_APART]),
        section("Also known", _notes(pump.notes)),
        source="`src/thecal/devices/pumps.toml`",
    )


def _catheters() -> str:
    shown = [name for name in Catheter.model_fields if name not in _CATHETER_APART]
    parts = [
        section(
            plain(one.name),
            f"Key `{one.key}`; maker {plain(one.maker)}; made for "
            f"{', '.join(one.families) or 'pumps that are ' + NOT_PUBLISHED}.",
            _figures(one, shown),
            _notes(one.notes),
            anchor=f"catheter-{one.key}",
        )
        for one in catheters().values()
    ]
    return page("Catheters", *parts, source="`src/thecal/devices/catheters.toml`")


def _figures(device: Pump | Catheter, fields: list[str]) -> str:
    told_of = attributes(type(device))
    rows = [
        (words(name), *_value(getattr(device, name)), prose(told_of.get(name, "")))
        for name in fields
    ]
    return table(("figure", "value", "source", "what it is"), rows)


def _notes(notes: tuple[Note, ...]) -> str:
    return "\n".join(f"- {plain(n.text)} — {plain(n.source)} ({n.provenance})" for n in notes)
