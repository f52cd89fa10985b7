"""How long it takes to judge a credential of ours, beside the library of others, which only asks for the
signature: no key, list or book is looked up there. SPEED.md asks for 10 ms on the server.
"""

import copy
import itertools
import json
import statistics
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.test import Client, override_settings
from openbadgeslib.ob3.ldp import OB3LdpVerifier

from credentials import judging
from credentials.models import Award
from issuers import multikey
from tests.benchmarks import Row
from tests.factories import make_award, make_version

TIMES, ROUNDS = 40, 5
_networks = (f"10.{number // 256}.{number % 256}.1" for number in itertools.count())  # each may ask so often


def milliseconds(judge: Callable[[], object]) -> float:
    """The median of many, in seconds."""
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        judge()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def library_for(award: Award) -> Callable[[], object]:
    public = Ed25519PublicKey.from_public_bytes(multikey.decode(award.signing_key.public_multibase))
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    verifier, document = OB3LdpVerifier(pem, issuer_did=None), json.loads(bytes(award.document))
    return lambda: verifier.verify(copy.deepcopy(document))


def ways(award: Award) -> dict[str, Callable[[], object]]:
    """Each way in which a credential comes to us; requests go through the whole stack."""
    document = bytes(award.document)
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])

    def api():
        sent = {"content_type": "application/json", "REMOTE_ADDR": next(_networks)}
        answer = client.post("/api/v1/verify/", data=document, **sent)
        assert answer.json()["verdict"] == "valid"

    return {
        "judged by its address": lambda: judging.judge_address(award.url),
        "judged as a file": lambda: judging.judge(judging.Brought("badge.json", document)),
        "judged as a file, by the API, in a request": api,
    }


@override_settings(DEBUG=False, SECURE_SSL_REDIRECT=False)
def rows() -> list[Row]:
    award = Award.objects.for_page().get(pk=make_award(make_version()).pk)
    library, judges = library_for(award), ways(award)
    measured = [
        {"": milliseconds(library)} | {way: milliseconds(judge) for way, judge in judges.items()}
        for _ in range(ROUNDS)
    ]
    medians = {way: statistics.median(row[way] for row in measured) for way in measured[0]}
    return [
        Row(block=f"our own credential, {way}", baseline=medians[""], ours=medians[way], target=1)
        for way in judges
    ]
