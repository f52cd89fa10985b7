"""What others' credentials may have besides: newer copies, endorsements, records, and too many questions."""

import copy
import json
from datetime import timedelta

import pytest

from credentials.openbadges import contexts, jwt, verify
from credentials.openbadges.resolving import Once
from credentials.openbadges.verify import Outcome
from tests.credentials.openbadges.samples import (
    DAY,
    LIST_URL,
    NOW,
    SIGNER,
    STRANGER,
    UNIVERSITY,
    Resolver,
    Signer,
    plain_badge,
    sign,
    signed_list,
)
from tests.credentials.openbadges.test_verify import JUNK, places

HOLDER = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
ACCREDITOR = Signer(f"{STRANGER}#key-1", seed="accreditor")
KEYS = {
    UNIVERSITY: {SIGNER.verification_method: SIGNER.public_key},
    STRANGER: {ACCREDITOR.verification_method: ACCREDITOR.public_key},
}
NEWER = "https://badges.example/refresh/1"
ITS_LIST = "https://elsewhere.example/status/1"
LISTS = {
    LIST_URL: signed_list(),
    ITS_LIST: signed_list(7, url=ITS_LIST, issuer_id=STRANGER, signer=ACCREDITOR),
}


def look(document, **more) -> verify.Report:
    return verify.verify(document, Resolver(**({"keys": KEYS} | more)), now=NOW)


def check(report, name) -> verify.Check:
    return next(item for item in report.checks if item.name == name)


# Newer copies


def refreshable(**changes) -> dict:
    service = {"id": NEWER, "type": "1EdTechCredentialRefresh"}
    return plain_badge(**changes) | {"refreshService": service}


def test_a_newer_copy_is_judged_instead():
    newer = sign(refreshable(name="Teamwork, corrected", valid_from=DAY + timedelta(hours=1)))
    report = look(sign(refreshable()), newer={NEWER: newer})
    assert (report.verdict, report.title, report.document) == ("valid", "Teamwork, corrected", newer)
    assert check(report, "refresh").outcome is Outcome.PASSED


def test_a_newer_copy_is_asked_for_once_though_it_names_another_itself():
    newer = sign(refreshable(name="Teamwork, corrected"))
    resolver = Resolver(newer={NEWER: newer})
    verify.verify(sign(refreshable()), resolver, now=NOW)
    assert resolver.asked == [NEWER, LIST_URL]


@pytest.mark.parametrize(
    "newer",
    [
        {},
        {NEWER: sign(refreshable(name="Other")) | {"name": "Teamwork, corrected"}},
        {NEWER: sign(refreshable(number=1))},
        {NEWER: sign(refreshable(valid_from=DAY - timedelta(days=1)))},
        {NEWER: refreshable(name="Unsigned")},
        {NEWER: "eyJ.no.token"},
    ],
    ids=["away", "changed", "another", "older", "unsigned", "rubbish"],
)
def test_without_a_good_newer_copy_the_one_that_was_brought_counts(newer):
    brought = sign(refreshable())
    report = look(brought, newer=newer)
    assert (report.verdict, report.document) == ("valid", brought)
    assert check(report, "refresh").outcome is Outcome.UNKNOWN


def test_what_is_not_proven_asks_for_nothing():
    resolver = Resolver(newer={NEWER: sign(refreshable())})
    verify.verify(sign(refreshable()) | {"name": "Changed"}, resolver, now=NOW)
    assert resolver.asked == []


# Endorsements


def endorsement(about: str, **changes) -> dict:
    return {
        "@context": [contexts.V2, contexts.OB3],
        "id": "urn:uuid:1a5fe01e-04ab-41f9-9cc5-67ff8fc48045",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Accreditation",
        "issuer": {"id": STRANGER, "type": ["Profile"], "name": "Accreditor"},
        "validFrom": "2026-06-01T00:00:00Z",
        "credentialSubject": {"id": about, "type": ["EndorsementSubject"], "endorsementComment": "Good."},
    } | changes


def endorsed(place: str, made: object) -> dict:
    badge = plain_badge()
    nodes = {
        "credential": badge,
        "achievement": badge["credentialSubject"]["achievement"],
        "issuer": badge["issuer"],
    }
    nodes[place]["endorsement"] = [made]
    return sign(badge)


@pytest.mark.parametrize("place", ["credential", "achievement", "issuer"])
def test_an_endorsement_is_found_in_each_place(place):
    made = sign(endorsement(UNIVERSITY), ACCREDITOR)
    said = check(look(endorsed(place, made)), "endorsement")
    assert (said.outcome, said.sentence, said.detail) == ("passed", "It is endorsed by Accreditor.", STRANGER)


