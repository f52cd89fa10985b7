"""Every question that a verifier asks, and what each answer means."""

import copy
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from credentials.openbadges import proof, status_list, verify
from credentials.openbadges.document import Evidence, Malformed, parse, serialise
from credentials.openbadges.verify import Outcome, Report, Verdict
from tests.credentials.openbadges.samples import (
    DAY,
    LIST_URL,
    NOW,
    SIGNER,
    STRANGER,
    UNIVERSITY,
    Resolver,
    Signer,
    full_degree,
    plain_badge,
    sign,
    signed_list,
)

INDEX = 70_000


def look(document, resolver=None, now=NOW) -> Report:
    return verify.verify(document, resolver or Resolver(), now=now)


def failing(report: Report) -> list[tuple[str, str]]:
    return [
        (item.name, item.outcome)
        for item in report.checks
        if item.outcome is not Outcome.PASSED and item.name != "issuer_known"
    ]


def shows_nothing(report: Report) -> bool:
    return (report.document, report.issuer_name, report.subject_name, report.title, report.valid_from) == (
        None,
        "",
        "",
        "",
        None,
    )


def test_a_good_credential_is_valid_and_says_so_in_plain_words():
    document = sign(full_degree())
    report = look(document)
    assert [(item.name, item.outcome, item.sentence) for item in report.checks] == [
        ("readable", "passed", "It can be read."),
        ("contexts", "passed", "It is written in a vocabulary that is known here."),
        ("model", "passed", "It has the form of an Open Badges 3.0 credential."),
        ("signature", "passed", "Nothing was changed since it was signed."),
        ("issuer_key", "passed", "It was signed with a key of its issuer."),
        ("validity", "passed", "It is valid until 1 June 2099."),
        ("status", "passed", "It has not been revoked."),
        ("issuer_known", "unknown", "Nobody here knows this issuer."),
    ]
    assert report == Report(
        verdict=Verdict.VALID,
        checks=report.checks,
        checked_at=NOW,
        document=document,
        issuer_id=UNIVERSITY,
        issuer_name="Example University",
        subject_name="Ada Lovelace",
        title="Bachelor of Science in Statistics",
        valid_from=DAY,
        valid_until=datetime(2099, 6, 1, tzinfo=UTC),
        reason="",
    )


def test_the_three_answers_stand_beside_each_other():
    report = look(sign(plain_badge()))
    assert (report.unchanged, report.still_valid, report.issuer_known) == (
        verify.Answer(Outcome.PASSED, "Nothing was changed since it was signed."),
        verify.Answer(Outcome.PASSED, "It does not expire."),
        verify.Answer(Outcome.UNKNOWN, "Nobody here knows this issuer."),
    )


def test_a_report_can_be_told_to_machines():
    told = look(sign(plain_badge())).as_dict()
    assert {key: told[key] for key in told if key not in ("checks", "answers")} == {
        "verdict": "valid",
        "reason": "",
        "checked_at": "2026-06-02T12:00:00+00:00",
        "issuer": {"id": UNIVERSITY, "name": "Example University"},
        "subject_name": "Ada Lovelace",
        "title": "Teamwork",
        "valid_from": "2026-06-01T00:00:00+00:00",
        "valid_until": None,
        "inner": [],
        "remarks": [],
    }
    assert told["answers"]["unchanged"] == {
        "outcome": "passed",
        "sentence": "Nothing was changed since it was signed.",
    }
    assert told["checks"][0] == {
        "name": "readable",
        "outcome": "passed",
        "sentence": "It can be read.",
        "detail": "",
    }


def test_what_is_no_document_is_unreadable():
    report = verify.unreadable("It is not JSON: something is wrong in line 1.", now=NOW)
    assert (report.verdict, failing(report), report.reason) == (
        Verdict.INVALID,
        [("readable", "failed")],
        "It is not JSON: something is wrong in line 1.",
    )
    assert report.unchanged.outcome is Outcome.FAILED
    assert report.still_valid.outcome is Outcome.UNKNOWN
    assert shows_nothing(report)


