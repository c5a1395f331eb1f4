"""A million inputs over all targets; exits with an error on any crash, hang or leak."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

OUT = Path("out/fuzz")
INPUTS = {
    "pump": 40_000,
    "pump-greeted": 25_000,
    "party": 25_000,
    "handshakes": 30_000,
    "frames": 130_000,
    "parts": 130_000,
    "hellos": 130_000,
    "cbor": 130_000,
    "language": 130_000,
    "cards": 120_000,
    "addresses": 110_000,
}
"""Inputs of each target, a million in sum; those that do arithmetic with keys cost the most."""

SECONDS_PER_INPUT = 10
MEMORY_MB = 512
LONGEST_BYTES = 8_192


@dataclass(frozen=True, slots=True)
class Result:
    """How a target fared."""

    name: str
    good: bool
    seconds: float
    told: str


def run(name: str) -> Result:
    """Fuzz one target in a process of its own."""
    started = time.monotonic()
    options = [
        f"-runs={INPUTS[name]}",
        f"-timeout={SECONDS_PER_INPUT}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={LONGEST_BYTES}",
        f"-artifact_prefix={OUT}/{name}-finding-",
        "-seed=1",
    ]
    command = [sys.executable, "-m", "fuzz.guided", name, str(OUT / "corpus" / name), *options]
    ended = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603
    done = f"Done {INPUTS[name]} runs" in ended.stderr
    return Result(
        name,
        ended.returncode == 0 and done,
        time.monotonic() - started,
        ended.stdout + ended.stderr,
    )


def main() -> int:
    """Fuzz all targets and print how each fared."""
    OUT.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, INPUTS))
    for result in results:
        state = "no finding" if result.good else "FINDING"
        print(f"{result.name:<14}{INPUTS[result.name]:>9,} inputs {result.seconds:6.0f} s  {state}")
        if not result.good:
            print(result.told[-4_000:])
    print(f"{'in sum':<14}{sum(INPUTS.values()):>9,} inputs")
    return 0 if all(result.good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
