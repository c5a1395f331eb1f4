"""The page of the transcription file, from the models that read it."""

from __future__ import annotations

import re
import types
import typing
from datetime import datetime

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from generator.docstrings import attributes, told
from generator.markdown import page, prose, section, table
from thecal.programmer.transcription import file as shown
from thecal.therapy.file.prescription import MinuteOfDay, Words
from thecal.units import CONCENTRATION, DOSE_RATE, DURATION, FLOW, MASS, VOLUME

_READ_AS: list[tuple[typing.Any, str]] = [
    (shown.ShownVolume, f'a volume, `"{VOLUME.example}"`'),
    (shown.ShownConcentration, f'a concentration, `"{CONCENTRATION.example}"`'),
    (shown.ShownDose, f'a dose, `"{MASS.example}"`'),
    (shown.ShownDoseRate, f'a dose per time, `"{DOSE_RATE.example}"`'),
    (shown.ShownFlow, f'a flow, `"{FLOW.example}"`'),
    (shown.ShownDuration, f'a duration, `"{DURATION.example}"`'),
    (MinuteOfDay, 'a time of day, `"07:00"`'),
    (Words, "text, 1 to 500 characters"),
]
_NAMED = {
    "transcription": "`1`",
    "read_at": "a date and time, `2026-03-02T10:05:00`",
    "model": "a [pump's key](pumps/index.md)",
    "drug": "a [drug's name](drugs/index.md)",
    "mode": "as above",
    "days": 'a list of `"mon"` to `"sun"`',
    "max_per_day": "a whole number, 1 to 1440",
}
_TABLES: dict[str, type[BaseModel]] = {
    "": shown.Transcription,
    "pump": shown.PumpShown,
    "reservoir": shown.ReservoirShown,
    "reservoir.drugs": shown.DrugShown,
    'program, mode = "simple"': shown.SimpleShown,
    'program, mode = "flex"': shown.FlexShown,
    'program, mode = "minimum-rate"': shown.MinimumRateShown,
    'program, mode = "stopped"': shown.StoppedShown,
    'program, mode = "none"': shown.NoneShown,
    "program.schedule": shown.ScheduleShown,
    "program.schedule.steps": shown.StepShown,
    "program.priming": shown.PrimingShown,
    "program.bridge": shown.BridgeShown,
    "program.patient_dose": shown.PatientDoseShown,
}


def pages() -> dict[str, str]:
    """One page, a section for each table of the file."""
    return {
        "transcription-file.md": page(
            "The transcription file",
            "TOML in UTF-8: what the vendor's programmer showed, for `thecal transcribe`. Every "
            "quantity is a string with its unit and all the digits that the screen has. An "
            "unknown key, a missing one, a missing unit or a comma is refused with the file's "
            "name and line.",
            "A whole file:",
            "```{literalinclude} ../../../examples/transcriptions/baclofen-after.toml\n"
            ":language: toml\n```",
            *(_table(name, model) for name, model in _TABLES.items()),
            source="the models in `src/thecal/programmer/transcription/file.py`",
        )
    }


def listed() -> dict[str, list[str]]:
    """Every table with its keys."""
    return {name: list(model.model_fields) for name, model in _TABLES.items()}


def _table(name: str, model: type[BaseModel]) -> str:
    title = f"`[{name}]`" if name else "The top of the file"
    told_of = attributes(model)
    rows = [
        (
            f"`{key}`",
            "required" if field.is_required() else "optional",
            _read_as(key, field),
            prose(told_of.get(key, "")),
        )
        for key, field in model.model_fields.items()
    ]
    anchor = "-".join(["transcription", *re.findall(r"[a-z]+", name or "top")])
    return section(title, prose(told(model)), table(("key", "", "value", ""), rows), anchor=anchor)


def _read_as(key: str, field: FieldInfo) -> str:
    if key in _NAMED:
        return _NAMED[key]
    for alias, text in _READ_AS:
        if field.metadata and list(typing.get_args(alias)[1:]) == field.metadata:
            return text
    return _of_type(field.annotation)


def _of_type(kind: typing.Any) -> str:
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in {typing.Union, types.UnionType}:
        inner = [typing.get_args(part)[0] if typing.get_args(part) else part for part in parts]
        modes = any("mode" in getattr(one, "model_fields", {}) for one in inner)
        return "a table, by its mode" if modes else 'a table, or `"none"`'
    if origin is tuple:
        return "a list of tables"
    if kind in (str, datetime):
        return "text"
    return "a table"