# Unchanged?


def test_any_one_byte_changed_is_never_accepted():
    data = serialise(sign(plain_badge(recipient_name="Añ ")))
    accepted = []
    for place in range(0, len(data), 11):
        change = 0x01 if place % 2 else 0x20
        changed = data[:place] + bytes([data[place] ^ change]) + data[place + 1 :]
        try:
            report = look(parse(changed))
        except Malformed:
            continue
        if report.verdict is Verdict.VALID or not shows_nothing(report):
            accepted.append(changed)
    assert accepted == []


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), "grade", "A"),
        (("credentialSubject",), "grade", "A"),
        (("credentialSubject", "achievement"), "rank", 1),
        (("credentialSubject", "identifier", 1), "note", "the real one"),
        (("credentialSubject",), "narrative", "The best of all."),
        (("issuer",), "url", "https://evil.example"),
        ((), "evidence", []),
        ((), "validUntil", None),
    ],
)
def test_what_was_added_after_signing_is_never_accepted(path, key, value):
    document = sign(plain_badge())
    node = document
    for step in path:
        node = node[step]
    node[key] = value
    report = look(document)
    if value == []:
        assert report.verdict is Verdict.VALID  # an empty list says nothing: nobody can be deceived by it
    else:
        assert (report.verdict, failing(report)[0][1], shows_nothing(report)) == ("invalid", "failed", True)


def moved_to_evidence(document: dict, *names: str) -> dict:
    """The same statements, but these are made where a reader of the JSON does not look."""
    again = {"id": document["id"], "type": document["type"]} | {name: document.pop(name) for name in names}
    document["evidence"] = [again]
    return document


def test_an_expiry_that_is_said_elsewhere_cannot_be_hidden():
    badge = plain_badge(valid_until=DAY + timedelta(hours=1))
    badge["evidence"] = [{"id": badge["id"], "type": badge["type"]}]
    hidden = moved_to_evidence(sign(badge), "validUntil")
    assert proof.check(hidden, SIGNER.public_key, proof=hidden["proof"][0])
    report = look(hidden)
    assert (report.verdict, failing(report)) == (Verdict.INVALID, [("model", "failed")])


def test_a_status_that_is_said_elsewhere_cannot_be_hidden():
    badge = plain_badge()
    entry = badge["credentialStatus"]
    badge["evidence"] = [{"id": entry["id"], "type": entry["type"]}]
    signed = sign(badge)
    signed["evidence"] = [dict(entry)]
    signed["credentialStatus"] = {"id": entry["id"], "type": entry["type"]}
    assert proof.check(signed, SIGNER.public_key, proof=signed["proof"][0])
    assert look(signed).verdict is Verdict.INVALID


def test_another_key_of_somebody_else_is_not_accepted():
    impostor = Signer(f"{STRANGER}#key-1", seed="impostor")
    resolver = Resolver(keys={STRANGER: {f"{STRANGER}#key-1": impostor.public_key}})
    report = look(sign(plain_badge(), impostor), resolver)
    assert (report.verdict, failing(report)) == (Verdict.INVALID, [("issuer_key", "failed")])
    assert report.reason == "It was signed with somebody else's key, not with its issuer's."


def test_a_key_that_the_issuer_does_not_vouch_for_is_not_accepted():
    report = look(sign(plain_badge(), Signer(f"{UNIVERSITY}#key-9")))
    assert (report.verdict, report.reason) == (Verdict.INVALID, "The issuer does not vouch for this key.")


def test_a_signature_of_another_key_under_the_issuers_name_is_not_accepted():
    report = look(sign(plain_badge(), Signer(seed="impostor")))
    assert (report.verdict, failing(report)) == (Verdict.INVALID, [("signature", "failed")])


def test_a_key_with_which_anybody_could_sign_is_not_accepted():
    resolver = Resolver(keys={UNIVERSITY: {SIGNER.verification_method: (1).to_bytes(32, "little")}})
    assert failing(look(sign(plain_badge()), resolver)) == [("issuer_key", "failed")]


