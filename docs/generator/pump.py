"""The page of the pump: its language, its alarms, and the faults that a twin can be given."""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from enum import Enum
from types import ModuleType

from generator.docstrings import attributes, members, told
from generator.markdown import page, plain, prose, section, table
from thecal.pump import ALARMS, language
from thecal.pump.language import program, replies, requests
from thecal.pump.world import faults
from thecal.pump.world.written import KINDS, read_fault

_EXAMPLES = {
    "bias": "bias=+14.5%@0d",
    "leak": "leak=40%@10d",
    "occlusion": "occlusion@10d+6h",
    "stall": "stall@20d+3h",
    "reset": "reset@20d",
    "low-battery": "low-battery@20d",
    "dry-run": "dry-run@20d",
    "magnet": "magnet@10d+20min",
    "stall-over": "stall-over@21d",
    "occlusion-over": "occlusion-over@11d",
    "magnet-over": "magnet-over@11d",
    "mri": "mri@10d+30min,late=4h,hidden-log",
}


def pages() -> dict[str, str]:
    """What may be said to a pump, and what it answers."""
    return {
        "pump-language.md": page(
            "The pump's language",
            prose(told(language)),
            *map(_entry, spoken()),
            section("Alarms", _alarms(), anchor="alarms"),
            source="`src/thecal/pump/language/` and `controller/alarms.py`",
        ),
        "faults.md": page(
            "Faults",
            "`thecal simulate RX --fault FAULT`, as often as wanted; `FAULT` is "
            "`KIND[=SHARE]@TIME[+DURATION]`, counted from the visit. "
            "`thecal pump fault FOLDER FAULT` "
            "does the same to a bench pump: `TIME` counts from now, and without it is now.",
            table(("written", "happens in the twin"), [_written(kind) for kind in KINDS]),
            *map(_entry, defined_in(faults)),
            source="`pump/world/written.py` and `pump/world/faults.py`",
        ),
    }


def defined_in(module: ModuleType) -> list[type]:
    """Every public class of a module, in the order of the code."""
    own = [
        one
        for name, one in inspect.getmembers(module, inspect.isclass)
        if one.__module__ == module.__name__ and not name.startswith("_")
    ]
    return sorted(own, key=lambda one: inspect.getsourcelines(one)[1])


def spoken() -> list[type]:
    """Everything that the language has: what is run, what is asked, what is answered."""
    return [one for module in (program, requests, replies) for one in defined_in(module)]


def _alarms() -> str:
    rows = [
        (f"`{one.name}`", one.priority, prose(one.condition), prose(one.clears), prose(one.does))
        for one in ALARMS.values()
    ]
    return table(("alarm", "priority", "when", "ends with", "what else happens"), rows)


def _written(kind: str) -> tuple[str, str]:
    example = _EXAMPLES[kind]
    made = ", then ".join(f"`{type(one).__name__}`" for one in read_fault(example))
    return f"`{example}`", made


def _entry(owner: type) -> str:
    return section(f"`{owner.__name__}`", prose(told(owner)), _inside(owner))


def _inside(owner: type) -> str:
    if issubclass(owner, Enum):
        notes = members(owner).items()
        return table(("value", ""), [(f"`{value}`", prose(note)) for value, note in notes])
    if not is_dataclass(owner) or not fields(owner):
        return ""
    told_of = attributes(owner)
    rows = [
        (f"`{field.name}`", plain(str(field.type)), prose(told_of.get(field.name, "")))
        for field in fields(owner)
    ]
    return table(("field", "type", ""), rows)
