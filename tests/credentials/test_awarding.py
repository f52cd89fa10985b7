"""From an order to signed awards: nothing lost, nothing doubled, nothing unsigned."""

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from credentials import awarding, standing, verifying
from credentials.awarding import Person, award_batch
from credentials.models import Award, Batch, Delivery, Row
from credentials.openbadges.verify import Verdict
from issuers import journal
from issuers.models import Issuer, SigningKey
from tests.factories import make_award, make_issuer, make_person, make_version, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def order(version, people=3, **fields) -> Batch:
    people = [make_person(**fields) for _ in range(people)] if isinstance(people, int) else people
    return awarding.order(
        version, people=people, roster_name="march.csv", by=owner_of(version.achievement.issuer)
    )


def states(batch) -> list[str]:
    return list(batch.rows.values_list("state", flat=True))


def test_an_order_awards_nothing_by_itself():
    batch = order(make_version())

    assert (Award.objects.count(), states(batch)) == (0, ["waiting"] * 3)
    assert awarding.progress(batch) == awarding.Progress(3, 0, 0, 0, "waiting")


def test_each_row_becomes_an_award_whose_document_verifies():
    batch = order(make_version())

    award_batch(batch.pk)

    awards = Award.objects.filter(row__batch=batch)
    assert [verifying.verify_award(award).verdict for award in awards] == [Verdict.VALID] * 3
    assert awarding.progress(batch) == awarding.Progress(3, 3, 0, 0, "finished")


def test_an_award_is_born_signed_with_its_hash_its_key_and_its_slot():
    award = make_award(name="Ada Lovelace", email="Ada@Example.org")

    signed = json.loads(bytes(award.document))
    assert award.recipient_email == "ada@example.org"
    assert award.document_sha256 == hashlib.sha256(bytes(award.document)).hexdigest()
    assert signed["id"] == award.url
    assert signed["proof"][0]["verificationMethod"] == award.signing_key.verification_method
    assert signed["credentialStatus"]["statusListIndex"] == str(award.status_index)
    assert signed["credentialStatus"]["statusListCredential"] == award.status_list.url


def test_a_batch_that_broke_off_is_finished_by_running_it_again():
    batch = order(make_version())
    award_batch(batch.pk, stop_after=1)

    award_batch(batch.pk)
    award_batch(batch.pk)

    awarded = Award.objects.filter(row__batch=batch).values_list("row__number", flat=True)
    assert sorted(awarded) == sorted(batch.rows.values_list("number", flat=True))


def test_rows_of_a_worker_that_died_are_awarded_when_their_lease_ends(time_machine):
    batch = order(make_version())
    Row.objects.filter(batch=batch).update(lease_until=timezone.now() + timedelta(seconds=60), attempts=1)
    time_machine.move_to(timezone.now() + timedelta(seconds=50), tick=False)
    before = award_batch(batch.pk)
    time_machine.move_to(timezone.now() + timedelta(seconds=11), tick=False)

    after = award_batch(batch.pk)

    assert (before, after, states(batch)) == (0, 3, ["awarded"] * 3)


