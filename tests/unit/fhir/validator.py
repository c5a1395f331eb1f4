"""The independent validator: npm's ``fhir``, its R4 profiles and value sets, run by node."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from thecal.fhir import Json, dumps

FOLDER = Path(__file__).parent / "validator"


def complaints(resources: Iterable[Json | str]) -> list[str]:
    """Every error that the validator has against these resources (or their JSON texts)."""
    node = shutil.which("node")
    assert node is not None, "the tests need node; `make test` says so too"
    assert (FOLDER / "node_modules" / "fhir").is_dir(), "`make test` installs the validator"
    texts = [one if isinstance(one, str) else dumps(one) for one in resources]
    ran = subprocess.run(
        [node, "validate.js"],
        cwd=FOLDER,
        input=f"[{','.join(texts)}]",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(ran.stdout)
    assert len(found) == len(texts)
    return [
        f"{one['location']}: {one['message']}"
        for messages in found
        for one in messages
        if one["severity"] in {"error", "fatal"}
    ]
