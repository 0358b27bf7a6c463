"""The import contracts of pyproject.toml hold, and a planted import breaks them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = {
    "domain": "domain",
    "projections": "projections",
    "adapters": "adapters",
    **{f"adapters/{room}": f"adapters/{room}" for room in ("kafka", "postgresql", "store", "vault")},
    "hub_api": "hub-api/hub_api",
    **{
        f"hub_api/{room}": f"hub-api/hub_api/{room}"
        for room in ("cli", "runtime", "http", "reads", "commands", "access", "identity", "wording")
    },
    "hub_demo": "hub-api/hub_demo",
    "hub_cluster": "hub-api/hub_cluster",
}


def contracts(root: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a tree, without what is installed and without leaving a cache."""
    program = (
        f"import sys; sys.path[:0] = [{str(root)!r}, {str(root / 'hub-api')!r}]; "
        f"from importlinter.cli import lint_imports; "
        f"sys.exit(lint_imports(config_filename={str(root / 'pyproject.toml')!r}, no_cache=True))"
    )
    return subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, cwd=root, check=False)


def test_the_parts_import_only_what_the_table_of_parts_allows() -> None:
    checked = contracts(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("part", "planted"),
    [
        ("domain", "import projections"),
        ("domain", "import adapters"),
        ("domain", "import hub_api"),
        ("domain", "import sqlite3"),
        ("domain", "import sqlalchemy"),
        ("domain", "import fastapi"),
        ("domain", "import opentelemetry"),
        ("domain", "import kafka"),
        ("adapters", "import projections"),
        ("projections", "import adapters"),
        ("projections", "import hub_api"),
        ("projections", "import kafka"),
        ("hub_api", "import kafka"),
        ("projections", "import opentelemetry"),
        ("hub_api", "import opentelemetry"),
        ("hub_api", "import sqlite3"),
        ("hub_api", "import sqlalchemy"),
        ("hub_api", "import hub_demo"),
        ("hub_api/cli", "import hub_cluster"),
        ("hub_api/http", "import hub_api.runtime"),
        ("hub_api/reads", "import hub_api.http"),
        ("hub_api/reads", "import hub_api.commands"),
        ("hub_api/commands", "import hub_api.reads"),
        ("hub_api/access", "import hub_api.reads"),
        ("hub_api/identity", "import hub_api.access"),
        ("hub_api/wording", "import hub_api.http"),
        ("adapters/vault", "import adapters.store"),
        ("adapters/store", "import adapters.kafka"),
        ("adapters/kafka", "import adapters.postgresql"),
    ],
)
def test_a_planted_import_breaks_a_contract(tmp_path: Path, part: str, planted: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for name, place in PLACES.items():
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "__init__.py").write_text(planted if name == part else "", encoding="utf-8")
    assert "BROKEN" in contracts(tmp_path).stdout
