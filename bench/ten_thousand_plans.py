"""Ten thousand prescriptions read and checked in one process, per plan."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

from thecal.therapy.file.reading import read_text
from thecal.therapy.plan import make_plan

EXAMPLES = Path(__file__).parents[1] / "examples"
PLANS = 10_000


def run() -> dict[str, Any]:
    """Seconds of processor time per plan, and how many times a bare TOML parse that is."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.toml"))]
    several = [texts[index % len(texts)] for index in range(PLANS)]
    read_text(texts[0])
    start = time.process_time()
    for text in several:
        tomllib.loads(text)
    parsed = time.process_time()
    read = [read_text(text) for text in several]
    validated = time.process_time()
    accepted = sum(make_plan(prescription).accepted for prescription in read)
    checked = time.process_time()
    return {
        "plans": PLANS,
        "accepted": accepted,
        "toml_parse_ms_per_plan": (parsed - start) / PLANS * 1000,
        "read_ms_per_plan": (validated - parsed) / PLANS * 1000,
        "check_ms_per_plan": (checked - validated) / PLANS * 1000,
        "read_and_check_over_toml_parse": (checked - parsed) / (parsed - start),
    }


def said(figures: dict[str, Any]) -> list[str]:
    """The figures in words."""
    read, check = figures["read_ms_per_plan"], figures["check_ms_per_plan"]
    return [
        f"{figures['plans']} plans in one process, per plan: {read:.2f} ms to read, {check:.2f} ms "
        f"to check ({figures['accepted']} accepted)",
        f"reading and checking costs {figures['read_and_check_over_toml_parse']:.1f} times a bare "
        f"TOML parse ({figures['toml_parse_ms_per_plan']:.2f} ms)",
    ]
