"""Issuers, achievements and awards to compose, a signer, and a resolver without a network."""

import hashlib
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.openbadges import proof, status_list
from credentials.openbadges.document import (
    AchievementText,
    Alignment,
    AwardFacts,
    Evidence,
    Image,
    IssuerProfile,
    Result,
    ResultDescription,
    compose,
    compose_status_list,
)
from credentials.openbadges.keys import PublicKey, ed25519
from credentials.openbadges.verify import Gone, NotTheirKey, Outcome, Unreachable

NOW = datetime(2026, 6, 2, 12, 0, tzinfo=UTC)
DAY = datetime(2026, 6, 1, tzinfo=UTC)
UNIVERSITY = "did:web:badges.example:issuers:university"
STRANGER = "did:web:elsewhere.example"
LIST_URL = "https://badges.example/status/1"

ISSUER = IssuerProfile(
    id=UNIVERSITY,
    name="Example University",
    url="https://university.example",
    email="registrar@university.example",
    description="Founded to be an example.",
    image=Image(url="https://badges.example/issuers/university/logo.png"),
)
BADGE = AchievementText(
    id="https://badges.example/issuers/university/teamwork/v1/",
    name="Teamwork",
    description="Works well with others.",
    criteria="Nominated by **peers**.",
    achievement_type="Badge",
)
CLASS = ResultDescription(
    id="urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c",
    name="Classification",
    result_type="LetterGrade",
    allowed_values=("3", "2.2", "2.1", "1"),
    required_value="3",
)
THESIS = ResultDescription(
    id="urn:uuid:0c1cf8b3-ccde-4c3c-9a0a-6f0ac6f4ab7c",
    name="Thesis",
    result_type="LetterGrade",
    allowed_values=("3", "2.2", "2.1", "1"),
)
AVERAGE = ResultDescription(
    id="urn:uuid:a70ddc6a-4c4a-4bd8-8277-cb97c79f40c5",
    name="Average",
    result_type="Percent",
    value_min="0",
    value_max="100",
)
STANDING = ResultDescription(
    id="urn:uuid:1207f2ba-6f4b-4b8f-a2b1-1f2c7a3f1f10", name="Standing", result_type="Status"
)
DEGREE = AchievementText(
    id="https://badges.example/issuers/university/statistics/v3/",
    name="Bachelor of Science in Statistics",
    description="Three years of statistics.",
    criteria="- 180 credits\n- a thesis",
    achievement_type="BachelorDegree",
    criteria_url="https://badges.example/issuers/university/statistics/v3/#criteria",
    image=Image(url="https://badges.example/issuers/university/statistics/v3/image.svg", caption="A curve"),
    alignments=(
        Alignment(
            name="data mining",
            url="http://data.europa.eu/esco/skill/25f0ea33-b4a2-4f31-b7b4-7d20e827b180",
            framework="ESCO v1.2",
            type="ext:ESCOSkill",
            description="Explore large data sets.",
        ),
        Alignment(
            name="Data analysis",
            url="https://registry.example/resources/ce-98cb027b",
            framework="Credential Registry",
            type="ceterms:Credential",
            code="ce-98cb027b",
        ),
    ),
    result_descriptions=(CLASS, THESIS, AVERAGE, STANDING),
    language="en",
    version="3",
    tags=("statistics", "data"),
    credits_available=180,
    human_code="STAT-3",
    field_of_study="Statistics",
    specialization="Data analysis",
)


class Signer:
    def __init__(self, verification_method=f"{UNIVERSITY}#key-1", seed="university"):
        self.key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
        self.public_key = self.key.public_key().public_bytes_raw()
        self.verification_method = verification_method

    def sign(self, data):
        return self.key.sign(data)


SIGNER = Signer()


def facts(number=0, **changes) -> AwardFacts:
    return AwardFacts(
        **{
            "id": f"https://badges.example/credentials/8b1f6c1e-0f7f-4a83-9d53-{number:012x}",
            "recipient_name": "Ada Lovelace",
            "recipient_email": f"ada{number}@earner.example",
            "salt": f"salt-{number:08x}",
            "name": "Teamwork",
            "description": "Awarded for a project.",
            "valid_from": DAY,
            "awarded_at": DAY,
            "status_list_url": LIST_URL,
            "status_index": 70_000 + number,
        }
        | changes
    )


