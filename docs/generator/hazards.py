"""The page of the hazards: what has gone wrong, what meets it, and which tests try that."""

from __future__ import annotations

from generator import rules
from generator.markdown import page, plain, section, table
from thecal.therapy.rules.hazards import Hazard, hazards


def pages() -> dict[str, str]:
    """One page, a section for each hazard of the file."""
    return {
        "hazards.md": page(
            "Hazards",
            "Each really happened. [Safety](../../safety/index.md) says how they are traced.",
            *map(_hazard, hazards().values()),
            source="`src/thecal/therapy/rules/hazards.toml`",
        )
    }


def _hazard(one: Hazard) -> str:
    answered = [f"[`{code}`](rules.md#{rules.anchor(code)})" for code in one.rules]
    rows = [
        ("reported in", plain(one.source)),
        ("control", plain(one.control)),
        ("status", " — ".join(plain(text) for text in (one.status, one.missing) if text)),
        ("rooms", ", ".join(f"`{room}`" for room in one.rooms)),
        ("rules", ", ".join(answered) or "none"),
        ("tests", "<br>".join(f"`{test.partition('::')[2]}`" for test in one.tests) or "none"),
    ]
    anchor = f"hazard-{one.id.lower()}"
    return section(one.id, plain(one.happened), table(("", ""), rows), anchor=anchor)
