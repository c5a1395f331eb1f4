"""What the code says of itself: summaries, attributes and the members of enumerations."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from enum import Enum

_ATTRIBUTE = re.compile(r"^    (\w+): (.+(?:\n {8,}.+)*)", re.MULTILINE)


def told(thing: object) -> str:
    """The docstring before its first section, in one line."""
    text = inspect.getdoc(thing) or ""
    return " ".join(re.split(r"\n(?:Args|Attributes|Returns|Raises):", text)[0].split())


def attributes(owner: type) -> dict[str, str]:
    """What the docstrings of a class and its bases say of each attribute."""
    found: dict[str, str] = {}
    for base in reversed(owner.__mro__):
        text = inspect.cleandoc(base.__doc__ or "")
        section = re.search(r"\nAttributes:\n((?: {4}.*\n?|\n)+)", text)
        found |= dict(_ATTRIBUTE.findall(section[1])) if section else {}
    return {name: " ".join(text.split()).rstrip(".") for name, text in found.items()}


def members(owner: type[Enum]) -> dict[str, str]:
    """Each member's value, and the text below it in the code (empty if there is none)."""
    body = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    assert isinstance(body, ast.ClassDef)
    notes = {str(member.value): "" for member in owner}
    last = ""
    for statement in body.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            last = str(owner[statement.targets[0].id].value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and last:
            notes[last] = " ".join(str(statement.value.value).split())
            last = ""
    return notes
