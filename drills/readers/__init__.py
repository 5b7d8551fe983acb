"""Readers loop while a writer commits."""
