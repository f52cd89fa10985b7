"""From a bare machine to an environment: what is decided, and on what grounds."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import bootstrap


def test_the_bootstrap_needs_nothing_that_has_to_be_installed():
    trees = [ast.parse(path.read_text()) for path in (Path(bootstrap.__file__), bootstrap.ROOT / "manage.py")]
    found = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert found - {"config"} <= set(sys.stdlib_module_names)
    assert (bootstrap.ROOT / "config" / "__init__.py").read_text() == ""


def test_this_very_python_is_good_enough():
    assert bootstrap.find_python() == sys.executable


def test_a_python_that_is_too_old_or_too_new_is_passed_over(monkeypatch, tmp_path):
    other = tmp_path / "python3.12"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    assert bootstrap.find_python() == str(other)


def test_without_any_fitting_python_a_sentence_says_which_is_needed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(SystemExit, match=r"needs Python 3\.11, 3\.12 or 3\.13; this is 3\.9"):
        bootstrap.find_python()


def test_nothing_is_installed_where_nothing_is_missing():
    assert bootstrap.install_packages_of_debian([], "the tests") is True


def test_a_user_who_may_not_install_is_told_the_command(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)

    assert bootstrap.install_packages_of_debian(["libpango-1.0-0"], "PDF certificates") is False
    assert capsys.readouterr().err == (
        "[set-up] missing for PDF certificates: libpango-1.0-0. "
        "Install by: sudo apt-get install -y -qq --no-install-recommends libpango-1.0-0\n"
    )


def test_packages_whose_stamp_stands_are_not_installed_again(tmp_path, monkeypatch, capsys):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "venv")
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    stamp = tmp_path / "stamp"
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "uv").symlink_to("/bin/true")

    bootstrap._install(requirements, stamp)
    first = capsys.readouterr().err
    bootstrap._install(requirements, stamp)
    second = capsys.readouterr().err
    requirements.write_text("# changed\n")
    bootstrap._install(requirements, stamp)
    third = capsys.readouterr().err

    assert [said.count("installing") for said in (first, second, third)] == [1, 0, 1]


def test_what_was_compiled_is_kept_also_where_the_machine_says_otherwise():
    """As images of containers do; each process would then compile everything anew."""
    told = "import os, sys; print(sys.dont_write_bytecode, 'PYTHONDONTWRITEBYTECODE' in os.environ)"
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}

    said = [
        subprocess.run(
            [sys.executable, "-c", f"from config import bootstrap; {first}{told}"],
            cwd=bootstrap.ROOT, env=env, capture_output=True, text=True, check=True,
        ).stdout.split()
        for first in ("", "bootstrap.keep_bytecode(); ")
    ]  # fmt: skip

    assert said == [["True", "True"], ["False", "False"]]
