"""The table of roles in docs/link.md §7, walked whole against the one in the pump."""

import re
from pathlib import Path

import pytest

from thecal.link.roles import Role
from thecal.pump.permissions import MAY_ASK

SPECIFICATION = Path(__file__).parents[3] / "docs" / "link.md"
ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<cells>(?:(?:yes|no) \|? ?){4})", re.MULTILINE)
OTHERS = "everything else"


def written_table() -> dict[str, dict[Role, bool]]:
    section = SPECIFICATION.read_text("utf-8").partition("## 7 ")[2].partition("\n## ")[0]
    roles = [
        Role(word) for word in re.findall(r"\w+", section.split("| request |")[1].split("\n")[0])
    ]
    return {
        row["what"].strip("`"): dict(
            zip(roles, (cell == "yes" for cell in re.findall("yes|no", row["cells"])), strict=True)
        )
        for row in ROW.finditer(section)
    }


WRITTEN = written_table()


def test_the_written_table_names_only_requests_that_there_are() -> None:
    assert set(WRITTEN) - {OTHERS} <= {kind.__name__ for kind in MAY_ASK}
    assert len(WRITTEN) == 7


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", MAY_ASK, ids=lambda kind: kind.__name__)
def test_a_role_may_ask_what_the_specification_says(kind: type, role: Role) -> None:
    row = WRITTEN.get(kind.__name__, WRITTEN[OTHERS])
    assert (role in MAY_ASK[kind]) is row[role]
