"""How Sphinx makes a site of these pages: `./run docs`. Its commands and checks are in packaging/making/site.py."""

import re
from pathlib import Path

_ROOT = Path(__file__).parents[1]

project = "Tillstamp"
html_title = "Tillstamp"
copyright = "Tillstamp's authors, Apache-2.0"
(release,) = re.findall(r'^VERSION.*"(.+)"$', (_ROOT / "common" / "version.py").read_text(), re.MULTILINE)

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
# Links to headings are written as they work where the repository is read, and Sphinx checks each.
myst_heading_anchors = 4

html_theme = "furo"
html_favicon = html_logo = "../packaging/till/tillstamp.svg"
html_copy_source = False
html_show_sphinx = False
html_use_index = False
pygments_style = "friendly"
pygments_dark_style = "native"
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {"color-brand-primary": "#1f5a4c", "color-brand-content": "#1f5a4c"},
    "dark_css_variables": {"color-brand-primary": "#7cc3ae", "color-brand-content": "#7cc3ae"},
}
