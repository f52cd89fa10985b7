"""Awarding for programs: once for each order, by the same rules as at the desk, within the key's rights."""

import json
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from credentials import erasing
from credentials.erasing import Whose
from credentials.models import Award, Delivery, Row
from issuers import api_keys, limits, membership
from issuers.models import ApiKey, Issuer, KeptReply, Member
from tests.factories import make_award, make_issuer, make_member, make_version, owner_of
from tests.traces import traces_of

pytestmark = pytest.mark.django_db
AMARA = {"name": "Amara Nwosu", "email": "amara@example.org"}


def key_of(issuer: Issuer, *, scope=ApiKey.Scope.AWARD, by=None) -> str:
    name = f"Program {uuid.uuid4()}"
    return api_keys.make(issuer, name=name, scope=scope, ends_at=None, by=by or owner_of(issuer))[1]


def award(version, body, *, key: str, once: str | None = "order-1", client: Client | None = None):
    achievement = version.achievement
    address = f"/api/v1/issuers/{achievement.issuer.slug}/achievements/{achievement.slug}/awards/"
    headers = {"Authorization": f"Bearer {key}"} | ({"Idempotency-Key": once} if once is not None else {})
    data = body if isinstance(body, str) else json.dumps(body)
    return (client or Client()).post(address, data, content_type="application/json", headers=headers)


def test_a_program_awards_and_the_credential_is_valid():
    version = make_version()

    answer = award(version, AMARA, key=key_of(version.achievement.issuer))
    made = Award.objects.get()

    assert (answer.status_code, answer["Location"]) == (201, made.url)
    assert answer.json() == {
        "id": str(made.pk),
        "code": made.code,
        "address": made.url,
        "document": f"{made.url.rstrip('/')}.json",
        "standing": "valid",
        "key_withdrawn": False,
    }
    assert Client().get(f"/api/v1/credentials/{made.pk}/").json()["report"]["verdict"] == "valid"
    assert Delivery.objects.get().address == "amara@example.org"


def test_everything_that_an_order_can_say_is_signed():
    version = make_version(
        result_descriptions=[{"name": "Final grade", "result_type": "LetterGrade"}], credits_available="6"
    )
    body = AMARA | {
        "awarded_on": "2026-05-03",
        "valid_until": "2029-05-03",
        "licence_number": "NF-1",
        "language": "pt-BR",
        "results": {"Final grade": "A"},
        "evidence": [{"url": "https://example.org/audit", "genre": "Audit"}, {"narrative": "It **held**."}],
        "narrative": "Kept the records of a ward.",
        "role": "Team lead",
        "term": "Spring 2026",
        "activity_start": "2026-01-05",
        "activity_end": "2026-04-30",
        "credits_earned": 4.5,
        "subject_id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    }

    answer = award(version, body, key=key_of(version.achievement.issuer))
    assert answer.status_code == 201, answer.content
    document = json.loads(bytes(Award.objects.get().document))
    subject = document["credentialSubject"]

    assert (document["validFrom"][:10], document["validUntil"][:10]) == ("2026-05-03", "2029-05-03")
    assert [one["value"] for one in subject["result"]] == ["A"]
    assert [one.get("genre", one.get("narrative")) for one in document["evidence"]] == [
        "Audit",
        "It **held**.",
    ]
    assert [
        subject[name] for name in ("id", "licenseNumber", "role", "term", "creditsEarned", "narrative")
    ] == [
        body["subject_id"],
        "NF-1",
        "Team lead",
        "Spring 2026",
        4.5,
        "Kept the records of a ward.",
    ]


def test_the_same_order_again_awards_nothing_and_is_answered_as_before():
    version = make_version()
    key = key_of(version.achievement.issuer)

    first = award(version, AMARA, key=key)
    again = award(version, json.dumps(AMARA, indent=1), key=key)

    assert (again.status_code, again.json(), again["Location"]) == (201, first.json(), first["Location"])
    assert (again["Idempotency-Replayed"], "Idempotency-Replayed" in first) == ("true", False)
    assert Award.objects.count() == 1


def test_another_order_with_the_same_key_is_refused():
    version = make_version()
    key = key_of(version.achievement.issuer)
    award(version, AMARA, key=key)

    answer = award(version, AMARA | {"name": "Amara N."}, key=key)

    assert (answer.status_code, Award.objects.count()) == (422, 1)
    assert "sent with another request before" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ('{"\\ud800": 1}', 400, "half a character"),
        ('{"name": "A", "email": "a@example.org", "results": {"\\ud800": "1"}}', 400, "half a character"),
        ("[" * 100_000, 400, "nested too deeply"),
        ('{"a":' * 900 + "1" + "}" * 900, 400, "nested too deeply"),
        ('{"name": "' + "a" * 1_000_000 + '"}', 413, "at most 1,000,000 bytes"),
        ("null", 400, "No data"),
    ],
    ids=["name", "result", "lists", "objects", "long", "null"],
)
@pytest.mark.parametrize("place", ["award", "revoke"])
def test_json_that_nobody_could_keep_is_refused_with_a_sentence(body, status, said, place):
    version = make_version()
    key = key_of(version.achievement.issuer)
    if place == "award":
        answer = award(version, body, key=key)
    else:
        held = make_award(version)
        address = f"/api/v1/issuers/{version.achievement.issuer.slug}/awards/{held.pk}/revoke/"
        headers = {"Authorization": f"Bearer {key}"}
        answer = Client().post(address, body, content_type="application/json", headers=headers)

    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_a_field_that_evidence_does_not_have_is_refused_not_left_out():
    version = make_version()
    body = AMARA | {"evidence": [{"name": "Audit", "link": "https://example.org/audit"}]}

    answer = award(version, body, key=key_of(version.achievement.issuer))

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["evidence.0.link"])
    assert not Award.objects.exists()


