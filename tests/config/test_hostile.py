"""What strangers bring to do harm: every answer is a page below 500, within seconds (TRUST.md, figures)."""

import json
import time
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config.components import markdown
from credentials import fetching, verifying
from credentials.openbadges import document as standard
from credentials.openbadges import proof
from tests.credentials.test_verification_views import Stranger, document_of, said
from tests.factories import make_award, make_issuer, make_version, owner_of

pytestmark = pytest.mark.django_db

PATIENCE = 5.0  # seconds for any one answer
GOOD_BUT_UNKNOWN = "The signature is good. We do not know who signed."


@pytest.fixture
def bring(client):
    """Bring a file to /verify/: the title above the Report, if it came in time."""

    def bring(data: bytes) -> str:
        began = time.monotonic()
        answer = client.post("/verify/", {"file": SimpleUploadedFile("credential.json", data)})
        assert answer.status_code == 200
        assert time.monotonic() - began < PATIENCE
        return said(answer.content.decode())[1]

    return bring


def signed_by_a_stranger(**changes) -> bytes:
    """A credential with these properties and a good signature by a key that anybody can make."""
    stranger = Stranger()
    document = json.loads(document_of(make_award())) | {"id": "https://elsewhere.example/1"}
    for name in ("proof", "credentialStatus"):
        del document[name]
    document["issuer"]["id"] = stranger.did
    return standard.serialise(proof.sign(document | changes, stranger, created=timezone.now()))


# Documents whose signature is good


@pytest.mark.parametrize("purpose", [["revocation"], ["revocation", "suspension"], {"@value": "revocation"}])
def test_a_purpose_of_a_status_list_that_is_no_text_is_unknown(bring, purpose):
    entry = status_entry(1, statusPurpose=purpose)

    assert bring(signed_by_a_stranger(credentialStatus=entry)) == "Could not be checked wholly"


@pytest.mark.parametrize(
    ("name", "moment", "title"),
    [
        ("validFrom", "0001-01-01T00:00:00+14:00", GOOD_BUT_UNKNOWN),
        ("awardedDate", "0001-01-01T00:00:00+14:00", GOOD_BUT_UNKNOWN),
        ("awardedDate", "9999-12-31T23:59:59-14:00", GOOD_BUT_UNKNOWN),
        ("validUntil", "9999-12-31T23:59:59-14:00", GOOD_BUT_UNKNOWN),
        ("validFrom", "9999-12-31T23:59:59-14:00", "Not yet valid"),
    ],
)
def test_a_moment_at_the_edge_of_the_calendar_is_shown(bring, name, moment, title):
    assert bring(signed_by_a_stranger(**{name: moment})) == title


TABLE = ("|a" * 3300 + "|\n" + "|-" * 3300 + "|\n" + "x\n" * 3300)[:19_900]


@pytest.mark.parametrize("text", [TABLE, "[" * 19_900, "![" * 9_950], ids=["table", "brackets", "pictures"])
def test_markdown_that_costs_more_than_it_says_does_not_hold_the_page_up(bring, text):
    evidence = [{"id": f"https://e.example/{n}", "type": ["Evidence"], "narrative": text} for n in range(11)]

    assert bring(signed_by_a_stranger(evidence=evidence)) == GOOD_BUT_UNKNOWN


class Hosts:
    """Sites that never answer: each connection takes all the time that it may."""

    def __init__(self, *, seconds: float = 0):
        self.asked, self.seconds = [], seconds
        self.door = fetching.Door(
            resolve=self.resolve, connect=self.connect, connect_seconds=0.2, all_seconds=0.5
        )

    def resolve(self, host, port):
        self.asked.append(host)
        return ["93.184.216.34"]

    def connect(self, address, port, seconds):
        time.sleep(min(seconds, self.seconds))
        raise TimeoutError


def status_entry(number: int, **changes) -> dict:
    return {
        "id": f"https://host{number}.example/status/1#5",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": f"https://host{number}.example/status/1",
    } | changes


