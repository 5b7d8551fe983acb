"""What every page has: hashes that let its own script run and nothing else, and colours that can be read."""

import hashlib
import json
import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from flows.pages import render_page, rendering

ROOT = Path(__file__).parent.parent
BASE = (Path(rendering.__file__).parent / "base.css").read_text(encoding="utf-8")


def tokens(sheet: str) -> dict[str, str]:
    """Return the colours that a part of the style sheet sets, by name."""
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", sheet))


LIGHT = tokens(BASE.partition("@media")[0])
DARK = tokens(BASE.partition("prefers-color-scheme: dark")[2].partition("\n}\n")[0])


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(colour: str, base: str, share: float) -> str:
    """Return a colour over another one."""
    pairs = ((int(colour[at : at + 2], 16), int(base[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02x}" for one, other in pairs)


@pytest.mark.parametrize("colours", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])
def test_colours_can_be_read(colours: dict[str, str]) -> None:
    assert colours.keys() == LIGHT.keys() > {"page", "ink", "c0", "c9"}
    words = [name for name in colours if re.fullmatch(r"ink|muted|accent|good|bad|warn|c\d", name)]
    grounds = ("page", "raised", "sunken")
    assert not [(w, g) for w in words for g in grounds if contrast(colours[w], colours[g]) < 4.5]
    assert not [g for g in grounds if contrast(colours["strong-line"], colours[g]) < 3]
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    share = float(re.findall(r"--tint: (\d+)%", BASE)[colours is DARK]) / 100
    tinted = {n: mixed(colours[n], colours["page"], share) for n in [*(f"c{n}" for n in range(10)), "muted"]}
    assert not [(n, contrast(colours[n], ground)) for n, ground in tinted.items() if contrast(colours[n], ground) < 4.5]
    lit = [mixed(colours[f"c{n}"], colours["page"], 0.36) for n in range(10)]
    assert not [ground for ground in lit if contrast(colours["ink"], ground) < 4.5]


def test_policy_has_the_hashes_of_what_is_in_the_page() -> None:
    page = render_page("base", rules=".bar { width: 7% }")
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert ".bar { width: 7% }" in style
    assert f"style-src &#39;sha256-{digest}&#39;; script-src &#39;none&#39;" in page
    assert page.index("Content-Security-Policy") < page.index("<style>")
    assert render_page("base", rules=".bar { width: 7% }") == page


def test_data_cannot_end_its_element() -> None:
    value = {"text": "</script><script>alert(1)</script><!-- & '\"\u2028\ud800"}
    page = render_page("base", data={"quotes": value})
    (written,) = re.findall(r'<script type="application/json" id="quotes">(.*?)</script>', page)
    assert json.loads(written) == value
    assert page.count("<script") == 1


@pytest.mark.parametrize("rules", ["</style>", "</STYLE >", "<!--", "</script>"])
def test_rules_cannot_end_their_element(rules: str) -> None:
    with pytest.raises(ValueError, match="would end"):
        render_page("base", rules=rules)


def test_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        rendering._environment().from_string("{{ title }}").render()


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("<b>Tom & Jo</b>", "&lt;b&gt;Tom &amp; Jo&lt;/b&gt;", id="markup"),
        pytest.param('" onload="x', "&#34; onload=&#34;x", id="attribute"),
        pytest.param("a\x1b[31mb\x00", r"a\x1b[31mb\x00", id="control-characters"),
        pytest.param("a\u202eb\u2066c\u200f", r"a\u202eb\u2066c\u200f", id="marks-that-reorder"),
        pytest.param("a\ud800", r"a\ud800", id="half-a-character"),
        pytest.param("a\tb\nc\xa0d\xade\u200df", "a\tb\nc\xa0d\xade\u200df", id="what-shows-itself-stays"),
    ],
)
def test_text_stays_inactive(text: str, printed: str) -> None:
    assert rendering._environment().from_string("{{ text }}").render(text=text) == printed


def test_command_line_starts_without_what_pages_need() -> None:
    code = "import sys, flows.cli; sys.exit(str({'jinja2', 'pandas', 'duckdb', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"
