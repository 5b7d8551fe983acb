"""Who may know what: the walls that design.md draws."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TRANSFORMS = sorted((ROOT / "transforms").rglob("*.py"))
FLOWS = sorted((ROOT / "flows").rglob("*.py"))

# What would give a transform a path, a clock, a logger or the environment.
IMPURE = {
    "flows",
    "prefect",
    "os",
    "pathlib",
    "time",
    "logging",
    "subprocess",
    "shutil",
    "tempfile",
    "random",
    "socket",
}
CLOCKS = {"now", "today", "utcnow"}
NEEDS_PREFECT = {
    "flows/engine/flow_runs.py",
    "flows/backfill.py",
    "flows/ingest.py",
    "flows/engine/tasks.py",
}


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TRANSFORMS, ids=name_of)
def test_transforms_are_pure(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imported(path)} & IMPURE
    calls = [n.func for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    assert not {f.attr for f in calls if isinstance(f, ast.Attribute)} & CLOCKS
    assert not {f.id for f in calls if isinstance(f, ast.Name)} & {"open", "print", "input"}


@pytest.mark.parametrize("path", FLOWS, ids=name_of)
def test_prefect_is_imported_at_the_top_of_flows_alone(path: Path) -> None:
    """Elsewhere at most inside a function: a run with nothing to do must not pay for it."""
    top = [n for n in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(n, ast.Import | ast.ImportFrom)]
    modules = {alias.name for n in top if isinstance(n, ast.Import) for alias in n.names}
    modules |= {n.module or "" for n in top if isinstance(n, ast.ImportFrom)}
    knows_prefect = any(name.partition(".")[0] == "prefect" for name in modules)
    assert knows_prefect == (name_of(path) in NEEDS_PREFECT)


@pytest.mark.parametrize("path", [p for p in FLOWS if "dataset" not in p.parts], ids=name_of)
def test_only_the_dataset_package_writes_parquet(path: Path) -> None:
    assert "write_table" not in path.read_text(encoding="utf-8")


INSTALLED = ("flows", "transforms")
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


@pytest.mark.parametrize("package", INSTALLED)
def test_every_folder_with_code_goes_into_a_wheel(package: str) -> None:
    assert f"{package}*" in SETUPTOOLS["packages"]["find"]["include"]
    folders = {path.parent for path in (ROOT / package).rglob("*.py")}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("package", INSTALLED)
def test_every_data_file_goes_into_a_wheel(package: str) -> None:
    """A word list that is left behind is missed only by who installs newsframes."""
    files = [f for f in (ROOT / package).rglob("*") if f.is_file() and "__pycache__" not in f.parts]
    data = [f for f in files if f.suffix != ".py"]
    patterns = SETUPTOOLS["package-data"]["*"]
    assert [name_of(f) for f in data if not any(f.match(pattern) for pattern in patterns)] == []
    assert [name_of(f) for f in data if not (f.parent / "__init__.py").is_file()] == []