def plain_badge(number=0, **changes) -> dict:
    return compose(ISSUER, BADGE, facts(number, **changes))


def full_degree(number=0, **changes) -> dict:
    everything = {
        "name": "Bachelor of Science in Statistics",
        "valid_until": datetime(2099, 6, 1, tzinfo=UTC),
        "evidence": (
            Evidence(
                url=f"https://badges.example/evidence/{number}",
                name="Thesis",
                narrative="On the **counting** of bicycles.",
                description="80 pages.",
                genre="Thesis",
                audience="Public",
            ),
            Evidence(narrative="A talk."),
        ),
        "results": (
            Result(description_id=CLASS.id, value="2.1"),
            Result(description_id=THESIS.id, value="1"),
            Result(description_id=AVERAGE.id, value="71.5"),
            Result(description_id=STANDING.id, status="Completed"),
        ),
        "licence_number": f"L-{number}",
        "credits_earned": 180,
        "activity_start": datetime(2023, 9, 1, tzinfo=UTC),
        "activity_end": datetime(2026, 5, 31, tzinfo=UTC),
        "image": Image(url=f"https://badges.example/credentials/{number}/seal.svg", caption="Seal"),
        "narrative": "With distinction in probability.",
        "term": "Spring 2026",
        "role": "Student",
    }
    return compose(ISSUER, DEGREE, facts(number, **(everything | changes)))


def sign(document: dict, signer=SIGNER) -> dict:
    return proof.sign(document, signer, created=DAY)


def signed_list(*revoked, signer=SIGNER, **changes) -> dict:
    parts = {
        "url": LIST_URL,
        "issuer_id": UNIVERSITY,
        "encoded_list": status_list.encode(status_list.from_indexes(revoked)),
        "valid_from": DAY,
        "valid_until": datetime(2026, 6, 3, tzinfo=UTC),
        "ttl_ms": 600_000,
    }
    return sign(compose_status_list(**(parts | changes)), signer)


class Resolver:
    """Knows the keys, lists and documents that it is given; everything else is unreachable."""

    def __init__(
        self,
        lists=None,
        keys=None,
        known=(Outcome.UNKNOWN, "Nobody here knows this issuer."),
        newer=(),
        hosted=(),
        gone=(),
    ):
        self.lists = {LIST_URL: signed_list()} if lists is None else lists
        self.keys = {UNIVERSITY: {SIGNER.verification_method: SIGNER.public_key}} if keys is None else keys
        self.known = known
        self.newer, self.pages, self.gone = dict(newer), dict(hosted), dict(gone)
        self.asked = []

    def verification_key(self, verification_method, controller):
        if controller not in self.keys:
            raise Unreachable(f"{controller} does not answer.")
        if verification_method not in self.keys[controller]:
            raise NotTheirKey("The issuer does not vouch for this key.")
        return as_key(self.keys[controller][verification_method])

    def issuer_keys(self, controller):
        if controller not in self.keys:
            raise Unreachable(f"{controller} does not answer.")
        return [as_key(key) for key in self.keys[controller].values()]

    def status_list(self, url):
        return self._page(self.lists, url)

    def refreshed(self, url):
        return self._page(self.newer, url)

    def hosted(self, url):
        if url in self.gone:
            raise Gone(self.gone[url])
        return self._page(self.pages, url)

    def know_issuer(self, issuer_id):
        return self.known

    def _page(self, pages, url):
        self.asked.append(url)
        if url not in pages:
            raise Unreachable(f"{url} does not answer.")
        return pages[url]


def as_key(key):
    """A key, also one that is given as the 32 bytes of Ed25519."""
    if isinstance(key, PublicKey):
        return key
    try:
        return ed25519(key)
    except ValueError as error:
        raise NotTheirKey(str(error)) from error
