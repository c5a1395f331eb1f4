"""Run every benchmark, print the figures, and write them to ``out/bench.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench import (
    bench_pumps,
    clinic_record,
    csf_transport,
    programmer_page,
    pump_year,
    start_up,
    ten_thousand_plans,
)

OUT = Path("out") / "bench.json"


def main() -> None:
    """One run of all: whatever is compared is measured side by side."""
    figures: dict[str, dict[str, Any]] = {}
    for module in (
        clinic_record,
        pump_year,
        start_up,
        ten_thousand_plans,
        bench_pumps,
        programmer_page,
        csf_transport,
    ):
        name = module.__name__.rpartition(".")[2]
        figures[name] = module.run()
        print(name, *module.said(figures[name]), sep="\n  ")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"written to {OUT}")


if __name__ == "__main__":
    main()
