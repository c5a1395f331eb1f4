"""What README and the pages show is what the commands print today."""

from pathlib import Path

import pytest
import shown
from generator import commands

PAGES = {str(page.relative_to(shown.ROOT)): page for page in shown.pages()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_its_commands_print(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    drifted = [one.command for one in shown.shown_on(text) if not one.holds]
    assert drifted == [], "make outputs renews them"
    assert shown.CRASHED not in text


def test_every_command_is_shown_at_work_on_some_page() -> None:
    texts = "".join(page.read_text(encoding="utf-8") for page in PAGES.values())
    unseen = [words for words in commands.listed() if f"\n$ {words} " not in texts]
    assert unseen == []


PAGE = """
```toml
# small.toml
schema = 2
```

```console
$ thecal plan small.toml; echo "exit $?"
SAID```
"""


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("thecal: small.toml:2: other words\nexit 2\n", False),
        ("...\nexit 2\n", True),
        ("...\nexit 1\n", False),
        ("...\n", False),
        ("", False),
    ],
)
def test_an_output_that_has_drifted_is_seen(said: str, holds: bool) -> None:
    (one,) = shown.shown_on(PAGE.replace("SAID", said))
    assert one.holds is holds


@pytest.mark.parametrize("said", ["", "...\n", "wrong\n", "...\nwrong\n"])
def test_a_renewed_page_holds(said: str) -> None:
    new = shown.renewed(PAGE.replace("SAID", said))
    assert [one.holds for one in shown.shown_on(new)] == [True]
    assert new.startswith(PAGE.partition("SAID")[0])


def test_a_renewed_output_keeps_its_cut() -> None:
    assert "SAID" not in shown.renewed(PAGE.replace("SAID", "...\nexit 1\n"))
    assert "\n...\nexit 2\n```" in shown.renewed(PAGE.replace("SAID", "...\nexit 1\n"))


def test_pages_are_looked_for_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "docs" / "reference" / "generated").mkdir(parents=True)
    (tmp_path / "docs" / "reference" / "generated" / "made.md").touch()
    (tmp_path / "docs" / "written.md").touch()
    assert [page.name for page in shown.pages(tmp_path)][2:] == ["written.md"]