def listed_elsewhere(index: int) -> dict:
    return {
        "id": f"{ITS_LIST}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": ITS_LIST,
    }


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (endorsement(UNIVERSITY), "An endorsement in it is not rightly made."),
        (sign(plain_badge(1)), "An endorsement in it is not rightly made."),
        (
            sign(endorsement(UNIVERSITY), ACCREDITOR) | {"name": "Best of all"},
            "An endorsement in it was changed after it was signed, or is not by whom it names.",
        ),
        (
            sign(endorsement(UNIVERSITY), Signer(ACCREDITOR.verification_method, seed="somebody")),
            "An endorsement in it was changed after it was signed, or is not by whom it names.",
        ),
    ],
    ids=["unsigned", "no endorsement", "changed", "another key"],
)
def test_a_false_endorsement_spoils_what_carries_it(made, sentence):
    report = look(endorsed("credential", made))
    assert (report.verdict, report.reason, report.unchanged.outcome) == ("invalid", sentence, "passed")
    assert check(report, "endorsement").outcome is Outcome.FAILED


def test_an_endorsement_about_something_else_is_said_and_leaves_the_badge_valid():
    report = look(endorsed("credential", sign(endorsement("https://elsewhere.example/"), ACCREDITOR)))
    said = check(report, "endorsement")
    assert (report.verdict, said.outcome) == ("valid", "failed")
    assert said.sentence == "An endorsement by Accreditor in it is about something else."


@pytest.mark.parametrize("signer", [SIGNER, Signer(f"{STRANGER}#key-9", seed="accreditor")])
def test_an_endorsement_that_is_not_proven_leaves_what_carries_it_unknown(signer):
    report = look(endorsed("credential", sign(endorsement(UNIVERSITY), signer)))
    assert (report.verdict, report.reason) == (
        "unknown",
        "An endorsement in it is not proven to come from whom it names.",
    )
    assert check(report, "endorsement").outcome is Outcome.FAILED


def test_an_endorser_who_cannot_be_asked_leaves_it_unknown():
    made = sign(endorsement(UNIVERSITY), ACCREDITOR)
    report = look(endorsed("credential", made), keys={UNIVERSITY: KEYS[UNIVERSITY]})
    assert (report.verdict, check(report, "endorsement").outcome) == ("unknown", "unknown")
    assert report.reason == "Whether an endorsement in it is by whom it names could not be found out."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"validUntil": "2026-06-01T01:00:00Z"},
            "An endorsement by Accreditor in it does not hold today: It expired on 1 June 2026.",
        ),
        (
            {"validFrom": "2026-06-03T00:00:00Z"},
            "An endorsement by Accreditor in it does not hold today: It becomes valid on 3 June 2026.",
        ),
        (
            {"credentialStatus": listed_elsewhere(7)},
            "An endorsement by Accreditor in it does not hold today: Its issuer has revoked it.",
        ),
    ],
    ids=["ended", "not begun", "taken back"],
)
def test_an_endorsement_that_ended_is_said_and_leaves_the_badge_valid(changes, sentence):
    report = look(endorsed("credential", sign(endorsement(UNIVERSITY, **changes), ACCREDITOR)), lists=LISTS)
    said = check(report, "endorsement")
    assert (report.verdict, said.outcome, said.sentence) == ("valid", "failed", sentence)


def test_an_endorsement_whose_list_stands_open_holds():
    made = sign(endorsement(UNIVERSITY, credentialStatus=listed_elsewhere(8)), ACCREDITOR)
    assert check(look(endorsed("credential", made), lists=LISTS), "endorsement").outcome is Outcome.PASSED


def test_an_endorsement_whose_list_cannot_be_had_leaves_it_unknown():
    made = sign(endorsement(UNIVERSITY, credentialStatus=listed_elsewhere(8)), ACCREDITOR)
    report = look(endorsed("credential", made))
    assert (report.verdict, report.reason) == (
        "unknown",
        "Whether the endorsement by Accreditor in it still holds could not be found out.",
    )


def test_a_revoked_badge_with_an_endorsement_that_cannot_be_checked_is_revoked():
    made = sign(endorsement(UNIVERSITY), ACCREDITOR)
    report = look(
        endorsed("credential", made),
        keys={UNIVERSITY: KEYS[UNIVERSITY]},
        lists={LIST_URL: signed_list(70_000)},
    )
    assert report.verdict == "revoked"


def test_an_endorsement_in_the_compact_form_is_read_where_the_badge_is_one_too():
    badge = plain_badge()
    badge["credentialSubject"]["id"] = HOLDER
    badge["endorsementJwt"] = [jwt.compose(endorsement(UNIVERSITY), ACCREDITOR)]
    assert check(look(jwt.compose(badge, SIGNER)), "endorsement").outcome is Outcome.PASSED


# Records


