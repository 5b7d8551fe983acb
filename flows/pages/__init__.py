"""Pages for a browser: each one file that needs no network and lets nothing in it become active."""

from flows.pages.rendering import render_page

__all__ = ["render_page"]
