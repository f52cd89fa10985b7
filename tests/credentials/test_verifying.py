"""Ours from our shelves, others' through the one door: the same questions, and unknown is never passed."""

import datetime as dt
import http.server
import json
import socket
import ssl
import threading

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from credentials import standing, verifying
from credentials.fetching import Door
from credentials.models import Award, StatusList
from credentials.openbadges import document as standard
from credentials.openbadges import proof, status_list
from credentials.openbadges.verify import Outcome, Verdict
from issuers import did, multikey
from tests.credentials.test_fetching import make_certificate
from tests.credentials.test_verification_views import record_of
from tests.factories import make_award, owner_of

pytestmark = pytest.mark.django_db

HOST = "stranger.example"
WEB, OUR_WEB = f"did:web:{HOST}", "did:web:badges.example"


class Stranger:
    """Somebody else's key, under a name that they may or may not control."""

    def __init__(self, name: str = WEB):
        self.did, self.key = name, Ed25519PrivateKey.generate()
        self.public_key = self.key.public_key().public_bytes_raw()
        self.verification_method = f"{name}#key-1"
        self.sign = self.key.sign

    def key_document(self) -> dict:
        published = did.PublishedKey("key-1", multikey.encode(self.public_key), True)
        return did.document(self.did, [published])

    def credential(self, **changes) -> dict:
        """One of ours, said anew by the stranger."""
        found = json.loads(document_of(make_award(name="Amara Nwosu")))
        found |= {"id": f"https://{HOST}/1"} | changes
        found["issuer"]["id"] = self.did
        found["credentialStatus"] |= {
            "id": f"https://{HOST}/status/1#7",
            "statusListIndex": "7",
            "statusListCredential": f"https://{HOST}/status/1",
        }
        del found["proof"]
        return proof.sign(found, self, created=timezone.now())

    def status_list(self, *revoked: int) -> dict:
        unsigned = standard.compose_status_list(
            url=f"https://{HOST}/status/1",
            issuer_id=self.did,
            encoded_list=status_list.encode(status_list.from_indexes(revoked)),
            valid_from=timezone.now().replace(microsecond=0),
        )
        return proof.sign(unsigned, self, created=timezone.now())


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        page = self.server.pages.get(self.path)
        body = json.dumps(page).encode()
        self.send_response(302 if isinstance(page, str) else 200 if page else 404)
        if isinstance(page, str):
            self.send_header("Location", page)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """(an authority nobody else trusts, certificate and key for HOST)"""
    folder, pem = tmp_path_factory.mktemp("certificates"), serialization.Encoding.PEM
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = make_certificate("An authority", authority_key, authority=True)
    certificate = make_certificate(HOST, key, issuer=authority, issuer_key=authority_key)
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    (folder / "site.pem").write_bytes(certificate.public_bytes(pem) + private)
    return folder / "authority.pem", folder / "site.pem"


