"""Take the pictures of README and tutorial anew, of the sample articles: `make pictures`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
SAMPLES = HERE.parent.parent / "data" / "raw"
NEWSFRAMES = Path(sys.executable).with_name("newsframes")
WIDTH = 1280


def main() -> None:
    """Ingest the samples somewhere, and take a picture of an article with a chosen quote, and one of a report."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        command(folder, "ingest", "--raw", str(SAMPLES))
        command(folder, "show", "ferry", "inquiry", "--html", "--output", "article.html")
        command(folder, "report", "--output", "report.html")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 800})
        page.goto((folder / "article.html").as_uri())
        page.get_by_text("I wrote it in the log").first.hover()
        take(page, "article")
        page.goto((folder / "report.html").as_uri())
        take(page, "report")
        browser.close()


def command(folder: Path, *arguments: str) -> None:
    """Run a command of newsframes in a folder."""
    subprocess.run([NEWSFRAMES, *arguments], cwd=folder, check=True, capture_output=True)


def take(page: Page, name: str) -> None:
    """Take a picture of what a browser shows."""
    page.screenshot(path=HERE / f"{name}.png", animations="disabled")


main()
