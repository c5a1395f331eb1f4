"""Running a demo: its founding if it is not there, its pumps beside it, and its pages.

The pumps run in a ward, a process of its own that ends with this one, however this one ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from thecal.clinic.demo import folder as demo_folder
from thecal.clinic.demo.folder import CLINIC, PUMPS, DemoError
from thecal.clinic.project import serving

Say = Callable[[str], None]
_PATIENCE_S = 20.0


def run(folder: Path, host: str, port: int, *, renew: bool, serve: bool, say: Say) -> None:
    """Found, start and serve a demo until a signal ends it; then nothing of it runs.

    Args:
        folder: the demo's own.
        host: where to listen.
        port: likewise; 0: any that is free.
        renew: found it anew, whatever is there.
        serve: else it ends as soon as everything has started.
        say: takes a line for whoever started it.

    Raises:
        DemoError: it cannot be founded, or not be served here.
        ConfigurationError: it cannot listen there.
    """
    for number in (signal.SIGTERM, signal.SIGINT):  # SIGINT too: a shell's background ignores it
        signal.signal(number, lambda *_: sys.exit(0))
    home = folder / CLINIC
    with demo_folder.held(folder) as lock:
        if renew or not demo_folder.is_founded(folder):
            say("Founding a demo clinic; this takes about half a minute ...")
            demo_folder.found(folder, lock)
        _only_these_variables(home)
        found = serving.prepare({})
        serving.migrate()
        with _ward(home, lock) as addresses:
            from thecal.clinic.demo import staying  # noqa: PLC0415  (it needs the settings)

            staying.check()
            staying.follow_the_pumps(addresses)
            for line in staying.introduction(home):
                say(line)
            if serve:
                serving.serve(found, host, port)


def _only_these_variables(home: Path) -> None:
    """Of the clinic's own variables none but the demo's: no other record is in reach."""
    kept = demo_folder.environment(home, os.environ)
    for name in set(os.environ) - set(kept):
        del os.environ[name]
    os.environ.update(kept)


@contextmanager
def _ward(home: Path, lock: int) -> Iterator[Mapping[str, str]]:
    """The pumps, running; the addresses at which they answer, by serial."""
    from thecal.clinic.demo.staying import addresses  # noqa: PLC0415  (it needs the settings)

    process = subprocess.Popen(  # noqa: S603  (our own code, its words apart)
        [sys.executable, "-m", "thecal.bench.ward", str(home / PUMPS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=[lock],
        text=True,
    )
    assert process.stdin is not None  # noqa: S101  (both are pipes)
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(json.dumps(addresses()) + "\n")
        process.stdin.flush()
        told = process.stdout.readline()
        if not told:
            raise DemoError(f"the pumps in {home / PUMPS} could not be started; --renew helps")
        yield json.loads(told)
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()
        _ended(process)
        process.stdout.close()


def _ended(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