def test_a_key_that_cannot_be_fetched_leaves_it_unknown():
    report = look(sign(plain_badge()), Resolver(keys={}))
    assert (report.verdict, failing(report)) == (Verdict.UNKNOWN, [("signature", "unknown")])
    assert shows_nothing(report)


@pytest.mark.parametrize("suite", ["bbs-2023", "ecdsa-sd-2023"])
def test_a_suite_that_we_do_not_know_leaves_it_unknown(suite):
    document = sign(plain_badge())
    document["proof"][0]["cryptosuite"] = suite
    report = look(document)
    assert (report.verdict, report.reason) == (
        Verdict.UNKNOWN,
        "It is signed in a way that we cannot check yet.",
    )
    assert report.checks[-1].detail == suite


def test_an_unknown_context_leaves_it_unknown_and_is_not_fetched():
    document = sign(plain_badge())
    document["@context"].append("https://evil.example/context.json")
    report = look(document)
    assert (report.verdict, failing(report)) == (Verdict.UNKNOWN, [("contexts", "unknown")])
    assert report.checks[-1].detail == "https://evil.example/context.json"


def test_every_proof_must_hold():
    document = sign(plain_badge())
    document["proof"].append(document["proof"][0] | {"created": "2026-06-01T00:00:01Z"})
    assert look(document).verdict is Verdict.INVALID


def test_a_proof_may_stand_alone():
    document = sign(plain_badge())
    document["proof"] = document["proof"][0]
    assert look(document).verdict is Verdict.VALID


def test_single_values_may_stand_where_arrays_are_usual():
    badge = plain_badge(evidence=(Evidence(narrative="A talk."),))
    badge["evidence"] = badge["evidence"][0]
    badge["issuer"]["type"] = "Profile"
    badge["credentialSubject"]["identifier"] = badge["credentialSubject"]["identifier"][1]
    badge["credentialSubject"] = [badge["credentialSubject"]]
    report = look(sign(badge))
    assert (report.verdict, report.subject_name, report.title) == ("valid", "Ada Lovelace", "Teamwork")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"proof": []}, "It carries no signature."),
        ({"issuer": {"type": ["Profile"]}}, "It does not name its issuer."),
        ({"type": ["OpenBadgeCredential"]}, "It is not a verifiable credential."),
        ({"validFrom": "yesterday"}, "One of its dates cannot be read."),
        ({"validUntil": ["2099-01-01T00:00:00Z"]}, "One of its dates cannot be read."),
        ({"credentialSubject": {}}, "It does not say what was achieved."),
        ({"credentialSubject": {"achievement": {"id": "urn:x"}}}, "The achievement has no name."),
        ({"@context": []}, "It does not say which vocabulary it is written in."),
    ],
)
def test_what_is_no_open_badge_is_refused_before_its_signature_is_asked_for(change, sentence):
    report = look(sign(plain_badge()) | change)
    assert (report.verdict, report.reason) == (Verdict.INVALID, sentence)


