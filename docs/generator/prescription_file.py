"""The page of the file format, from the models that read it."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable
from enum import Enum

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from generator.docstrings import attributes, told
from generator.markdown import page, prose, section, table
from thecal.therapy.file import prescription as rx
from thecal.therapy.file.reading import MAX_BYTES
from thecal.units import CONCENTRATION, DOSE_RATE, LENGTH, MASS, VOLUME

_READ_AS: list[tuple[typing.Any, str]] = [
    (rx.Dose, f'a dose above zero, `"{MASS.example}"`'),
    (rx.DoseRate, f'a dose per time above zero, `"{DOSE_RATE.example}"`'),
    (rx.StepRate, 'a dose per time, `"0.15 mg/h"`'),
    (rx.Concentration, f'a concentration above zero, `"{CONCENTRATION.example}"`'),
    (rx.Volume, f'a volume above zero, `"{VOLUME.example}"`'),
    (rx.AlarmVolume, 'a volume, `"2 mL"`'),
    (rx.Length, f'a length above zero, `"{LENGTH.example}"`'),
    (rx.Seconds, 'a whole number of seconds with its unit, `"10 min"`'),
    (rx.MinuteOfDay, 'a time of day, `"07:00"`'),
    (rx.Age, "a number of years, `54`"),
    (rx.Words, "text, 1 to 500 characters"),
]
_PLAIN = {bool: "`true` or `false`", int: "a whole number", str: "text"}
_TABLES: dict[str, type[BaseModel]] = {
    "": rx.Prescription,
    "patient": rx.Patient,
    "pump": rx.PumpChoice,
    "catheter": rx.CatheterChoice,
    "fill": rx.FillOrder,
    "fill.drugs": rx.Ingredient,
    "before": rx.Before,
    "before.drugs": rx.Ingredient,
    'therapy, mode = "simple"': rx.Simple,
    'therapy, mode = "flex"': rx.Flex,
    'therapy, mode = "minimum-rate"': rx.MinimumRate,
    'therapy, mode = "stopped"': rx.Stopped,
    "therapy.schedule": rx.ScheduleOrder,
    "therapy.schedule.steps": rx.StepOrder,
    "therapy.patient_dose": rx.PatientDoseOrder,
    "signed": rx.Signature,
}
_NAMES = {
    (rx.PumpChoice, "model"): "a [pump's key](pumps/index.md)",
    (rx.CatheterChoice, "model"): "a [catheter's key](catheters.md)",
    (rx.CatheterChoice, "tip"): "a vertebral level, `C1` to `S5`",
    (rx.Ingredient, "drug"): "a [drug's name](drugs/index.md)",
    (rx.Signature, "rule"): "a [rule's code](rules.md)",
    (rx.PatientDoseOrder, "max_per_day"): "a whole number, 1 to 1440",
}


def pages() -> dict[str, str]:
    """One page, a section for each table of the file."""
    return {
        "prescription-file.md": page(
            "The prescription file",
            "TOML in UTF-8, at most "
            f"{MAX_BYTES // 1024} KiB. Every quantity is a string with its unit; the decimal mark "
            "is a point. An unknown key, a missing unit, a comma, a negative number or an exponent "
            "is refused with the file's name and line. `ug`, `µg` and `mcg` are one unit, and so "
            "are `day` and `d`, `h` and `hr`.",
            "A whole file, with everything that it may hold:",
            "```{literalinclude} ../complete.toml\n:language: toml\n```",
            *(_table(name, model) for name, model in _TABLES.items()),
            source="the models in `src/thecal/therapy/file/prescription.py`",
        )
    }


def _table(name: str, model: type[BaseModel]) -> str:
    title = f"`[{name}]`" if name else "The top of the file"
    told_of = attributes(model)
    rows = [
        (
            f"`{field.alias or key}`",
            "required" if field.is_required() else "optional",
            _NAMES.get((model, key)) or _read_as(field),
            prose(told_of.get(key, "")),
        )
        for key, field in model.model_fields.items()
    ]
    anchor = "-".join(["file", *re.findall(r"[a-z]+", name or "top")])
    return section(title, prose(told(model)), table(("key", "", "value", ""), rows), anchor=anchor)


def _read_as(field: FieldInfo) -> str:
    for alias, text in _READ_AS:
        if field.metadata and list(typing.get_args(alias)[1:]) == field.metadata:
            return text
    return _of_type(field.annotation)


def _of_type(kind: typing.Any) -> str:
    for alias, text in _READ_AS:
        if kind == alias:
            return text
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is not None:
        return _COMPOUND[origin](parts)
    if issubclass(kind, BaseModel):
        return "a table"
    if issubclass(kind, Enum):
        return " or ".join(f'`"{member.value}"`' for member in kind)
    return _PLAIN[kind]


def _union(parts: tuple[typing.Any, ...]) -> str:
    wanted = [part for part in parts if part is not type(None)]
    return _of_type(wanted[0]) if len(wanted) == 1 else "a table, by its mode"


def _literal(parts: tuple[typing.Any, ...]) -> str:
    return " or ".join(f"`{part!r}`".replace("'", '"') for part in parts)


def _list(parts: tuple[typing.Any, ...]) -> str:
    inner = _of_type(parts[0])
    return "a list of tables" if inner == "a table" else f"a list of {inner}"


_COMPOUND: dict[typing.Any, Callable[[tuple[typing.Any, ...]], str]] = {
    typing.Annotated: lambda parts: _of_type(parts[0]),
    typing.Union: _union,
    types.UnionType: _union,
    typing.Literal: _literal,
    tuple: _list,
}
