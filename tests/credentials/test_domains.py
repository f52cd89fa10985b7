"""Domains, proven by a real name server and a real web site on this machine."""

import dataclasses
import datetime as dt
import http.server
import socketserver
import ssl
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from credentials import domains, fetching, tasks
from credentials.fetching import Door, FetchFailed
from issuers import domains as claims
from issuers.models import DomainClaim, Issuer
from tests.credentials.test_fetching import make_certificate
from tests.factories import make_issuer, owner_of

pytestmark = pytest.mark.django_db

DOMAIN = "northfield.example"
DAY = dt.timedelta(days=1)


class Names(socketserver.BaseRequestHandler):
    """A name server that knows `server.records`; None for a name means that it is broken there."""

    def handle(self):
        data, sock = self.request
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text(omit_final_dot=True)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        texts = self.server.records.get(name, ())
        if texts is None:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.server.records:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif texts:
            answer.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TXT", *texts))
        sock.sendto(answer.to_wire(), self.client_address)


class Site(http.server.BaseHTTPRequestHandler):
    """A web site that has `server.files`: path to bytes, or to the address that it redirects to."""

    def do_GET(self):
        found = self.server.files.get(f"{self.headers['Host'].partition(':')[0]}{self.path}")
        self.send_response(404 if found is None else 302 if isinstance(found, str) else 200)
        if isinstance(found, str):
            self.send_header("Location", found)
        body = found if isinstance(found, bytes) else b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """(what a server of any of the names shows, what a client trusts)."""
    folder, pem = tmp_path_factory.mktemp("tls"), serialization.Encoding.PEM
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = make_certificate("Throw-away authority", authority_key, authority=True)
    (folder / "authority.pem").write_bytes(authority.public_bytes(pem))
    serving = {}
    for name in (DOMAIN, f"www.{DOMAIN}", "elsewhere.example"):
        certificate = make_certificate(name, key, issuer=authority, issuer_key=authority_key)
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (folder / name).write_bytes(certificate.public_bytes(pem) + private)
        serving[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving[name].load_cert_chain(folder / name)
    serving[DOMAIN].sni_callback = lambda sock, name, _: setattr(sock, "context", serving[name])
    return serving[DOMAIN], ssl.create_default_context(cafile=folder / "authority.pem")


@dataclasses.dataclass
class Internet:
    records: dict
    files: dict
    door: Door
    port: int


@pytest.fixture
def internet(tls):
    """Name servers and a web site on loopback, and the door that leads there."""
    serving, trusting = tls
    names = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Names)
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    site.socket = serving.wrap_socket(site.socket, server_side=True)
    names.records, site.files = {}, {}
    for server in (names, site):
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    port = site.server_address[1]
    door = Door(
        resolve=lambda host, _: ["127.0.0.1"],
        connect=lambda address, _, seconds: fetching.connect_to(address, port, seconds),
        allow_private=True,
        tls_context=trusting,
        name_servers=("127.0.0.1",),
        name_server_port=names.server_address[1],
    )
    yield Internet(names.records, site.files, door, port)
    for server in (names, site):
        server.shutdown()
        server.server_close()


def make_claim(domain=DOMAIN) -> DomainClaim:
    issuer = make_issuer()
    return claims.claim(issuer, domain, by=owner_of(issuer))


def said(claim: DomainClaim) -> tuple[str, str, bool]:
    """What the issuer's pages go by: proven domain, lost domain, whether a day of loss is known."""
    issuer = Issuer.objects.get(pk=claim.issuer_id)
    return issuer.verified_domain, issuer.lost_domain, issuer.domain_lost_at is not None


def verbs(claim: DomainClaim) -> list[str]:
    return [entry.verb for entry in claim.issuer.journal.order_by("number")][3:]


# Records


def test_txt_records_are_read_whole_and_a_name_without_any_has_none(internet):
    internet.records["a.example"] = ['"one" "half"', '"two"']
    internet.records["empty.example"] = []

    read = {
        name: fetching.txt_records(name, door=internet.door) for name in ("a.example", "empty.example", "no")
    }

    assert read == {"a.example": ["onehalf", "two"], "empty.example": [], "no": []}


def test_name_servers_that_are_broken_or_away_are_a_sentence(internet):
    internet.records["broken.example"] = None
    away = dataclasses.replace(internet.door, name_server_port=9, all_seconds=0.3)

    for door in (internet.door, away):
        with pytest.raises(FetchFailed, match=r"gave no answer about broken\.example"):
            fetching.txt_records("broken.example", door=door)


# Proving


def test_a_domain_is_proven_by_its_txt_record(internet):
    claim = make_claim()
    internet.records[f"_testamur.{DOMAIN}"] = ['"v=other"', f'"testamur-verification={claim.token}"']

    checked = domains.check(claim, door=internet.door, by=owner_of(claim.issuer))

    assert said(claim) == (DOMAIN, "", False)
    assert [(one["way"], one["outcome"]) for one in checked.seen] == [("dns", "found")]
    assert (checked.proven_by, verbs(claim)) == ("dns", ["claimed domain", "proved domain"])
    assert checked.next_check_at - checked.checked_at == DAY