def without(part: dict, name: str) -> None:
    del part[name]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda one: without(one["credentialSubject"]["achievement"], "description"),
            "The achievement has no description.",
        ),
        (
            lambda one: without(one["credentialSubject"]["achievement"]["alignment"][1], "targetUrl"),
            "One of its parts is not complete: “alignment” without “targetUrl”.",
        ),
        (
            lambda one: without(one["credentialSubject"]["identifier"][0], "identityType"),
            "One of its parts is not complete: “identifier” without “identityType”.",
        ),
        (
            lambda one: without(one["credentialSubject"]["achievement"]["resultDescription"][2], "name"),
            "One of its parts is not complete: “resultDescription” without “name”.",
        ),
        (lambda one: without(one["image"], "id"), "One of its parts is not complete: “image” without “id”."),
        (
            lambda one: one["credentialSubject"]["achievement"]["alignment"][0].update(targetType="Skill"),
            "It names a kind of skill that Open Badges 3.0 does not have.",
        ),
        (
            lambda one: one["credentialSubject"]["identifier"][0].update(identityType="e-mail"),
            "It names its earner by a kind of identifier that Open Badges 3.0 does not have.",
        ),
        (
            lambda one: (
                one["credentialSubject"]["result"][3].update(status="", value="yes")
                or without(one["credentialSubject"]["result"][3], "status")
            ),
            "One of its results does not say its status.",
        ),
        (
            lambda one: one["credentialSubject"]["result"][0].update(
                achievedLevel="urn:uuid:0c1cf8b3-ccde-4c3c-9a0a-6f0ac6f4ab7c"
            ),
            "One of its results names a level that its achievement does not describe.",
        ),
        (lambda one: one.update(awardedDate="2026-06-01"), "One of its dates cannot be read."),
        (
            lambda one: one.update(validFrom="2026-06-01T00:00:00"),
            "One of its dates has no time zone, so nobody knows when it is meant.",
        ),
    ],
)
def test_what_is_signed_but_not_made_as_the_standard_asks_is_refused(change, sentence):
    document = full_degree()
    change(document)
    report = look(sign(document))
    assert (report.verdict, report.reason, shows_nothing(report)) == (Verdict.INVALID, sentence, True)


def test_another_kind_of_credential_is_unknown():
    report = look(sign(plain_badge()) | {"type": ["VerifiableCredential"]})
    assert (report.verdict, failing(report)) == (Verdict.UNKNOWN, [("model", "unknown")])


# Still valid?


