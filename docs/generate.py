"""Write the reference from the data: each page is made from what the program itself reads.

``python docs/generate.py`` writes ``docs/reference/generated/``; the docs build does so first.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from generator import (
    care,
    clinic,
    commands,
    contract,
    devices,
    fhir,
    formulary,
    hazards,
    prescription_file,
    pump,
    rules,
    simulation,
    transcription_file,
)

GENERATED = Path("reference/generated")


def pages(docs: Path) -> dict[str, str]:
    """Every generated page, by its path under ``reference/generated/``."""
    return {
        **formulary.pages(),
        **devices.pages(),
        **rules.pages(),
        **hazards.pages(),
        **prescription_file.pages(),
        **transcription_file.pages(),
        **commands.pages(),
        **contract.pages(docs / "reference" / "complete.toml"),
        **pump.pages(),
        **care.pages(),
        **simulation.pages(),
        **fhir.pages(),
        **clinic.pages(),
    }


def write_reference(docs: Path) -> None:
    """Replace the generated folder under ``docs``."""
    folder = docs / GENERATED
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in pages(docs).items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_reference(Path(__file__).parent)