def record(*held, **changes) -> dict:
    return {
        "@context": [contexts.V2, contexts.CLR, contexts.OB3],
        "id": "https://badges.example/records/1",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Transcript",
        "issuer": {"id": UNIVERSITY, "type": ["Profile"], "name": "Example University"},
        "validFrom": "2026-06-01T00:00:00Z",
        "credentialSubject": {"id": HOLDER, "type": ["ClrSubject"], "verifiableCredential": list(held)},
    } | changes


def test_each_credential_of_a_record_has_a_report_of_its_own():
    good, old = sign(plain_badge(1)), sign(plain_badge(2, valid_until=DAY + timedelta(hours=1)))
    report = look(sign(record(good, old)))
    assert (report.verdict, report.title) == ("valid", "Transcript")
    assert [(inner.verdict, inner.document) for inner in report.inner] == [("valid", good), ("expired", old)]
    assert check(report, "inner").sentence == "Of the 2 credentials in it, 1 expired."
    assert [inner["verdict"] for inner in report.as_dict()["inner"]] == ["valid", "expired"]


def test_a_record_of_good_credentials_says_so():
    report = look(sign(record(sign(plain_badge(1)), sign(plain_badge(2)))))
    assert check(report, "inner").sentence == "All 2 credentials in it are valid."


def test_a_false_credential_spoils_its_record():
    false = sign(plain_badge(1)) | {"name": "Changed before the record was signed"}
    report = look(sign(record(sign(plain_badge(2)), false)))
    assert (report.verdict, report.reason) == ("invalid", "Of the 2 credentials in it, 1 not valid.")


def test_a_credential_that_could_not_be_checked_leaves_its_record_unknown():
    made = plain_badge(1) | {"issuer": {"id": STRANGER, "type": ["Profile"], "name": "Other"}}
    report = look(sign(record(sign(made, ACCREDITOR))), keys={UNIVERSITY: KEYS[UNIVERSITY]})
    assert (report.verdict, report.reason) == ("unknown", "The credential in it is not checked wholly.")


# Whatever comes


def test_nothing_in_a_record_makes_the_verifier_fail():
    good = record(sign(endorsed_badge()))
    verdicts = set()
    for number, (*way, key) in enumerate(places(good)):
        document = copy.deepcopy(good)
        node = document
        for step in way:
            node = node[step]
        node[key] = JUNK[number % len(JUNK)]
        signed = document | {"proof": sign(record(sign(plain_badge())))["proof"]}
        verdicts.add(look(signed).verdict)
    assert verdicts <= {"invalid", "unknown"}


def endorsed_badge() -> dict:
    return plain_badge() | {"endorsement": [sign(endorsement(UNIVERSITY), ACCREDITOR)]}


def test_nothing_in_a_token_makes_the_verifier_fail():
    badge = endorsed_badge()
    badge["credentialSubject"]["id"] = HOLDER
    good = jwt.take_apart(jwt.compose(badge, SIGNER)).claims
    for number, (*way, key) in enumerate(places(good)):
        claims = copy.deepcopy(good)
        node = claims
        for step in way:
            node = node[step]
        node[key] = JUNK[number % (len(JUNK) - 1)]
        assert json.dumps(look(compact(claims)).as_dict())


def compact(claims: dict) -> str:
    text = f"{jwt._encoded(json.dumps(HEADER).encode())}.{jwt._encoded(json.dumps(claims).encode())}"
    return f"{text}.{jwt._encoded(SIGNER.sign(text.encode()))}"


HEADER = {"alg": "EdDSA", "kid": SIGNER.verification_method}


# Who asks too much


def test_nobody_is_asked_the_same_twice():
    resolver = Resolver()
    once = Once(resolver)
    assert once.status_list(LIST_URL) is once.status_list(LIST_URL)
    assert resolver.asked == [LIST_URL]


def test_a_credential_cannot_make_us_knock_on_very_many_doors():
    resolver = Resolver(lists={})
    once = Once(resolver, most=3)
    for number in range(9):
        with pytest.raises(verify.Unreachable):
            once.status_list(f"https://a.example/{number}")
    assert len(resolver.asked) == 3


def test_the_list_of_a_record_is_fetched_once_for_all_in_it():
    resolver = Resolver({LIST_URL: signed_list()}, keys=KEYS)
    verify.verify(sign(record(*(sign(plain_badge(n)) for n in range(4)))), resolver, now=NOW)
    assert resolver.asked == [LIST_URL]


def test_a_list_that_was_taken_back_leaves_it_unknown():
    class TakenBack(Resolver):
        def status_list(self, url):
            raise verify.Gone({})

    report = verify.verify(sign(plain_badge()), TakenBack(), now=NOW)
    assert (report.verdict, check(report, "status").outcome) == ("unknown", "unknown")
