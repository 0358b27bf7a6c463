"""Where mutants live: a copy of the tree with each package at its top, as the mutation tool names modules by paths."""

import shutil
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from tests.mutants.groups import Group

ROOT: Final = Path(__file__).parents[2]
STAGE: Final = Path(gettempdir()) / "samrad-mutants"
COPIED: Final = ("domain", "projections", "adapters", "tests", "docs", "examples")
PACKAGES: Final = ("domain", "projections", "adapters", "hub_api")
UNSEEN: Final = shutil.ignore_patterns("__pycache__", "*.pyc")
BESIDE_THE_POINT: Final = (
    "tests/fixtures/test_kept_views.py",  # the rows of today's code, which a mutant's differ from by nothing but a hash
    "tests/hub_api/cli/test_cli.py",  # other processes, which know the tree by its own places
    "tests/hub_api/cli/test_command_line.py",
    "tests/hub_api/runtime/test_folder.py",
    "tests/hub_api/wording/test_refusals.py",  # reads the code as text
)
SETTINGS: Final = """
[tool.pytest.ini_options]
addopts = "-q --import-mode=importlib -p no:cacheprovider -p no:randomly -p no:xdist"
pythonpath = ["."]
timeout = 120
filterwarnings = ["ignore"]
markers = ["servers: real servers", "slow: some seconds", "long: minutes"]

[tool.mutmut]
source_paths = {packages}
only_mutate = {modules}
do_not_mutate_patterns = ['raise \\w*(Error|Refusal|Refused|Caution|Tampered|Unreadable)\\(', '_log\\.', 'remedy=']
also_copy = ["docs", "examples"]
pytest_add_cli_args = {arguments}
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
"""
"""The words of errors and logs are left as they are: tests of their own hold them."""


def stage(group: Group, name: str) -> Path:
    """A fresh copy of the tree for one group; the folder in which the mutation tool is to run."""
    folder = STAGE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for each in COPIED:
        shutil.copytree(ROOT / each, folder / each, ignore=UNSEEN)
    shutil.copytree(ROOT / "hub-api" / "hub_api", folder / "hub_api", ignore=UNSEEN)
    arguments = ["-m", "not servers and not slow and not long", *(f"--ignore={path}" for path in BESIDE_THE_POINT)]
    settings = SETTINGS.format(
        packages=list(PACKAGES), modules=list(group.modules), arguments=arguments, tests=list(group.tests)
    )
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    return folder
