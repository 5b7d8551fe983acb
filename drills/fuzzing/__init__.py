"""Transforms are given what a fuzzer makes up."""
