"""One target in a process of its own, guided by coverage; a finding ends it with an error.

Run as ``python -m fuzz.guided TARGET CORPUS LIBFUZZER-OPTION …``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["thecal.link", "thecal.pump.decoding", "fuzz.targets"]):
    from fuzz.targets import TARGETS


def main(name: str, corpus: Path, options: list[str]) -> None:
    """Fuzz a target from its honest inputs; does not return."""
    target = TARGETS[name]
    corpus.mkdir(parents=True, exist_ok=True)
    for i, seed in enumerate(target.seeds()):
        (corpus / f"honest-{i}").write_bytes(seed)
    atheris.Setup([name, *options, str(corpus)], target.read)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
