"""A template, its style sheet and its script as one self-contained page.

Its content security policy allows the style sheet and the script by their hashes and nothing else: what an article's
text might smuggle in could neither run nor load anything. So templates have no `style` attributes, no `on…` attributes
and no other `<style>` or `<script>`; what depends on values goes into `rules`, and values for a script into `data`.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).parent
_BASE = "base"
_ENDS_ELEMENT = re.compile("</(style|script)|<!--", re.IGNORECASE)
_ACTIVE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]"
)
"""Control characters; marks that reorder the letters around them; halves of characters, which UTF-8 has not."""


def render_page(name: str, *, data: Mapping[str, Any] | None = None, rules: str = "", **values: Any) -> str:
    """Return a page: the same for the same values.

    Args:
        name: Of the template, `name.html.j2`; it extends `base.html.j2`. `name.css` and `name.js` beside it go into the
            page, where they are.
        data: What the script reads, as JSON, by the ids of its elements.
        rules: CSS of this page alone, such as widths of bars; it follows the sheets.
        **values: What the template is filled with; all text in it is escaped.

    Raises:
        jinja2.UndefinedError: The template needs a value that is not there.
    """
    style = _plain("\n".join([*(_beside(sheet, "css") for sheet in dict.fromkeys((_BASE, name))), rules]))
    script = _plain(_beside(name, "js"))
    template = _environment().get_template(f"{name}.html.j2")
    parts = {"policy": _policy(style, script), "style": Markup(style), "script": Markup(script)}
    return template.render(name=name, data=dict(data or {}), **parts, **values)


def _policy(style: str, script: str) -> str:
    """Return what the page may do: nothing but use these two."""
    scripts = _hash(script) if script else "'none'"
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {scripts}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _beside(name: str, ending: str) -> str:
    """Return what stands in a file beside a template; nothing if there is none."""
    path = _FOLDER / f"{name}.{ending}"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _plain(content: str) -> str:
    """Return what goes into an element as it is.

    Raises:
        ValueError: It would end the element.
    """
    if found := _ENDS_ELEMENT.search(content):
        raise ValueError(f"{found[0]} would end the element that it stands in")
    return content


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=inactive,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "default": str}
    return environment


def inactive(value: Any) -> Any:
    r"""Return text in which characters that act, rather than show, are `\x1b`-like escapes; other values as they are.

    Templates do that to all that they print.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _ACTIVE.sub(lambda match: ascii(match[0])[1:-1], value)
