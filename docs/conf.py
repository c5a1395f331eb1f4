"""How Sphinx builds these pages: no network, and the reference is generated from the data first."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

from generate import write_reference

project = "Thecal"
author = "The Thecal developers"
copyright = "The Thecal developers"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Thecal"
html_static_path = ["_static"]
html_show_sphinx = False
html_copy_source = False
html_theme_options: dict[str, list[str]] = {"top_of_page_buttons": []}


def setup(app: Sphinx) -> None:
    """Generate the reference before Sphinx looks for its pages."""
    app.connect("builder-inited", lambda built: write_reference(Path(built.srcdir)))
