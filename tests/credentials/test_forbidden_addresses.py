"""Six hundred ways to send the site into the house: nothing reaches the canary that waits behind each."""

import json
import socket

import pytest
from django.utils import timezone

from credentials import fetching, verifying
from credentials.openbadges import proof
from tests.credentials.test_fetching import FORBIDDEN_HOSTS, resolve_here
from tests.credentials.test_verification_views import Stranger, document_of
from tests.factories import make_award

pytestmark = pytest.mark.django_db

# Names that anybody may give out, and where they lead; some have a public address beside.
INSIDE = [
    *[
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "172.20.0.9",
        "192.168.178.1",
        "169.254.169.254",
    ],
    *["169.254.170.2", "100.100.100.200", "192.0.0.192", "198.19.255.254", "224.0.0.251", "255.255.255.255"],
    *["::1", "::", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1"],
    *["2002:c0a8:101::1", "2001::1", "fe80::1", "fd00:ec2::254", "ff02::fb", "2001:db8::1", "3fff::1"],
]
NAMES = {f"inside{number}.example": [address] for number, address in enumerate(INSIDE)} | {
    f"mixed{number}.example": ["93.184.215.14", address] for number, address in enumerate(INSIDE[:22])
}
HOSTS = [*FORBIDDEN_HOSTS, *NAMES][:120]
PUBLIC = "93.184.215.14"


class Canary:
    """Whoever connects anywhere through its door ends here, and is counted."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=700)
        self.socket.setblocking(False)
        self.door = fetching.Door(resolve=self.resolve, connect=self.connect)

    def resolve(self, host: str, port: int) -> list[str]:
        return [PUBLIC] if host == PUBLIC else NAMES.get(host) or resolve_here(host, port)

    def connect(self, address: str, port: int, seconds: float) -> socket.socket:
        return socket.create_connection(self.socket.getsockname(), timeout=seconds)

    def visits(self) -> int:
        number = 0
        while True:
            try:
                self.socket.accept()[0].close()
            except BlockingIOError:
                return number
            number += 1


@pytest.fixture
def canary():
    canary = Canary()
    yield canary
    canary.socket.close()


class Sender:
    """A stranger's credential that makes whoever checks it ask at an address."""

    def __init__(self, door: fetching.Door):
        self.door, self.stranger = door, Stranger()
        self.base = json.loads(document_of(make_award())) | {"id": "https://elsewhere.example/1"}
        for name in ("proof", "credentialStatus", "credentialSchema"):
            del self.base[name]
        self.base["issuer"]["id"] = self.stranger.did

    def check(self, document: dict):
        return verifying.verify_document(document, door=self.door)

    def signed(self, **more):
        return self.check(proof.sign(self.base | more, self.stranger, created=timezone.now()))

    def by_address(self, url: str):
        return verifying.verify_address(url, door=self.door)

    def by_status_list(self, url: str):
        entry = {"statusPurpose": "revocation", "statusListIndex": "5", "statusListCredential": url}
        return self.signed(credentialStatus=entry | {"id": f"{url}#5", "type": "BitstringStatusListEntry"})

    def by_newer_copy(self, url: str):
        return self.signed(refreshService={"id": url, "type": "1EdTechCredentialRefresh"})

    def by_key(self, url: str):
        document = proof.sign(self.base, self.stranger, created=timezone.now())
        document["issuer"] = document["issuer"] | {"id": url}
        document["proof"] = [document["proof"][0] | {"verificationMethod": f"{url}#key-1"}]
        return self.check(document)

    def by_hosted_assertion(self, url: str):
        return self.check(
            {
                "@context": "https://w3id.org/openbadges/v2",
                "type": "Assertion",
                "id": url,
                "recipient": {"type": "email", "hashed": False, "identity": "ada@example.org"},
                "badge": url,
                "verification": {"type": "hosted"},
                "issuedOn": "2026-01-01T00:00:00Z",
            }
        )


WAYS = ["by_address", "by_status_list", "by_newer_copy", "by_key", "by_hosted_assertion"]


@pytest.mark.parametrize("way", WAYS)
def test_no_forbidden_address_is_reached(canary, way):
    send = getattr(Sender(canary.door), way)

    verdicts = {str(send(f"https://{host}/secret").verdict) for host in HOSTS}

    assert len(HOSTS) == len(set(HOSTS)) == 120
    assert canary.visits() == 0
    assert "valid" not in verdicts or way == "by_newer_copy"  # without one, the copy that was brought counts


@pytest.mark.parametrize("way", WAYS)
def test_the_canary_would_have_been_reached(canary, way):
    getattr(Sender(canary.door), way)(f"https://{PUBLIC}/secret")

    assert canary.visits() > 0