def test_what_is_wrong_with_a_further_field_is_said_under_its_name():
    version = make_version(credits_available="6")
    body = AMARA | {"activity_start": "soon", "credits_earned": "many"}

    answer = award(version, body, key=key_of(version.achievement.issuer))

    assert answer.json()["fields"] == {
        "activity_start": ["Enter a valid date."],
        "credits_earned": ["Enter a number."],
    }


def test_an_order_without_a_key_of_its_own_is_refused():
    version = make_version()
    key = key_of(version.achievement.issuer)

    said = [award(version, AMARA, key=key, once=once) for once in (None, "  ", "x" * 256)]

    assert [one.status_code for one in said] == [400, 400, 400]
    assert "Send an Idempotency-Key" in said[0].json()["detail"]
    assert not Award.objects.exists()


WRONG = {
    "no name": ({"email": "a@example.org"}, "name", "required"),
    "an address that is none": (AMARA | {"email": "amara"}, "email", "it has no @"),
    "an unknown field": (AMARA | {"nmae": "A"}, "nmae", "There is no such field"),
    "an unknown result": (AMARA | {"results": {"Mark": "A"}}, "results", "no result “Mark”"),
    "a day that is none": (AMARA | {"awarded_on": "2026-02-30"}, "awarded_on", "2026-02-30"),
    "evidence at no address": (AMARA | {"evidence": [{"url": "here"}]}, "", "Evidence, line 1"),
    "evidence of a wrong kind": (AMARA | {"evidence": ["here"]}, "evidence.0", "dictionary"),
    "too much evidence": (AMARA | {"evidence": [{"name": "x"}] * 11}, "evidence", "10"),
    "a control character": (AMARA | {"name": "Ama\x07ra"}, "name", "control character"),
    "a list": ([AMARA], "", "dictionary"),
    "an end before the beginning": (
        AMARA | {"activity_start": "2026-02-02", "activity_end": "2026-02-01"},
        "activity_end",
        "ended before it began",
    ),
}