@pytest.mark.parametrize(
    ("now", "verdict", "sentence"),
    [
        (datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC), "not_yet_valid", "It becomes valid on 1 June 2026."),
        (DAY, "valid", "It is valid until 29 February 2028."),
        (datetime(2028, 2, 29, tzinfo=UTC), "valid", "It is valid until 29 February 2028."),
        (datetime(2028, 2, 29, 0, 0, 1, tzinfo=UTC), "expired", "It expired on 29 February 2028."),
    ],
)
def test_it_is_valid_from_its_first_moment_to_its_last(now, verdict, sentence):
    badge = sign(plain_badge(valid_until=datetime(2028, 2, 29, tzinfo=UTC)))
    lists = {LIST_URL: signed_list(valid_from=datetime(2020, 1, 1, tzinfo=UTC), valid_until=None)}
    report = look(badge, Resolver(lists), now)
    assert (report.verdict, report.still_valid.sentence) == (verdict, sentence)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-29T02:30:00+02:00", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("2023-02-29T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-01-01T00:00:00.1234567891Z", datetime(2026, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-01-01T00:00:00", None),
        ("2026-01-01T00:00:00+15:00", None),
        ("2026-01-01", None),
        ("٢٠٢٦-01-01T00:00:00Z", None),
        ("2026-01-01T00:00:00Z\n", None),
    ],
)
def test_dates_of_others_are_read_strictly(text, moment):
    badge = plain_badge() | {"validFrom": text}
    lists = {LIST_URL: signed_list(valid_from=datetime(2020, 1, 1, tzinfo=UTC), valid_until=None)}
    report = look(sign(badge), Resolver(lists), now=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert (report.valid_from, report.verdict) == (moment, "valid" if moment else "invalid")


def test_dates_of_the_older_data_model_count():
    badge = plain_badge()
    badge["@context"] = [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        "https://w3id.org/security/data-integrity/v2",
    ]
    del badge["validFrom"], badge["credentialSchema"], badge["credentialStatus"], badge["awardedDate"]
    older = badge | {"issuanceDate": "2026-06-01T00:00:00Z", "expirationDate": "2026-06-02T00:00:00Z"}
    report = look(sign(older))
    assert (report.verdict, report.valid_from, report.reason) == (
        "expired",
        DAY,
        "It expired on 2 June 2026.",
    )


def test_a_proof_that_ends_ends_the_credential():
    badge = sign(plain_badge())
    options = badge["proof"][0] | {"expires": "2026-06-02T00:00:00Z", "@context": badge["@context"]}
    del options["proofValue"]
    texts = (proof.canonicalise(options), proof.canonicalise(plain_badge()))
    signature = SIGNER.sign(b"".join(hashlib.sha256(text.encode()).digest() for text in texts))
    del options["@context"]
    badge["proof"] = [options | {"proofValue": proof.base58(signature)}]
    assert look(badge).verdict is Verdict.EXPIRED


def test_a_revoked_credential_is_revoked():
    report = look(sign(plain_badge()), Resolver({LIST_URL: signed_list(INDEX)}))
    assert (report.verdict, report.reason, report.title) == (
        Verdict.REVOKED,
        "Its issuer has revoked it.",
        "Teamwork",
    )


def test_the_neighbours_on_the_list_do_not_matter():
    report = look(sign(plain_badge()), Resolver({LIST_URL: signed_list(INDEX - 1, INDEX + 1)}))
    assert report.verdict is Verdict.VALID


def test_what_is_revoked_and_expired_is_revoked():
    badge = sign(plain_badge(valid_until=DAY + timedelta(hours=1)))
    assert look(badge, Resolver({LIST_URL: signed_list(INDEX)})).verdict is Verdict.REVOKED


def test_a_suspended_credential_is_suspended():
    badge = plain_badge()
    badge["credentialStatus"]["statusPurpose"] = "suspension"
    report = look(sign(badge), Resolver({LIST_URL: signed_list(INDEX, purpose="suspension")}))
    assert (report.verdict, report.reason) == (Verdict.SUSPENDED, "Its issuer has suspended it.")


def test_without_a_list_nothing_can_be_revoked():
    badge = plain_badge()
    del badge["credentialStatus"]
    assert look(sign(badge), Resolver({})).verdict is Verdict.VALID


def forged_list() -> dict:
    forged = signed_list()
    forged["credentialSubject"]["encodedList"] = status_list.encode(status_list.from_indexes([1]))
    return forged


STRANGERS_KEY = Signer(f"{STRANGER}#key-1", seed="stranger")


@pytest.mark.parametrize(
    ("lists", "why"),
    [
        ({}, "the issuer's list could not be fetched."),
        ({LIST_URL: forged_list()}, "the issuer's list is not signed by it, or was changed."),
        ({LIST_URL: signed_list() | {"proof": []}}, "the issuer's list is not signed."),
        (
            {LIST_URL: signed_list(issuer_id=STRANGER, signer=STRANGERS_KEY)},
            "the list is not its issuer's.",
        ),
        (
            {LIST_URL: signed_list(signer=STRANGERS_KEY)},
            "the issuer's list is not signed by it, or was changed.",
        ),
        ({LIST_URL: signed_list(url="https://badges.example/status/2")}, "the list is not its issuer's."),
        ({LIST_URL: signed_list(purpose="suspension")}, "the list serves another purpose."),
        (
            {LIST_URL: signed_list(valid_until=NOW - timedelta(seconds=1))},
            "the issuer's list is out of date.",
        ),
        (
            {LIST_URL: signed_list(valid_from=NOW + timedelta(seconds=1), valid_until=None)},
            "the issuer's list is not valid now.",
        ),
        (
            {LIST_URL: signed_list(encoded_list=status_list.encode(bytes(99)))},
            "the list is shorter than the standard asks for.",
        ),
        ({LIST_URL: signed_list(encoded_list="uAAAA")}, "the issuer's list cannot be read."),
        (
            {LIST_URL: signed_list(encoded_list=status_list.encode(bytes(3 * 1024 * 1024)))},
            "the issuer's list cannot be read.",
        ),
        ({LIST_URL: sign(plain_badge())}, "what stands at the list's address is no status list."),
        ({LIST_URL: "not even an object"}, "what stands at the list's address is no status list."),
    ],
)
def test_a_list_that_cannot_be_believed_leaves_it_unknown(lists, why):
    report = look(sign(plain_badge()), Resolver(lists))
    assert (report.verdict, failing(report), report.reason) == (
        Verdict.UNKNOWN,
        [("status", "unknown")],
        f"Whether it was revoked could not be found out: {why}",
    )
    assert report.unchanged.outcome is Outcome.PASSED
    assert report.title == "Teamwork"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"statusListIndex": "131072"}, "the issuer's list cannot be read."),
        ({"statusListIndex": "-1"}, "it does not say rightly where in the list it stands."),
        ({"statusListIndex": "1e3"}, "it does not say rightly where in the list it stands."),
        ({"statusPurpose": "message"}, "its issuer's list serves a purpose that we do not know."),
        ({"statusSize": 2}, "its issuer's list serves a purpose that we do not know."),
    ],
)
def test_an_entry_that_cannot_be_read_leaves_it_unknown(changes, why):
    badge = plain_badge()
    badge["credentialStatus"] |= changes
    report = look(sign(badge))
    assert (report.verdict, report.reason) == (
        Verdict.UNKNOWN,
        f"Whether it was revoked could not be found out: {why}",
    )


