"""Exports: a dataset, or a part of it, in the formats of others."""

from flows.exports.export import FORMATS, Exported, Format, Request, export

__all__ = ["FORMATS", "Exported", "Format", "Request", "export"]
