"""What machines can see of style and types: ruff and mypy find nothing in this tree."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["config", "issuers", "skills", "credentials", "portfolios"]


@pytest.mark.parametrize(
    "tool",
    [["ruff", "check", "--quiet"], ["ruff", "format", "--check", "--quiet"], ["mypy", *APPS]],
    ids=["lint", "format", "types"],
)
def test_the_tool_finds_nothing(tool):
    found = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True)

    assert found.returncode == 0, found.stdout + found.stderr
