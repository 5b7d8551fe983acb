"""What Prefect's UI offers when a flow is run by hand: its form is made from signature and docstring."""

from typing import Any

import pytest

from flows.backfill import backfill
from flows.ingest import ingest

FLOWS = [ingest, backfill]
BOUNDS: dict[str, dict[str, Any]] = {
    "batch_size": {"exclusiveMinimum": 0},
    "fail_above_rejected": {"minimum": 0, "maximum": 1},
    "keep_hours": {"minimum": 1},
    "keep_versions": {"exclusiveMinimum": 0},
    "max_article_mb": {"exclusiveMinimum": 0, "maximum": 2000},
    "settle": {"minimum": 0},
    "wait": {"minimum": 0},
    "workers": {"exclusiveMinimum": 0},
}
CHOICES = {"partition_by": ["day", "month", "year"], "runner": ["local", "dask"]}
FORMATS = {
    "corrections": "path",
    "end": "date",
    "metadata": "path",
    "processed": "path",
    "raw": "path",
    "start": "date",
}
PARAMETERS = [
    pytest.param(flow, name, id=f"{flow.name}-{name}") for flow in FLOWS for name in flow.parameters.properties
]


def kind(flow: Any, name: str) -> dict[str, Any]:
    """Return a parameter's schema, that of its values other than None if it may be None."""
    schema = flow.parameters.properties[name]
    return dict(next((s for s in schema.get("anyOf", []) if s.get("type") != "null"), schema))


@pytest.mark.parametrize(("flow", "name"), PARAMETERS)
def test_description_is_a_sentence(flow: Any, name: str) -> None:
    description = flow.parameters.properties[name]["description"]
    assert description[0].isupper()
    assert description.endswith(".")


@pytest.mark.parametrize(("flow", "name"), PARAMETERS)
def test_none_is_explained(flow: Any, name: str) -> None:
    schema = flow.parameters.properties[name]
    may_be_none = any(s.get("type") == "null" for s in schema.get("anyOf", []))
    assert ("None: " in schema["description"]) == may_be_none


@pytest.mark.parametrize(("flow", "name"), PARAMETERS)
def test_bounds_choices_and_formats(flow: Any, name: str) -> None:
    schema = kind(flow, name)
    found = {key: value for key, value in schema.items() if key in ("minimum", "maximum", "exclusiveMinimum")}
    assert found == BOUNDS.get(name, {})
    assert schema.get("enum") == CHOICES.get(name)
    assert schema.get("format") == FORMATS.get(name)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_a_run_needs_no_parameter(flow: Any) -> None:
    assert not flow.parameters.required
    assert all("default" in schema for schema in flow.parameters.properties.values())
