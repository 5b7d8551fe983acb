"""What is printed of somebody's position."""

from typing import NamedTuple

from transforms.quotes.speakers.descriptions import Description


class Standing(NamedTuple):
    """A role and an organisation, as printed."""

    role: str | None = None
    organisation: str | None = None


NONE = Standing()


def as_standing(described: Description) -> Standing:
    """Return the office of a description, with what it is of, if nothing else names that: head | of design."""
    if not described.role or described.is_plural:
        return NONE
    role = f"{described.role}{described.complement}" if described.complement else described.role
    return Standing(role, described.organisation)