def test_a_failure_after_signing_leaves_no_award_and_no_slot_taken():
    """The chunk is one transaction, and the deliveries are written at its very end."""
    batch = order(make_version())

    def disk_full(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "credentials_delivery"'):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(disk_full), pytest.raises(OperationalError):
        award_batch(batch.pk)
    Row.objects.update(lease_until=None)

    assert Award.objects.count() == 0
    assert (award_batch(batch.pk), states(batch)) == (3, ["awarded"] * 3)


def test_the_same_roster_ordered_twice_awards_each_person_once():
    version, people = make_version(), [make_person() for _ in range(3)]
    first, second = order(version, people), order(version, people)

    award_batch(first.pk)
    award_batch(second.pk)

    assert (states(first), states(second)) == (["awarded"] * 3, ["held"] * 3)
    assert version.awards.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_roster_ordered_twice_at_once_awards_each_person_once():
    version, people, begin = make_version(), [make_person() for _ in range(60)], threading.Barrier(4)

    def order_and_award():
        batch = order(version, people)
        begin.wait(timeout=30)
        try:
            return award_batch(batch.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        finished = [done.result() for done in [pool.submit(order_and_award) for _ in range(4)]]

    assert finished == [60] * 4
    assert sorted(version.awards.values_list("recipient_email", flat=True)) == sorted(p.email for p in people)
    assert len(set(version.awards.values_list("status_index", flat=True))) == 60
    assert Row.objects.filter(state="held").count() == 180


def test_the_same_address_twice_in_one_batch_is_awarded_once():
    version = make_version()
    batch = order(version, [make_person(email="ada@example.org"), make_person(email="ada@example.org")])

    award_batch(batch.pk)

    assert states(batch) == ["awarded", "held"]


def test_again_awards_to_somebody_who_holds_it_and_counts_the_occurrences():
    version = make_version()
    make_award(version, email="ada@example.org")

    make_award(version, email="ada@example.org", again=True)

    assert list(version.awards.order_by("occurrence").values_list("occurrence", flat=True)) == [1, 2]


def test_a_person_whose_award_was_revoked_can_be_awarded_anew():
    version = make_version()
    standing.revoke(
        make_award(version, email="ada@example.org"),
        reason="Wrong day",
        by=owner_of(version.achievement.issuer),
    )

    assert make_award(version, email="ada@example.org").occurrence == 2


def test_the_database_refuses_a_second_award_for_a_row():
    award = make_award()
    twin = Award.objects.get(pk=award.pk)
    twin.pk, twin.status_index, twin.occurrence, twin._state.adding = None, award.status_index + 1, 2, True

    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_the_database_refuses_a_second_award_with_the_same_status_index():
    award = make_award()
    twin = Award.objects.get(pk=award.pk)
    twin.pk, twin.row, twin.occurrence = None, order(award.version, 1).rows.get(), 2
    twin._state.adding = True

    with pytest.raises(IntegrityError, match="status_index"), transaction.atomic():
        twin.save(force_insert=True)


def test_the_database_refuses_a_line_a_second_time_in_its_batch():
    row = order(make_version(), 1).rows.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Row.objects.create(batch=row.batch, number=row.number, data=row.data)


def test_a_row_that_cannot_be_a_document_is_refused_and_the_others_are_awarded():
    batch = order(make_version(), [make_person(name="Bell\x07"), make_person(name="Amara Nwosu")])

    award_batch(batch.pk)

    refused = batch.rows.get(state="refused")
    assert states(batch) == ["refused", "awarded"]
    assert refused.complaint != ""
    assert awarding.progress(batch) == awarding.Progress(2, 1, 0, 1, "finished")


def test_without_a_key_the_batch_stops_with_the_reason_and_can_be_resumed():
    version = make_version()
    issuer = version.achievement.issuer
    batch = order(version)
    SigningKey.objects.filter(issuer=issuer).update(retired_at=timezone.now())
    award_batch(batch.pk)
    batch.refresh_from_db()
    stopped = awarding.progress(batch).state, batch.stopped_reason
    SigningKey.objects.filter(issuer=issuer).update(retired_at=None)

    awarding.resume(batch, by=owner_of(issuer))
    award_batch(batch.pk)

    assert stopped == (
        "stopped",
        f"{issuer.name} has no active signing key. An owner can make one on the keys page.",
    )
    assert states(batch) == ["awarded"] * 3


def test_what_is_wrong_with_all_of_a_batch_stops_it_and_refuses_nobody():
    version = make_version()
    batch = order(version)
    Issuer.objects.update(url="https://[half")

    award_batch(batch.pk)

    batch.refresh_from_db()
    assert batch.stopped_reason == "The issuer's web address is not a web address: “https://[half”."
    assert states(batch) == ["waiting"] * 3


def test_a_row_that_kills_its_worker_again_and_again_stops_the_batch_and_names_its_line():
    batch = order(make_version(), [make_person(line=7)])
    Row.objects.update(attempts=5, lease_until=None)

    award_batch(batch.pk)

    batch.refresh_from_db()
    assert (batch.stopped_reason, states(batch)) == (
        "Line 7 broke off 5 times: whatever was awarding it ended each time. Every other line is done. "
        "Resume to try again.",
        ["waiting"],
    )


def test_rows_that_were_near_a_death_are_awarded_before_the_batch_stops_at_the_one_that_causes_it():
    batch = order(make_version(), [make_person(line=line) for line in (7, 8, 9)])
    Row.objects.update(attempts=1)
    Row.objects.filter(number=7).update(attempts=5)

    award_batch(batch.pk)

    batch.refresh_from_db()
    assert states(batch) == ["waiting", "awarded", "awarded"]
    assert batch.stopped_reason.startswith("Line 7 broke off 5 times:")


def test_rows_that_broke_off_are_tried_later_and_among_fewer_the_most_tired_last_and_alone():
    broke_off = {2: 4, 3: 4, 4: 3, 5: 1, 6: 1, 7: 0, 8: 0, 9: 2} | dict.fromkeys(range(10, 16), 2)
    batch = order(make_version(), [make_person(line=line) for line in broke_off])
    for line, attempts in broke_off.items():
        Row.objects.filter(number=line).update(attempts=attempts)
    in_turn = []

    while rows := awarding._claim(batch, 500):
        in_turn.append([row.number for row in rows])

    assert in_turn == [[7, 8], [5, 6], [9, 10, 11, 12, 13], [14, 15], [4], [2], [3]]


def test_a_batch_does_not_stop_at_a_tired_row_while_somebody_is_awarding_another():
    batch = order(make_version(), [make_person(line=line) for line in (7, 8)])
    Row.objects.filter(number=7).update(attempts=5)
    Row.objects.filter(number=8).update(attempts=1, lease_until=timezone.now() + timedelta(seconds=60))

    award_batch(batch.pk)
    batch.refresh_from_db()
    meanwhile = batch.stopped_at
    Row.objects.update(lease_until=None)
    award_batch(batch.pk)

    batch.refresh_from_db()
    assert (meanwhile, states(batch)) == (None, ["waiting", "awarded"])
    assert batch.stopped_reason.startswith("Line 7 broke off 5 times:")


def test_every_line_that_is_given_up_is_named():
    batch = order(make_version(), [make_person(line=line) for line in (7, 8, 12)])
    Row.objects.update(attempts=5)

    award_batch(batch.pk)

    batch.refresh_from_db()
    assert batch.stopped_reason.startswith("Lines 7, 8 and 12 broke off 5 times each:")


def test_of_many_lines_that_are_given_up_the_first_ten_are_named():
    assert awarding._named(list(range(2, 25))) == "Lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 13 more"


@pytest.mark.parametrize(
    ("validity_days", "valid_until", "ends"),
    [
        (0, None, None),
        (365, None, datetime(2027, 6, 12, 23, 59, 59, tzinfo=UTC)),
        (0, date(2026, 12, 31), datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (365, date(2028, 2, 29), datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_an_award_ends_when_its_roster_says_else_as_its_version_says(validity_days, valid_until, ends):
    version = make_version(validity_days=validity_days)

    award = make_award(version, awarded_on=date(2026, 6, 12), valid_until=valid_until)

    assert (award.valid_from, award.valid_until) == (datetime(2026, 6, 12, tzinfo=UTC), ends)


def test_results_evidence_and_licence_number_are_inside_the_document():
    version = make_version(
        kind="role_certification",
        role={"name": "Data steward", "url": "https://northfield.example/roles/data-steward"},
        result_descriptions=[{"name": "Score", "result_type": "RawScore"}],
    )
    (described,) = version.result_descriptions

    award = make_award(
        version,
        results={described["id"]: "835"},
        licence_number="LIC-1",
        evidence_url="https://evidence.example/1",
    )

    signed = json.loads(bytes(award.document))
    subject = signed["credentialSubject"]
    assert subject["licenseNumber"] == "LIC-1"
    assert subject["result"] == [{"type": ["Result"], "resultDescription": described["id"], "value": "835"}]
    assert signed["evidence"] == [
        {"id": "https://evidence.example/1", "type": ["Evidence"], "name": "Evidence"}
    ]
    assert list(award.results.values_list("name", "value")) == [("Score", "835")]


def test_a_person_survives_the_row():
    person = Person(
        line=3,
        name="Σοφία",
        email="sofia@example.org",
        awarded_on=date(2026, 6, 12),
        valid_until=date(2028, 2, 29),
        results={"urn:uuid:1": "A"},
        again=True,
    )

    assert Person.from_data(json.loads(json.dumps(person.as_data()))) == person


def test_everybody_awarded_is_told_by_one_delivery():
    batch = order(make_version())

    award_batch(batch.pk)
    award_batch(batch.pk)

    told = Delivery.objects.filter(award__row__batch=batch, event="awarded").values_list("address", flat=True)
    assert sorted(told) == sorted(row.data["email"] for row in batch.rows.all())


def test_the_journal_says_who_ordered_and_that_it_was_finished_once():
    version = make_version()
    batch = order(version)
    award_batch(batch.pk)
    award_batch(batch.pk)

    issuer = version.achievement.issuer
    said = issuer.journal.filter(what=f"credentials.batch:{batch.pk}").order_by("number")
    assert list(said.values_list("verb", flat=True)) == ["ordered", "finished"]
    assert journal.first_broken(issuer) is None


def test_the_sweeper_finds_batches_that_nobody_is_working_on():
    waiting, done = order(make_version()), order(make_version())
    award_batch(done.pk)

    assert list(awarding.unfinished()) == [waiting.pk]


def test_two_issuers_never_share_a_key_or_a_list():
    one, two = make_award(make_version(make_issuer())), make_award(make_version(make_issuer()))

    assert one.signing_key.public_multibase != two.signing_key.public_multibase
    assert one.status_list.issuer == one.issuer
    assert two.status_list.issuer == two.issuer


def test_a_version_with_many_skills_is_awarded_with_as_much_evidence_as_there_can_be():
    skills = [{"name": f"Skill {n}", "url": f"https://skills.example/{n}"} for n in range(98)]
    version = make_version(kind="degree", skills=skills, eqf_level=6)

    award = make_award(version, evidence=[{"url": "", "name": f"Report {n}"} for n in range(10)])

    report = verifying.verify_anything(bytes(award.document), "ours.json")
    assert (report.verdict, report.remarks) == (Verdict.VALID, ())
