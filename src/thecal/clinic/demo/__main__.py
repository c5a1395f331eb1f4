"""``python -m thecal.clinic.demo FOLDER``: found a demo in an empty folder, and end.

It takes the clinic's settings from the environment, and ends with whoever started it.
``thecal clinic demo`` calls it; nobody does by hand.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from threading import Thread


def _end_with_who_started_it() -> None:
    """Nobody waits for a founding whose standard input has ended."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's: whoever started it decides
    Thread(target=watch, daemon=True).start()


def main(home: Path) -> None:
    """Found a demo in a folder."""
    from thecal.clinic.project import serving  # noqa: PLC0415

    serving.prepare({})
    serving.migrate()
    from thecal.clinic.demo import founding  # noqa: PLC0415  (only now are the settings there)

    founding.in_haste()
    founding.found(home)


if __name__ == "__main__":
    _end_with_who_started_it()
    main(Path(sys.argv[1]))
