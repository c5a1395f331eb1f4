"""`thecal plan` from start to end against only importing the libraries that it imports."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parents[1] / "examples" / "morphine-bupivacaine-day-and-night.toml"
_RUNS = 7
GOAL = 3
"""The most that a whole plan may cost, in imports of its own dependencies."""
_LIST = (
    "import sys; from typer.testing import CliRunner; from thecal.cli import app;"
    "CliRunner().invoke(app, ['plan', {rx!r}, '--json']); print(*sys.modules)"
)


def imported_libraries() -> list[str]:
    """The package's declared dependencies that a plan really imports, by asking a finished run."""
    declared = {
        re.split(r"[^A-Za-z0-9_-]", line)[0]
        for line in metadata.requires("thecal") or ()
        if "extra ==" not in line
    }
    loaded = set(_output(sys.executable, "-c", _LIST.format(rx=str(EXAMPLE))).split())
    return sorted(declared & loaded)


def run() -> dict[str, Any]:
    """Median user and system seconds of both, whole processes, in turn; and their ratio."""
    libraries = imported_libraries()
    bare = [sys.executable, "-c", f"import {', '.join(libraries)}"]
    plan = [sys.executable, "-m", "thecal", "plan", str(EXAMPLE), "--json"]
    imports, plans = [], []
    for _ in range(_RUNS):
        imports.append(_cpu_seconds(bare))
        plans.append(_cpu_seconds(plan))
    ratios = [b / a for a, b in zip(imports, plans, strict=True)]
    return {
        "libraries": libraries,
        "import_s": statistics.median(imports),
        "plan_s": statistics.median(plans),
        "plan_over_import": statistics.median(ratios),
        "goal_plan_over_import_at_most": GOAL,
    }


def said(figures: dict[str, Any]) -> list[str]:
    """The figures in words."""
    met = "met" if figures["plan_over_import"] <= GOAL else "NOT MET"
    return [
        f"thecal plan, start to end: {figures['plan_s']:.3f} s of processor time; only importing "
        f"{', '.join(figures['libraries'])}: {figures['import_s']:.3f} s",
        f"goal: at most {GOAL} times the cost of importing its dependencies: "
        f"{figures['plan_over_import']:.2f} times, {met}",
    ]


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _cpu_seconds(command: list[str]) -> float:
    """User and system time of one finished child, which a busy machine changes little."""
    timer = (
        "import json, resource, subprocess, sys; "
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); "
        "print(json.dumps(used.ru_utime + used.ru_stime))"
    )
    return float(json.loads(_output(sys.executable, "-c", timer, *command)))
