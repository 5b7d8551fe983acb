"""Pages in Debian's Chromium, without a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give a browser; a test that needs one is skipped where there is none."""
    if not Path(CHROMIUM).exists():
        pytest.skip("no chromium: apt install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="no playwright: pip install -e '.[dev]'")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, file: Path, **options: Any) -> Iterator[Page]:
    """Give a page that is opened from its file.

    Fails if it asked for anything else, showed a dialog, or said anything on the console, such as that its policy was
    violated.
    """
    context = browser.new_context(offline=True, **options)
    noises: list[str] = []
    requests: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: noises.append(message.text))
    page.on("pageerror", lambda error: noises.append(str(error)))
    page.on("dialog", lambda dialog: (noises.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.goto(file.as_uri())
    yield page
    own = [url for url in requests if url.partition("#")[0] != file.as_uri() and not url.startswith("blob:")]
    context.close()
    assert (noises, own) == ([], [])
