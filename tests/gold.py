"""Gold for tests: articles with annotations, written as PolNeAR has them."""

from collections.abc import Sequence
from pathlib import Path

Roles = dict[str, str]


def write_gold(folder: Path, name: str, text: str, attributions: Sequence[Roles]) -> None:
    """Write an article and its annotations in brat standoff; each role's words are those that first occur in it."""
    lines = []
    for number, roles in enumerate(attributions, start=1):
        for role, words in roles.items():
            start = text.index(words)
            lines.append(f"T{number}{role}\t{role} {start} {start + len(words)}\t{words}")
        lines.append(f"E{number}\t" + " ".join(f"{role}:T{number}{role}" for role in roles))
    for kind, suffix, content in (("text", "txt", text), ("attributions", "ann", "\n".join(lines))):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / f"{name}.{suffix}").write_bytes(content.encode())
