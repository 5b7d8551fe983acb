"""Options that several drills have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Raw = Annotated[Path | None, typer.Option(exists=True, resolve_path=True, help="Texts. Default: articles of our own.")]
Metadata = Annotated[Path | None, typer.Option(exists=True, resolve_path=True, help="Side file of --raw.")]
Seed = Annotated[int, typer.Option(help="Of what is drawn by chance.")]