@pytest.fixture
def web(certificates):
    """The stranger's site on this machine: `web.pages` is what it answers, `web.door` leads there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates[1])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.pages, server.asked = {}, []
        server.door = Door(
            resolve=lambda host, port: ["127.0.0.1"],
            connect=lambda address, port, seconds: connected(address, server.server_port, seconds),
            allow_private=True,
            tls_context=ssl.create_default_context(cafile=certificates[0]),
            all_seconds=5.0,
        )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def connected(address: str, port: int, seconds: float):
    return socket.create_connection((address, port), timeout=seconds)


def document_of(award: Award) -> bytes:
    return bytes(Award.objects.get(pk=award.pk).document)


def read(award: Award) -> Award:
    return Award.objects.for_page().get(pk=award.pk)


def outcomes(report) -> dict[str, str]:
    return {check.name: str(check.outcome) for check in report.checks}


def answers(report) -> list[Outcome]:
    return [report.unchanged.outcome, report.still_valid.outcome, report.issuer_known.outcome]


PASSED, FAILED, UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN


# Ours


def test_one_of_ours_is_valid_with_one_query_and_all_questions_asked(django_assert_num_queries):
    award = read(make_award())

    with django_assert_num_queries(0):
        report = verifying.verify_award(award)

    assert (report.verdict, answers(report)) == (Verdict.VALID, [PASSED] * 3)
    assert set(outcomes(report).values()) == {"passed"}


@pytest.mark.parametrize(
    ("begins", "ends", "verdict"),
    [((2020, 1, 1), (2021, 1, 1), Verdict.EXPIRED), ((9000, 1, 1), None, Verdict.NOT_YET_VALID)],
)
def test_one_of_ours_that_is_over_or_has_not_begun_says_so(begins, ends, verdict):
    day = timezone.now().date()
    award = make_award(awarded_on=day.replace(*begins), valid_until=ends and day.replace(*ends))

    report = verifying.verify_award(read(award))

    assert (report.verdict, answers(report)) == (verdict, [PASSED, FAILED, PASSED])


def test_one_of_ours_that_was_revoked_says_when_and_why_also_as_a_file():
    award = make_award()
    standing.revoke(award, reason="The audit was copied.", by=owner_of(award.issuer))

    reports = [verifying.verify_award(read(award)), verifying.verify_anything(document_of(award), "a.json")]

    today = timezone.now()
    assert [report.verdict for report in reports] == [Verdict.REVOKED] * 2
    assert {report.reason for report in reports} == {
        f"Its issuer revoked it on {today.day} {today:%B %Y}. The reason given: The audit was copied."
    }


def test_a_status_list_that_is_gone_is_unknown_and_never_valid():
    award = make_award()
    StatusList.objects.update(document=None)

    report = verifying.verify_award(read(award))

    assert (report.verdict, answers(report)) == (Verdict.UNKNOWN, [PASSED, UNKNOWN, PASSED])


def test_any_changed_byte_of_the_text_is_invalid_and_nothing_of_it_is_shown():
    data = document_of(make_award(name="Amara Nwosu"))

    for place in range(0, len(data), 211):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        report = verifying.verify_anything(changed, "a.json")
        assert report.verdict != Verdict.VALID, (place, changed[place - 20 : place + 20])
        assert (report.document, report.subject_name, report.title) == (None, "", "")


def test_a_stolen_key_vouches_for_nothing_that_was_recorded_after_the_theft():
    award = make_award()
    award.issuer.keys.update(compromised_at=timezone.now() - dt.timedelta(days=1))

    report = verifying.verify_award(read(award))

    assert (report.verdict, report.document, report.is_proven) == (Verdict.INVALID, None, False)
    assert answers(report) == [UNKNOWN, UNKNOWN, FAILED]
    assert report.unchanged.sentence == "Without a key that counts, this cannot be said."
    assert "it was in other hands" in report.issuer_known.sentence
    assert report.with_standing(Verdict.REVOKED, "It was revoked.") == report


def test_a_stolen_key_still_vouches_for_what_our_books_knew_before():
    award = make_award()
    award.issuer.keys.update(compromised_at=timezone.now() + dt.timedelta(seconds=1))

    assert verifying.verify_award(read(award)).verdict == Verdict.VALID


def test_an_address_of_a_private_credential_is_as_unknown_as_one_that_never_was():
    private = make_award()
    Award.objects.filter(pk=private.pk).update(visibility=Award.Visibility.PRIVATE)

    reports = [
        verifying.verify_address(private.url),
        verifying.verify_address(str(private.pk)),
        verifying.verify_address("https://badges.example/credentials/00000000-0000-4000-8000-000000000000/"),
    ]

    assert len({(report.verdict, report.reason, report.checks[0].sentence) for report in reports}) == 1
    assert [report.document for report in reports] == [None] * 3


def test_a_key_of_another_issuer_of_ours_signs_nothing_in_this_ones_name():
    one, other = make_award(), make_award()
    forged = Stranger(one.issuer.did)
    forged.verification_method = other.signing_key.verification_method

    report = verifying.verify_document(forged.credential())

    assert report.verdict == Verdict.INVALID


# Others'


def test_a_strangers_credential_is_checked_through_the_door(web):
    stranger = Stranger()
    web.pages = {"/.well-known/did.json": stranger.key_document(), "/status/1": stranger.status_list()}

    report = verifying.verify_document(stranger.credential(), door=web.door)

    assert (report.verdict, answers(report)) == (Verdict.VALID, [PASSED, PASSED, UNKNOWN])
    assert report.issuer_known.sentence == f"We do not know this issuer. Whoever runs {HOST} issued it."
    assert set(web.asked) == {"/.well-known/did.json", "/status/1"}


def test_a_strangers_address_is_fetched_and_checked(web):
    stranger = Stranger()
    web.pages = {
        "/1": stranger.credential(),
        "/.well-known/did.json": stranger.key_document(),
        "/status/1": stranger.status_list(7),
    }

    report = verifying.verify_address(f"https://{HOST}/1", door=web.door)

    assert (report.verdict, answers(report)) == (Verdict.REVOKED, [PASSED, FAILED, UNKNOWN])


def test_a_stranger_whose_keys_cannot_be_reached_is_unknown(web):
    report = verifying.verify_document(Stranger().credential(), door=web.door)

    assert report.verdict == Verdict.UNKNOWN
    assert (report.unchanged.outcome, report.document) == (UNKNOWN, None)


def test_a_stranger_whose_list_cannot_be_reached_is_unknown(web):
    stranger = Stranger()
    web.pages = {"/.well-known/did.json": stranger.key_document()}

    report = verifying.verify_document(stranger.credential(), door=web.door)

    assert (report.verdict, answers(report)) == (Verdict.UNKNOWN, [PASSED, UNKNOWN, UNKNOWN])


def test_a_list_that_another_one_signed_is_not_believed(web):
    stranger, forger = Stranger(), Stranger()
    web.pages = {"/.well-known/did.json": stranger.key_document(), "/status/1": forger.status_list()}

    report = verifying.verify_document(stranger.credential(), door=web.door)

    assert report.verdict not in (Verdict.VALID, Verdict.REVOKED)
    assert report.still_valid.outcome != PASSED


def test_a_key_that_the_stranger_does_not_publish_is_a_forgery(web):
    web.pages = {"/.well-known/did.json": Stranger().key_document()}

    report = verifying.verify_document(Stranger().credential(), door=web.door)

    assert (report.verdict, report.unchanged.outcome, report.document) == (Verdict.INVALID, FAILED, None)


def test_a_key_document_that_names_somebody_else_is_a_forgery(web):
    stranger = Stranger()
    web.pages = {"/.well-known/did.json": stranger.key_document() | {"id": "did:web:other.example"}}

    assert verifying.verify_document(stranger.credential(), door=web.door).verdict == Verdict.INVALID


@pytest.mark.parametrize("path", [":issuers:nobody", ":issuers:", "", ":issuers:a:b"])
def test_whoever_forges_a_name_of_our_own_site_is_never_believed(web, path):
    """Our names are answered from our shelves: a page that somebody else serves does not count."""
    forger = Stranger(OUR_WEB + path)
    page = forger.key_document()
    web.pages = {"/.well-known/did.json": page, "/issuers/nobody/did.json": page}

    report = verifying.verify_document(forger.credential())

    assert report.verdict in (Verdict.UNKNOWN, Verdict.INVALID)
    assert report.document is None


def test_whoever_forges_the_name_of_an_issuer_of_ours_is_invalid():
    award = make_award()
    forger = Stranger(award.issuer.did)

    report = verifying.verify_document(forger.credential())

    assert (report.verdict, answers(report)) == (Verdict.INVALID, [FAILED, UNKNOWN, UNKNOWN])


def test_an_address_that_nobody_answers_is_unknown(web):
    report = verifying.verify_address(f"https://{HOST}/none", door=web.door)

    assert (report.verdict, report.reason) == (
        Verdict.UNKNOWN,
        f"The address could not be read: {HOST} answered with status 404.",
    )


def test_a_suspended_one_of_ours_is_said_to_be_so_inside_of_a_record_too():
    award = make_award()
    Award.objects.filter(pk=award.pk).update(suspended_at=timezone.now())

    report = verifying.verify_document(json.loads(record_of(document_of(award))))

    assert [inner.verdict for inner in report.inner] == ["suspended"]
    said = next(check for check in report.checks if check.name == "inner")
    assert (report.verdict, said.outcome, said.sentence) == (
        "valid",
        "failed",
        "The credential in it is suspended.",
    )


@pytest.mark.parametrize(
    ("leads_to", "verdict"),
    [
        (f"https://{HOST}/elsewhere", "valid"),
        (f"https://www.{HOST}/elsewhere", "valid"),
        ("https://thief.example/elsewhere", "unknown"),
        (f"https://not-{HOST}/elsewhere", "unknown"),
    ],
)
def test_a_key_counts_only_where_its_issuer_publishes_it_and_not_where_a_redirect_leads(
    web, leads_to, verdict
):
    """Many sites redirect to any address that they are given; that does not make it theirs."""
    address = f"https://{HOST}/redirect?to=elsewhere"
    stranger = Stranger(address)
    web.pages |= {
        "/redirect?to=elsewhere": leads_to,
        "/elsewhere": stranger.key_document(),
        "/status/1": stranger.status_list(),
    }
    web.door.tls_context.check_hostname = False  # one server for all these names

    report = verifying.verify_document(stranger.credential(), door=web.door)

    assert report.verdict == verdict
    if verdict == "unknown":
        assert "leads to another site" in next(check for check in report.checks if check.detail).detail


@pytest.mark.parametrize(
    "pasted",
    ["{}", " {} ", "<{}>", '"{}"', "„{}“", "«{}»", "{}?utm_source=mail#top", "{}certificate.pdf"],
)
def test_an_address_is_taken_as_it_stands_in_a_letter(pasted):
    award = make_award()

    assert verifying.verify_address(pasted.format(award.url)).verdict == Verdict.VALID


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("HTTPS://BADGES.EXAMPLE/c/AB", "https://badges.example/c/AB"),
        ("Badges.Example/c/AB", "https://badges.example/c/AB"),
        ("Elsewhere.Example/A?b=C", "https://elsewhere.example/A?b=C"),
        ("AB12-CD34", "AB12-CD34"),
    ],
)
def test_scheme_and_host_are_the_same_in_any_case_and_all_else_is_not(pasted, meant):
    assert verifying.whole_address(pasted) == meant
