"""What docs/invariants.md promises is tested by a test of that name."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_each_test_that_an_invariant_names_exists():
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "invariants.md").read_text(encoding="utf-8")))
    modules = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    tests = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert named - modules - tests == set()
    assert len(named & tests) > 50
