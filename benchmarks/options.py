"""Options that several benchmarks have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Raw = Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder of raw articles.")]
Metadata = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Side file that describes them.")]
Runs = Annotated[int, typer.Option(min=1, help="Of each thing that is measured.")]
Work = Annotated[
    Path | None, typer.Option("--folder", exists=True, file_okay=False, help="Where to work. Default: a temporary one.")
]
Page = Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Page that the figures go into.")]
