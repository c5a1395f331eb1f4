"""The page of the hazards: what has gone wrong, what meets it, and which tests try that."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from generator import rules
from generator.markdown import page, plain, section, table


def pages(hazards: Path) -> dict[str, str]:
    """One page, a section for each hazard of the file."""
    entries = tomllib.loads(hazards.read_text(encoding="utf-8"))["hazard"]
    return {
        "hazards.md": page(
            "Hazards",
            "Each really happened. [Safety](../../safety/index.md) says how they are traced.",
            *map(_hazard, entries),
            source="`docs/safety/hazards.toml`",
        )
    }


def _hazard(entry: dict[str, Any]) -> str:
    answered = [f"[`{code}`](rules.md#{rules.anchor(code)})" for code in entry["rules"]]
    rows = [
        ("reported in", plain(entry["source"])),
        ("control", plain(entry["control"])),
        ("status", " — ".join(plain(entry[key]) for key in ("status", "missing") if key in entry)),
        ("rooms", ", ".join(f"`{room}`" for room in entry["rooms"])),
        ("rules", ", ".join(answered) or "none"),
        ("tests", "<br>".join(f"`{test.partition('::')[2]}`" for test in entry["tests"]) or "none"),
    ]
    anchor = f"hazard-{entry['id'].lower()}"
    return section(entry["id"], plain(entry["happened"]), table(("", ""), rows), anchor=anchor)