@pytest.mark.parametrize(
    "before", [b"", b"\xef\xbb\xbf", b"# our proofs\r\n  "], ids=["alone", "BOM", "lines"]
)
def test_a_domain_is_proven_by_its_file(internet, before):
    claim = make_claim()
    internet.files[f"{DOMAIN}/.well-known/testamur.txt"] = before + claim.text.encode() + b"\n"

    checked = domains.check(claim, door=internet.door)

    assert said(claim) == (DOMAIN, "", False)
    assert [(one["way"], one["outcome"]) for one in checked.seen] == [("dns", "absent"), ("file", "found")]


def test_a_site_that_leads_to_its_www_proves_its_domain(internet):
    claim = make_claim()
    internet.files[f"{DOMAIN}/.well-known/testamur.txt"] = f"https://www.{DOMAIN}/proof"
    internet.files[f"www.{DOMAIN}/proof"] = claim.text.encode()

    domains.check(claim, door=internet.door)

    assert said(claim) == (DOMAIN, "", False)


def test_a_file_on_another_site_proves_nothing(internet):
    claim = make_claim()
    internet.files[f"{DOMAIN}/.well-known/testamur.txt"] = "https://elsewhere.example/proof"
    internet.files["elsewhere.example/proof"] = claim.text.encode()

    checked = domains.check(claim, door=internet.door)

    assert said(claim) == ("", "", False)
    assert checked.seen[1]["sentence"] == (
        f"https://{DOMAIN}/.well-known/testamur.txt leads to elsewhere.example. "
        f"The file has to be on {DOMAIN} itself."
    )


def test_what_was_seen_instead_is_said(internet):
    claim, other = make_claim(), make_claim()
    internet.records[f"_testamur.{DOMAIN}"] = [f'"{other.text}"']
    internet.files[f"{DOMAIN}/.well-known/testamur.txt"] = b"x" * 200

    checked = domains.check(claim, door=internet.door)

    assert [one["sentence"] for one in checked.seen] == [
        f"The TXT record at _testamur.{DOMAIN} says “{other.text}”.",
        f"The file https://{DOMAIN}/.well-known/testamur.txt begins with “{'x' * 80}…”.",
    ]
    assert (said(claim), verbs(claim)) == (("", "", False), ["claimed domain"])


def test_a_claim_that_was_changed_while_we_looked_is_not_proven_by_what_we_saw(internet):
    claim = make_claim()
    internet.records[f"_testamur.{DOMAIN}"] = [f'"{claim.text}"']
    claims.claim(claim.issuer, "another.example", by=owner_of(claim.issuer))

    assert domains.check(claim, door=internet.door) is None
    assert said(claim) == ("", "", False)


# Renewing and losing


@pytest.fixture
def proven(internet):
    claim = make_claim()
    internet.records[f"_testamur.{DOMAIN}"] = [f'"{claim.text}"']
    return domains.check(claim, door=internet.door)


def make_due(claim: DomainClaim) -> None:
    DomainClaim.objects.filter(pk=claim.pk).update(next_check_at=timezone.now())


def test_a_proven_domain_is_looked_at_again_when_it_is_due_and_only_then(internet, proven):
    before = domains.due()
    make_due(proven)

    after = domains.due()
    domains.renew(proven.pk, door=internet.door)

    assert (before, after, domains.due()) == ([], [proven.pk], [])
    assert verbs(proven) == ["claimed domain", "proved domain"]
    assert Issuer.objects.get(pk=proven.issuer_id).domain_verified_at > proven.checked_at


def test_two_workers_do_not_look_at_the_same_claim(internet, proven):
    make_due(proven)
    DomainClaim.objects.update(lease_until=timezone.now() + domains.LEASE)

    domains.renew(proven.pk, door=internet.door)

    assert (domains.due(), DomainClaim.objects.get().checked_at) == ([], proven.checked_at)


def test_a_lease_that_a_dead_worker_left_ends(proven):
    make_due(proven)
    DomainClaim.objects.update(lease_until=timezone.now() - DAY)

    assert domains.due() == [proven.pk]


def test_the_sweeper_wakes_a_worker_for_a_claim_that_is_due(proven):
    make_due(proven)

    assert tasks.sweep() == 1


def test_a_record_that_is_gone_loses_the_domain_and_one_that_is_back_proves_it_again(internet, proven):
    records = internet.records.copy()
    internet.records.clear()

    domains.check(proven, door=internet.door)
    lost = said(proven)
    internet.records.update(records)
    domains.check(proven, door=internet.door)

    assert (lost, said(proven)) == (("", DOMAIN, True), (DOMAIN, "", False))
    assert verbs(proven)[1:] == ["proved domain", "lost domain", "proved domain"]


def test_the_other_way_may_take_over(internet, proven):
    internet.records.clear()
    internet.files[f"{DOMAIN}/.well-known/testamur.txt"] = proven.text.encode()

    checked = domains.check(proven, door=internet.door)

    assert (said(proven), checked.proven_by) == ((DOMAIN, "", False), "file")


def test_name_servers_without_an_answer_lose_nothing_for_a_week(internet, proven):
    internet.records[f"_testamur.{DOMAIN}"] = None

    checked = domains.check(proven, door=internet.door)
    kept = said(proven)
    Issuer.objects.update(domain_verified_at=timezone.now() - 8 * DAY)
    domains.check(proven, door=internet.door)

    assert (kept, said(proven)) == ((DOMAIN, "", False), ("", DOMAIN, True))
    assert checked.next_check_at - checked.checked_at == dt.timedelta(hours=1)