@pytest.mark.parametrize(("body", "field", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_field_and_nothing_is_done(body, field, sentence):
    version = make_version()

    answer = award(version, body, key=key_of(version.achievement.issuer))
    said = answer.json()

    assert answer.status_code == 400
    assert sentence in said["detail"]
    assert sentence in " ".join(said["fields"][field])
    assert (Award.objects.count(), Row.objects.count(), KeptReply.objects.count()) == (0, 0, 0)


def test_an_idempotency_key_that_names_a_person_is_not_kept():
    version = make_version()

    award(version, AMARA, key=key_of(version.achievement.issuer), once="course-1:amara@example.org")
    erasing.erase_everywhere(Whose(addresses=frozenset({"amara@example.org"})), by=None)

    assert traces_of("amara") == []


def test_after_a_mistake_the_same_key_may_be_used():
    version = make_version()
    key = key_of(version.achievement.issuer)
    award(version, {"email": "amara@example.org"}, key=key)

    assert award(version, AMARA, key=key).status_code == 201


def test_broken_json_is_a_sentence():
    version = make_version()

    answer = award(version, "{", key=key_of(version.achievement.issuer))

    assert answer.status_code == 400
    assert "JSON" in answer.json()["detail"]


def test_whoever_holds_it_gets_it_again_only_when_asked():
    version = make_version()
    key = key_of(version.achievement.issuer)
    award(version, AMARA, key=key)

    refused = award(version, AMARA, key=key, once="order-2")
    again = award(version, AMARA | {"again": True}, key=key, once="order-3")

    assert (refused.status_code, again.status_code) == (400, 201)
    assert "again" in refused.json()["fields"]
    assert Award.objects.count() == 2


def test_a_key_does_what_its_maker_may_here_and_no_more():
    issuer, other = make_issuer(), make_issuer()
    maker = make_member(issuer, "owner")
    Member.objects.create(issuer=other, user=maker, role="owner")
    version, of_other = make_version(issuer), make_version(other)
    writes, reads = key_of(issuer, by=maker), key_of(issuer, scope=ApiKey.Scope.READ, by=maker)

    said = [award(one, AMARA, key=key) for one, key in ((of_other, writes), (version, reads))]
    assert [one.status_code for one in said] == [404, 403]

    membership.change_role(Member.objects.get(issuer=issuer, user=maker), role="editor", by=owner_of(issuer))
    assert award(version, AMARA, key=writes).status_code == 403
    membership.remove(Member.objects.get(issuer=issuer, user=maker), by=owner_of(issuer))
    assert award(version, AMARA, key=writes).status_code == 401
    assert not Award.objects.exists()


def test_a_key_opens_neither_pages_nor_what_its_maker_holds_elsewhere():
    issuer, other = make_issuer(), make_issuer()
    maker = owner_of(issuer)
    Member.objects.create(issuer=other, user=maker, role="owner")
    private = make_award(make_version(other))
    Award.objects.filter(pk=private.pk).update(visibility=Award.Visibility.PRIVATE)
    headers = {"Authorization": f"Bearer {key_of(issuer)}"}

    seen = [
        Client().get(address, headers=headers).status_code
        for address in (f"/api/v1/credentials/{private.pk}/", f"/dashboard/{issuer.slug}/", "/me/")
    ]

    assert seen == [404, 302, 302]


@pytest.mark.parametrize("key", ["", "testamur_00000000_" + "A" * 43, "nonsense", "\xff"])
def test_without_a_key_that_counts_the_door_is_shut(key):
    answer = award(make_version(), AMARA, key=key)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_a_member_who_is_signed_in_needs_the_token_of_the_form():
    version = make_version()
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner_of(version.achievement.issuer))
    achievement = version.achievement

    answer = client.post(
        f"/api/v1/issuers/{achievement.issuer.slug}/achievements/{achievement.slug}/awards/",
        json.dumps(AMARA),
        content_type="application/json",
        headers={"Idempotency-Key": "a"},
    )

    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_programs_that_ask_too_often_are_told_to_wait(settings, monkeypatch):
    settings.LIMITS_COUNT = True
    monkeypatch.setattr(limits, "API", limits.Limit(f"api {uuid.uuid4()}", 1, 3600))
    version = make_version()
    key = key_of(version.achievement.issuer)

    said = [award(version, AMARA, key=key) for _ in range(2)]

    assert [one.status_code for one in said] == [201, 429]
    assert int(said[1]["Retry-After"]) > 0


def test_what_was_awarded_can_be_read(django_assert_max_num_queries):
    issuer = make_issuer()
    version = make_version(issuer)
    awards = [make_award(version, email=f"p{number}@example.org") for number in range(3)]
    make_award()
    headers = {"Authorization": f"Bearer {key_of(issuer, scope=ApiKey.Scope.READ)}"}

    def ids(asked=""):
        found = Client().get(f"/api/v1/issuers/{issuer.slug}/awards/{asked}", headers=headers)
        return found.status_code, {one["id"] for one in found.json().get("results", [])}

    with django_assert_max_num_queries(6):
        everything = ids()
    assert everything == (200, {str(one.pk) for one in awards})
    assert ids("?email=P1@EXAMPLE.org") == (200, {str(awards[1].pk)})
    assert ids(f"?achievement={version.achievement.slug}")[1] == everything[1]
    assert ids("?achievement=none") == (200, set())
    assert ids("?email=nobody")[0] == 400


def test_a_program_revokes_once():
    issuer = make_issuer()
    one = make_award(make_version(issuer))
    address = f"/api/v1/issuers/{issuer.slug}/awards/{one.pk}/revoke/"
    headers = {"Authorization": f"Bearer {key_of(issuer)}"}

    def revoke(body):
        return Client().post(address, json.dumps(body), content_type="application/json", headers=headers)

    said = [
        revoke(body) for body in ({}, {"reason": "\x07"}, {"reason": "By mistake."}, {"reason": "Again."})
    ]

    assert [one.status_code for one in said] == [400, 400, 200, 409]
    assert (said[2].json()["standing"], said[3].json()["detail"][:18]) == ("revoked", "It was revoked on ")
    one.refresh_from_db()
    assert one.revocation_reason == "By mistake."


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_twenty_programs_that_send_the_same_order_at_once_award_once():
    version = make_version()
    key = key_of(version.achievement.issuer)

    def send(number: int) -> int:
        try:
            return award(
                version, AMARA | {"email": f"p{number}@example.org"}, key=key, once=f"{number}"
            ).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        said = Counter(pool.map(send, [number for number in range(3) for _ in range(20)]))

    assert set(said) <= {201, 409}
    assert said[201] >= 3
    assert Award.objects.count() == 3
