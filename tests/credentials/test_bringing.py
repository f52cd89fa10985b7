"""What is kept of a roster between two looks, and what becomes of it."""

import datetime as dt

import pytest

from credentials import awarding, bringing, roster, standing
from credentials.models import Batch, Evidence, Roster
from tests.factories import make_award, make_version, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

GOOD = b"name,email\nAda Lovelace,ada@example.org\nGrace Hopper,grace@example.org\n"
TWICE = b"name,email\nAda,ada@example.org\nAda,ada@example.org\n"


@pytest.fixture
def version():
    return make_version()


def bring(version, data: bytes, name: str = "roster.csv") -> Roster:
    kept = bringing.bring(version, data=data, name=name, by=owner_of(version.achievement.issuer))
    return Roster.objects.get(pk=kept.pk)


def order(kept: Roster, count: int) -> Batch:
    return bringing.order(kept, count=count, by=kept.brought_by)


def sentences(kept: Roster) -> list[str]:
    return [complaint.sentence for complaint in bringing.check(kept).complaints]


def test_a_refused_file_leaves_nothing_behind(version):
    with pytest.raises(roster.RosterRefused):
        bring(version, b"")

    assert Roster.objects.count() == 0


@pytest.mark.parametrize("name", ["url", *bringing.OF_EVIDENCE])
def test_a_roster_takes_of_evidence_just_as_much_as_can_be_kept(version, name):
    most = Evidence._meta.get_field(name).max_length
    start = "https://e.example/" if name == "url" else ""
    rows = "".join(
        f"Ada,a{length}@example.org,{start}{'x' * (length - len(start))}\n" for length in (most, most + 1)
    )
    kept = bring(version, f"name,email,evidence {name}\n{rows}".encode())

    checked = bringing.check(kept)

    assert ([row.line for row in checked.rows], bringing.lines_to_fix(checked)) == ([2], {3})


def test_a_sheet_is_the_same_after_it_was_kept(version):
    data = "\ufeffName;E-Mail\nΣοφία Παπαδοπούλου;sofia@example.org\n".encode()
    read = roster.read(data, name="r.csv")

    kept = bringing.sheet_of(bring(version, data, "r.csv"))

    assert (kept.headings, kept.encoding, kept.delimiter) == (read.headings, read.encoding, read.delimiter)
    assert [(line, list(cells)) for line, cells in kept.rows] == [
        (line, list(cells)) for line, cells in read.rows
    ]


def test_a_long_name_of_a_file_is_cut_and_kept(version):
    assert bring(version, GOOD, "x" * 300 + ".csv").name == "x" * 255


def test_who_holds_it_is_told_with_the_day_and_who_lost_it_is_not(version):
    make_award(version, email="ada@example.org", awarded_on=dt.date(2026, 6, 12))
    revoked = make_award(version, email="grace@example.org")
    standing.revoke(revoked, reason="Wrong day", by=owner_of(revoked.issuer))

    assert sentences(bring(version, GOOD)) == [
        "Line 2: ada@example.org already holds this, since 12 June 2026."
    ]


def test_whoever_holds_another_version_may_be_awarded_this_one(version):
    make_award(make_version(version.achievement.issuer), email="ada@example.org")

    assert sentences(bring(version, GOOD)) == []


def test_corrections_of_a_line_add_up(version):
    kept = bring(version, b"name,email\nx1,wrong\n")

    bringing.mend(kept, edits={2: {"name": "Ada"}}, choices={})
    bringing.mend(kept, edits={2: {"email": "ada@example.org"}}, choices={})

    (person,) = bringing.people(bringing.check(Roster.objects.get(pk=kept.pk)))
    assert (person.name, person.email) == ("Ada", "ada@example.org")


def test_nothing_but_skip_and_again_is_kept_as_a_choice(version):
    kept = bring(version, TWICE)

    bringing.mend(kept, edits={}, choices={3: "everything"})

    assert Roster.objects.get(pk=kept.pk).choices == {}


@pytest.mark.parametrize(("choice", "lines"), [(None, [2]), ("skip", [2]), ("again", [2, 3])])
def test_an_undecided_row_is_left_out(version, choice, lines):
    checked = bringing.check(bring(version, TWICE))

    people = bringing.people(checked, {"3": choice} if choice else {})

    assert [person.line for person in people] == lines
    assert [person.again for person in people] == [line == 3 for line in lines]


def test_a_choice_that_nobody_asks_for_any_more_awards_nothing_twice(version):
    """Line 3 was a doubled address; its twin was corrected since."""
    kept = bring(version, TWICE)
    bringing.mend(kept, edits={}, choices={3: "again"})
    bringing.mend(kept, edits={2: {"email": "other@example.org"}}, choices={})

    people = bringing.people(bringing.check(kept), kept.choices)

    assert [(person.line, person.again) for person in people] == [(2, False), (3, False)]


def test_an_order_holds_the_rows_and_empties_the_roster(version):
    kept = bring(version, GOOD)

    batch = order(kept, 2)

    kept.refresh_from_db()
    assert (kept.batch, kept.sheet["rows"], kept.edits, kept.choices) == (batch, [], {}, {})
    assert awarding.progress(batch).total == 2


def test_a_second_order_finds_the_first(version):
    kept = bring(version, GOOD)
    batch = order(kept, 2)

    with pytest.raises(bringing.AlreadyOrdered) as before:
        order(kept, 2)

    assert (before.value.batch, Batch.objects.count()) == (batch, 1)


def test_a_number_that_changed_since_the_question_orders_nothing(version):
    kept = bring(version, GOOD)
    make_award(version, email="ada@example.org")

    with pytest.raises(bringing.NumberChanged) as changed:
        order(kept, 2)

    assert str(changed.value) == "The rows have changed: it is 1 now, not 2. Look again."
    assert Roster.objects.get().batch is None
