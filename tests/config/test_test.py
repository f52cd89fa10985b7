"""How the rounds of the test command are chosen, counted and concluded."""

import pytest

from config.management.commands.test import Tally, conclude, rounds

SERVICES = {"TEST_REDIS_URL": "redis://here", "TEST_POSTGRESQL_URL": "postgresql://here"}
REPORT = (
    '<testsuites><testsuite name="pytest" tests="{tests}" failures="{failures}" errors="{errors}" '
    'skipped="{skipped}"/></testsuites>'
)


@pytest.fixture(autouse=True)
def not_on_ci(monkeypatch):
    monkeypatch.delenv("CI", raising=False)


def test_everything_runs_in_three_rounds():
    titles = [title for title, _, _ in rounds([], {}, SERVICES)]

    assert titles == ["SQLite and the folder queue", "PostgreSQL and Redis", "Journeys in Chromium"]


def test_the_second_round_is_on_the_scaled_services():
    _, arguments, environment = list(rounds([], {}, SERVICES))[1]

    assert environment == {"DATABASE_URL": "postgresql://here", "REDIS_URL": "redis://here"}
    assert arguments[-2:] == ["-m", "both_databases"]


def test_what_was_asked_for_is_all_that_runs():
    assert list(rounds(["tests/house", "-x"], {}, SERVICES)) == [
        ("What was asked for", ["tests/house", "-x"], {})
    ]


def test_a_round_without_its_programs_is_left_out():
    missing = {"postgresql": "postgresql", "chromium": "chromium"}

    assert [title for title, _, _ in rounds([], missing, {})] == ["SQLite and the folder queue"]


def test_reports_are_counted_and_an_error_of_a_fixture_is_a_failure(tmp_path):
    tally = Tally()
    for number, counts in enumerate(
        [
            {"tests": 10, "failures": 1, "errors": 1, "skipped": 2},
            {"tests": 5, "failures": 0, "errors": 0, "skipped": 0},
        ]
    ):
        report = tmp_path / f"{number}.xml"
        report.write_text(REPORT.format(**counts))
        tally.add(report)
    tally.add(tmp_path / "a-round-that-broke-off.xml")

    assert tally == Tally(passed=11, failed=2, left_out=2)


def test_the_last_line_says_how_many_passed_and_failed(capsys):
    code = conclude(Tally(passed=11, failed=2), 1, {})

    assert code == 1
    assert capsys.readouterr().out.splitlines()[-1] == "11 passed, 2 failed"


def test_what_is_left_out_is_named_and_fails_only_where_ci_asks(capsys, monkeypatch):
    by_hand = conclude(Tally(passed=3), 0, {"chromium": "chromium"})
    said = capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    on_ci = conclude(Tally(passed=3), 0, {"chromium": "chromium"})

    assert "Left out: the tests that need chromium (Debian's package chromium)." in said
    assert (by_hand, on_ci) == (0, 1)


def test_a_skipped_test_fails_where_ci_asks(monkeypatch):
    monkeypatch.setenv("CI", "true")

    assert conclude(Tally(passed=3, left_out=1), 0, {}) == 1


def test_running_nothing_is_not_a_success():
    assert conclude(Tally(), 0, {}) == 1