def endorsement_of(number: int) -> dict:
    did = f"did:web:host{number}.example"
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", standard.OB3],
        "id": f"https://host{number}.example/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": did, "type": ["Profile"]},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "https://elsewhere.example/1", "type": ["EndorsementSubject"]},
        "proof": [
            {
                "type": "DataIntegrityProof",
                "cryptosuite": proof.SUITE,
                "created": "2026-01-01T00:00:00Z",
                "verificationMethod": f"{did}#{n}",
                "proofPurpose": "assertionMethod",
                "proofValue": "z2",
            }
            for n in range(2)
        ],
    }


def test_sites_that_do_not_answer_share_the_time_of_one():
    hosts = Hosts(seconds=1)
    data = signed_by_a_stranger(
        credentialStatus=[status_entry(n) for n in range(4)],
        endorsement=[endorsement_of(n) for n in range(3)],
    )

    report = verifying.verify_anything(data, name="", door=hosts.door)

    assert (report.verdict, hosts.asked) == ("unknown", ["host0.example", "host1.example", "host2.example"])


def test_a_document_cannot_send_us_to_any_number_of_sites():
    hosts = Hosts()
    data = signed_by_a_stranger(endorsement=[endorsement_of(n) for n in range(9)])

    report = verifying.verify_anything(data, name="", door=hosts.door)

    assert (report.verdict, len(hosts.asked)) == ("unknown", verifying.MOST_FETCHES)


@pytest.mark.parametrize("slug", ["\x00", "no-such-issuer", "a" * 100_000, "northfield\x00", "../status"])
def test_an_issuer_of_this_site_that_is_none_is_unknown(bring, slug):
    did = f"did:web:badges.example:issuers:{slug}"
    document = json.loads(document_of(make_award()))
    document["issuer"]["id"] = did
    document["proof"][0]["verificationMethod"] = f"{did}#key-1"

    assert bring(standard.serialise(document)) == "Could not be checked wholly"


# Documents that are not even JSON


@pytest.mark.parametrize(
    "data",
    [b'{"' + b'\\"' * 127_000, b'{"' + b'\\"' * 127_000 + b"\\", b'"\\' * 80_000, b'"' * 250_001],
    ids=["open text", "open text that ends in a backslash", "backslashes", "quotation marks"],
)
def test_a_text_that_never_ends_is_read_once(bring, data):
    assert bring(b'{"a":' + data) == "There is no credential to check in this"


def test_one_name_twice_among_many_is_found_at_once(bring):
    names = ",".join(f'"{n:x}":1' for n in range(24_000))

    assert bring(f'{{{names},"twice":1,"twice":2}}'.encode()) == "There is no credential to check in this"


def test_a_pdf_with_thousands_of_attachments_is_refused_in_time(bring):
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page()
    for number in range(3_000):
        pdf.attachments[f"{number}.json"] = pikepdf.AttachedFileSpec(pdf, b"[]", filename=f"{number}.json")
    file = BytesIO()
    pdf.save(file)

    assert bring(file.getvalue()) == "There is no credential to check in this"


# What stands in addresses and cookies


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "address",
    [
        "/catalog/",
        "/verify/",
        "/me/",
        "/dashboard/northfield/",
        "/dashboard/northfield/journal/",
        "/dashboard/northfield/awards/",
        "/dashboard/northfield/open/",
        "/credentials/\x00/",
        "/@a\x00b/",
    ],
)
def test_a_nul_is_looked_for_nowhere(client, address):
    """PostgreSQL refuses to compare a text with one; SQLite finds nothing."""
    version = make_version(make_issuer("northfield"), slug="open")
    client.force_login(owner_of(version.achievement.issuer))

    asked = dict.fromkeys(("q", "kind", "scale", "issuer", "achievement", "page", "next", "add"), "a\x00b")
    if address == "/me/":
        del asked["add"]
    answer = client.get(address, asked)

    assert answer.status_code == (404 if "\x00" in address else 200)


@pytest.mark.both_databases
def test_a_nul_in_the_number_of_a_session_is_nobodys_session(client):
    client.cookies.load({"sessionid": "\x00" * 12})

    assert client.get("/me/").status_code == 302


# Texts on our own pages


def test_a_table_that_somebody_wrote_in_earnest_stays_a_table():
    rows = "\n".join(f"| {n} | exam | 60 % | passed |" for n in range(200))

    html = markdown(f"| part | form | share | standing |\n|---|---|---|---|\n{rows}\n")

    assert html.count("<td>") == 800
