"""Contestants: programs that do the same work in turn, each in a process of its own.

This package is also run by interpreters that have none of newsframes' dependencies.
"""
