"""Run the commands that the pages show, and hold their output against what the page says.

In a ``console`` block each line ``$ thecal ...`` is run (and ``$ sed ...``, which edits files), in
a folder of the page's own that has the repository's ``examples/``. The lines below it are its
output, where a line ``...`` stands for any number of lines, but not for all. A ``toml`` block that
begins with ``# NAME.toml`` becomes that file, one that begins with ``# added to NAME.toml`` is
added to it. ``python docs/shown.py`` renews the pages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = 88
ANY_LINES = "..."
CRASHED = "Traceback (most recent call last)"

_BLOCK = re.compile(r"^```(?P<kind>console|toml)\n(?P<inside>.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(
    r"^\$ (?P<command>(?:thecal|sed) .*)\n(?P<said>(?:(?!\$ |```).*\n)*)", re.MULTILINE
)
_FILE = re.compile(r"# (?P<added>added to )?(?P<name>[\w.-]+\.toml)\b")
_CLINIC = ("THECAL_", "DJANGO_", "DATABASE_URL")  # what this machine says to a clinic of its own
_SHELL = 'thecal() { "$THECAL_PYTHON" -m thecal "$@"; }\n'


@dataclass(frozen=True)
class Shown:
    """A command on a page, the output that the page gives it, and the one that it has.

    ``at`` is where the page gives it.
    """

    command: str
    said: str
    is_so: str
    at: int

    @property
    def holds(self) -> bool:
        """Whether the page is right, ``...`` standing for any lines but not for all."""
        lines = [
            r"(?:.*\n)*" if line == ANY_LINES else re.escape(line.rstrip()) + r"\n"
            for line in self.said.splitlines()
        ]
        shows_some = self.said.strip() != ANY_LINES
        return shows_some and re.fullmatch("".join(lines), self.is_so) is not None

    @property
    def renewed(self) -> str:
        """What the page should say: about as much at the start and end as it says now."""
        said, is_so = self.said.splitlines(), self.is_so.splitlines()
        if ANY_LINES not in said or len(said) == 1:
            return self.is_so
        first = said.index(ANY_LINES)
        while is_so[first : first + 1] and is_so[first].startswith(" "):
            first += 1  # not in the middle of a finding
        last = len(said) - 1 - said[::-1].index(ANY_LINES)
        ending = is_so[len(is_so) - (len(said) - 1 - last) :]
        return "".join(f"{line}\n" for line in (*is_so[:first], ANY_LINES, *ending))


def pages(root: Path = ROOT) -> list[Path]:
    """Every page that a person wrote."""
    docs = [
        page
        for page in sorted((root / "docs").rglob("*.md"))
        if not {"_build", "generated"} & set(page.relative_to(root).parts)
    ]
    return [root / "README.md", root / "CONTRIBUTING.md", *docs]


def shown_on(text: str, root: Path = ROOT) -> Iterator[Shown]:
    """Run every command on a page, in order, files first written where the page has them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "examples").symlink_to(root / "examples")
        for block in _BLOCK.finditer(text):
            if block["kind"] == "toml":
                _write(block["inside"], folder)
                continue
            for command in _COMMAND.finditer(text, block.start("inside"), block.end("inside")):
                is_so = run(command["command"], folder, root)
                yield Shown(command["command"], command["said"], is_so, command.start("said"))


def run(command: str, folder: Path, root: Path = ROOT) -> str:
    """What a command prints, errors too, without the blanks that tables end their lines with."""
    done = subprocess.run(
        ["bash", "-c", _SHELL + command],
        cwd=folder,
        env={
            **{name: one for name, one in os.environ.items() if not name.startswith(_CLINIC)},
            "COLUMNS": str(COLUMNS),
            "NO_COLOR": "1",
            "TERM": "dumb",
            "PYTHONPATH": str(root / "src"),
            "PYTHONIOENCODING": "utf-8",
            "THECAL_CLINIC_FIRST_PASSWORD": "a passphrase for these pages only",
            "THECAL_PYTHON": sys.executable,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def renewed(text: str, root: Path = ROOT) -> str:
    """The page with every output that does not hold replaced."""
    for one in reversed(list(shown_on(text, root))):
        if not one.holds:
            text = text[: one.at] + one.renewed + text[one.at + len(one.said) :]
    return text


def _write(block: str, folder: Path) -> None:
    named = _FILE.match(block)
    if named is not None:
        how = "a" if named["added"] else "w"
        with (folder / named["name"]).open(how, encoding="utf-8") as file:
            file.write(block)


def main() -> None:
    """Renew every page, and name those that changed; what crashes is not worth showing."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = renewed(text)
        if CRASHED in new:
            print(f"a command crashes, so this page stays: {page.relative_to(ROOT)}")
        elif new != text:
            page.write_text(new, encoding="utf-8")
            print(f"renewed {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