def test_a_kind_of_list_that_we_do_not_read_leaves_it_unknown():
    badge = plain_badge()
    badge["credentialStatus"] = {"id": "https://a.example/revoked", "type": "1EdTechRevocationList"}
    assert look(sign(badge)).verdict is Verdict.UNKNOWN


def test_the_issuer_may_say_more_than_its_list():
    report = look(sign(plain_badge()), Resolver({LIST_URL: signed_list(INDEX)}))
    told = report.with_standing(Verdict.REVOKED, "It was revoked on 2 June 2026: awarded by mistake.")
    assert (told.verdict, told.reason, told.still_valid.sentence) == (
        Verdict.REVOKED,
        "It was revoked on 2 June 2026: awarded by mistake.",
        "It was revoked on 2 June 2026: awarded by mistake.",
    )
    assert [item.name for item in told.checks] == [item.name for item in report.checks]


def test_what_is_not_proven_gets_no_standing():
    report = look(sign(plain_badge()) | {"name": "Other"})
    assert report.with_standing(Verdict.SUSPENDED, "It is suspended.") == report


# Endorsed?


def endorsed(signer, comment="Meets our criteria."):
    endorsement = {
        "@context": plain_badge()["@context"][:2],
        "id": "urn:uuid:1a5fe01e-04ab-41f9-9cc5-67ff8fc48045",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Accreditation",
        "issuer": {"id": STRANGER, "type": ["Profile"], "name": "Accreditor"},
        "validFrom": "2026-06-01T00:00:00Z",
        "credentialSubject": {
            "id": plain_badge()["id"],
            "type": ["EndorsementSubject"],
            "endorsementComment": "Meets our criteria.",
        },
    }
    made = sign(endorsement, signer)
    made["credentialSubject"]["endorsementComment"] = comment
    return sign(plain_badge() | {"endorsement": [made]})


def test_an_endorsement_is_checked_by_itself():
    keys = {
        UNIVERSITY: {SIGNER.verification_method: SIGNER.public_key},
        STRANGER: {STRANGERS_KEY.verification_method: STRANGERS_KEY.public_key},
    }
    for comment, verdict, outcome in (
        ("Meets our criteria.", "valid", "passed"),
        ("The best.", "invalid", "failed"),
    ):
        report = look(endorsed(STRANGERS_KEY, comment), Resolver(keys=keys))
        assert (report.verdict, report.checks[-1].name, report.checks[-1].outcome) == (
            verdict,
            "endorsement",
            outcome,
        )


# Whatever comes


JUNK = [None, True, 1.5, "", "@x", [], {}, [[]], [None], {"@id": "x"}, {"id": 5}, {"@value": 1}, "\ud800"]


def places(node, path=()):
    if path:
        yield path
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def test_nothing_in_a_document_makes_the_verifier_fail():
    good = sign(plain_badge())
    verdicts = set()
    for number, (*way, key) in enumerate(places(good)):
        document = copy.deepcopy(good)
        node = document
        for step in way:
            node = node[step]
        node[key] = JUNK[number % len(JUNK)]
        verdicts.add(look(document).verdict)
    assert verdicts <= {Verdict.INVALID, Verdict.UNKNOWN}
