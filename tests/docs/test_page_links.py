"""Every link from page to page leads somewhere: Sphinx sees docs/ only, and README is outside."""

import re
from pathlib import Path

import pytest
import shown

LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
LISTED = re.compile(r"```\{toctree\}\n(.*?)```", re.DOTALL)
INCLUDED = re.compile(r"```\{(?:image|literalinclude|figure)\} (\S+)")
PAGES = {str(page.relative_to(shown.ROOT)): page for page in shown.pages()}


def dead_links(page: Path) -> list[str]:
    """The links of a page that lead to no file; generated pages are made before they are built."""
    text = re.sub(r"```(?:console|toml|text)\n.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = [*LINK.findall(text), *INCLUDED.findall(text)]
    return [
        link
        for link in links
        if "://" not in link
        and "reference/generated" not in (page.parent / link).resolve().as_posix()
        and not (page.parent / link).exists()
    ]


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_files(name: str) -> None:
    assert dead_links(PAGES[name]) == []


def test_a_dead_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](page.md) [b](gone.md#part) [c](https://example.org)", encoding="utf-8")
    assert dead_links(page) == ["gone.md"]


def test_every_page_is_in_a_table_of_contents() -> None:
    listed: set[Path] = set()
    for page in (shown.ROOT / "docs").rglob("*.md"):
        for block in LISTED.findall(page.read_text(encoding="utf-8")):
            for entry in block.split("\n"):
                if entry and not entry.startswith(":"):
                    listed |= set(page.parent.glob(f"{entry}.md"))
    written = {page for page in PAGES.values() if (shown.ROOT / "docs") in page.parents}
    lost = written - listed - {shown.ROOT / "docs" / "index.md"}
    assert sorted(page.name for page in lost) == []
