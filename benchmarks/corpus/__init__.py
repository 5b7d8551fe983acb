"""Corpora of any size: articles of a folder told again and again about other people, places and numbers."""
