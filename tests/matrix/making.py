"""What peers are shown, made by the verbs of the project in the very site that they look at.

Run inside that site: `manage.py shell -c "from tests.matrix import making; making.main()"` writes as JSON
what there is. Nobody named here exists.
"""

import datetime as dt
import io
import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict

from django.contrib.auth.models import User
from django.utils import timezone
from PIL import Image

from credentials import awarding, defining, endorsing, standing
from credentials.awarding import Person
from credentials.kinds import KINDS
from credentials.models import AchievementVersion, Award
from issuers import did, keys, membership
from issuers.images import reencode
from issuers.models import Issuer
from tests.matrix.specimens import DEMO, MATRIX, STOLEN_BEFORE, STOLEN_LATER, Specimen

HOLDER = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"  # with it, an award has a token
LONG_NAME = "Anna-Lena Maria Freifrau von und zu Guttenberg-Hohenfels auf der Langen Höhe"  # 76 letters
NAMES = ("محمد الأحمد", "李晓梅", LONG_NAME)
HOSTILE = "\"quotes\" 'and' \\ </script> ]]> <![CDATA[ &amp; &lt;b&gt; {{ x }} 👩‍🚀 e\u0301 𝒜 محمد (abc)"
LINES = f"{HOSTILE}\r\n\ttwo\rthree\n\n* four"
ROLE = {"name": "Data steward", "url": "https://skills.example/roles/steward"}
SIGNATORIES = [{"name": "محمد الأحمد", "title": "Rector"}, {"name": "佐藤 健", "title": "Registrar"}]
TEXT = {
    "name": "Clinical Data Stewardship",
    "description": "Keeps hospital records trustworthy enough to act on.",
    "criteria": "A supervised audit, a **written plan** and a defence.",
}
NEEDED = {"role_certification": {"role": ROLE}, "micro_certification": {"assessment": "exam"}}

_numbers = itertools.count(1)


def main() -> None:
    owner = User.objects.get(username="registrar@demo.example")
    made = [*in_the_demo(), *in_every_standing(owner), *the_special(owner)]
    print(json.dumps([asdict(specimen) for specimen in made]))


def in_the_demo() -> Iterator[Specimen]:
    for award in _awards().order_by("recorded_at", "pk"):
        yield specimen(award, DEMO)


def in_every_standing(owner: User) -> Iterator[Specimen]:
    """Of each kind: every standing, and the three names with and without people who sign the certificate."""
    issuer = found("every-kind", owner)
    for kind in KINDS:
        for signatories in (SIGNATORIES, []):
            version = offer(issuer, owner, kind=kind, signatories=signatories)
            for award in give(version, owner, *({"name": name} for name in NAMES)):
                yield specimen(award, MATRIX)
        for award in of_no_use(version, owner):
            yield specimen(award, MATRIX)


def of_no_use(version: AchievementVersion, owner: User) -> list[Award]:
    """One in each standing but the valid."""
    today = timezone.now().date()
    ended, coming, revoked, suspended, older, newer = give(
        version,
        owner,
        {"awarded_on": today - dt.timedelta(days=400), "valid_until": today - dt.timedelta(days=1)},
        {"awarded_on": today + dt.timedelta(days=7)},
        {},
        {},
        {},
        {},
    )
    standing.revoke(revoked, reason="It was awarded by mistake.", by=owner)
    standing.revoke(older, reason="The name was misspelt.", by=owner)
    Award.objects.filter(pk=newer.pk).update(replaces=older)
    Award.objects.filter(pk=suspended.pk).update(suspended_at=timezone.now())
    return [ended, coming, revoked, suspended, older]


def the_special(owner: User) -> Iterator[Specimen]:
    endorser = found("endorser", owner, name="Institute that endorses")
    yield specimen(everything(owner, endorser), "everything")
    yield specimen(with_many_skills(owner), "many skills")
    yield specimen(with_hostile_texts(owner), "hostile texts")
    before, after = around_a_rotation(owner)
    yield specimen(before, "signed by a retired key")
    yield specimen(after, "signed by its successor")
    yield specimen(with_many_keys(owner), "of an issuer with many keys")
    in_time, too_late, mended = around_a_theft(owner)
    yield specimen(in_time, "signed before the theft", standing=STOLEN_LATER)
    yield specimen(too_late, "signed by the thief", standing=STOLEN_BEFORE)
    yield specimen(mended, "signed after the theft")
    for award in revoked_at_once(owner):
        yield specimen(award, "after a bulk revocation")


def everything(owner: User, endorser: Issuer) -> Award:
    """All that STANDARDS.md §1 has a place for and we have a field for, in a second version."""
    issuer = found(
        "carries-all",
        owner,
        description="It carries everything.",
        other_identifiers=[
            {"type": "ext:ROR", "value": "https://ror.org/042nb2s44"},
            {"type": "identifier", "value": "N-1"},
        ],
    )
    issuer.logo.save("logo.png", picture())
    first = offer(issuer, owner, kind="micro_certification", **ALL, image=picture(), image_alt="A square")
    draft = defining.new_version(first.achievement, by=owner)
    version = defining.publish(defining.edit(draft, by=owner, product_release="44"), by=owner)
    endorsing.endorse(version, endorser=endorser, comment="We trust **this**.", by=owner)
    ids = {described["name"]: described["id"] for described in version.result_descriptions}
    results = {ids[name]: value for name, value in ACHIEVED.items()}
    (award,) = give(version, owner, {**TOLD, "results": results})
    return award


ALL = {
    "field_of_study": "Statistics",
    "specialization": "Analyse des données",
    "human_code": "STAT-43/B",
    "criteria_url": "https://peers.example/règles?course=43&part=b#criteria",
    "product": "Records",
    "product_release": "43",
    "credits_available": "4.5",
    "eqf_level": 6,
    "workload_hours": 120,
    "renewal": "Sit it again.",
    "supervised": True,
    "participation": "blended",
    "quality_assurance": "Looked at by two others.",
    "language": "en-GB",
    "tags": ["statistics", "données"],
    "role": ROLE,
    "signatories": SIGNATORIES,
    "skills": [
        {
            "name": "data mining",
            "url": "http://data.europa.eu/esco/skill/25f0ea33-b4a2-4f31-b7b4-7d20e827b180",
            "target_type": "ext:ESCOSkill",
            "level": "Advanced",
        },
        *(
            {
                "name": f"Data analysis {number}",
                "url": f"https://credentialengineregistry.org/resources/ce-98cb027b-95ef-4494-908d-{number:012}",
                "framework": "Credential Registry",
                "target_type": target,
                "code": f"ce-98cb027b-95ef-4494-908d-{number:012}",
            }
            for number, target in enumerate(["ceterms:Credential", "ceasn:Competency", "CTDL"])
        ),
        *(
            {
                "name": f"Reading of charts {number}",
                "url": f"https://case.example/ims/case/v1p0/CFItems/{number}",
                "framework": "State standards",
                "target_type": target,
                "code": f"M.{number}",
            }
            for number, target in enumerate(
                ["CFItem", "CFRubric", "CFRubricCriterion", "CFRubricCriterionLevel"]
            )
        ),
    ],
    "result_descriptions": [
        {"name": "Words", "result_type": "Result"},
        {"name": "GPA", "result_type": "GradePointAverage", "value_min": "0", "value_max": "4"},
        {
            "name": "Grade",
            "result_type": "LetterGrade",
            "allowed_values": ["F", "C", "B", "A"],
            "required_value": "C",
        },
        {"name": "Share", "result_type": "Percent", "value_min": "0", "value_max": "100"},
        {"name": "Points", "result_type": "RawScore", "value_min": "0", "value_max": "1000"},
        {"name": "Scaled", "result_type": "ScaledScore", "required_value": "70"},
        {
            "name": "Performance",
            "result_type": "PerformanceLevel",
            "allowed_values": ["Basic", "Proficient"],
        },
        {"name": "State", "result_type": "Status"},
        {"name": "Prediction", "result_type": "PredictedScore"},
        {
            "name": "Mastery",
            "result_type": "RubricCriterionLevel",
            "levels": [
                {"name": "Novice"},
                {"name": "Adept", "level": "2", "points": "4-8", "description": "Works *alone*."},
                {"name": "Master", "level": "3", "points": "12", "url": "https://levels.example/3"},
            ],
            "required_value": "Adept",
        },
        {"name": "Criterion", "result_type": "RubricCriterion"},
        {"name": "Rubric", "result_type": "RubricScore"},
    ],
}
ACHIEVED = {
    "Words": "With distinction", "GPA": "3.91", "Grade": "A", "Share": "96", "Points": "912",
    "Scaled": "81", "Performance": "Proficient", "State": "Completed", "Prediction": "90",
    "Mastery": "Master", "Criterion": "Met", "Rubric": "12",
}  # fmt: skip
TOLD = {
    "name": "Siobhán Ní Dhomhnaill",
    "licence_number": "L-1/2026",
    "language": "en-GB",
    "evidence_url": "https://evidence.example/übung?a=1&b=2",
    "evidence": [
        {
            "url": "https://evidence.example/2",
            "name": "Report",
            "narrative": "What was **found**.",
            "description": "Forty pages on données ouvertes.",
            "genre": "Audit",
            "audience": "The board",
        },
        {"url": "", "name": "Talk", "narrative": "Held before two examiners."},
    ],
    "narrative": "A project on *open* data.",
    "role": "Student",
    "term": "Autumn 2025",
    "activity_start": dt.date(2025, 9, 1),
    "activity_end": dt.date(2025, 12, 20),
    "credits_earned": "4.5",
}


def with_many_skills(owner: User) -> Award:
    """As many as there may be, with as much evidence as one award may have, none of it linked."""
    version = offer(
        found("many-skills", owner),
        owner,
        kind="degree",
        skills=[{"name": f"Skill {n}", "url": f"https://skills.example/{n}"} for n in range(99)],
        eqf_level=6,
    )
    (award,) = give(version, owner, {"evidence": [{"url": "", "name": f"Report {n}"} for n in range(10)]})
    return award


def with_hostile_texts(owner: User) -> Award:
    issuer = found("hostile", owner, name=HOSTILE, description=LINES)
    version = offer(
        issuer,
        owner,
        kind="degree",
        name=HOSTILE,
        description=LINES,
        criteria=LINES,
        field_of_study=HOSTILE,
        language="ar",
        specialization=HOSTILE,
        human_code=HOSTILE,
        tags=HOSTILE.split(),
        skills=[{"name": HOSTILE, "url": "https://skills.example/hostile", "level": "</script>"}],
        result_descriptions=[{"name": HOSTILE, "result_type": "Result"}],
        signatories=[{"name": HOSTILE, "title": HOSTILE}],
    )
    (described,) = version.result_descriptions
    (award,) = give(
        version,
        owner,
        {
            "name": HOSTILE,
            "narrative": LINES,
            "role": HOSTILE,
            "term": HOSTILE,
            "licence_number": HOSTILE,
            "results": {described["id"]: HOSTILE},
            "evidence": [
                {
                    "url": "",
                    "name": HOSTILE,
                    "narrative": LINES,
                    "description": LINES,
                    "genre": HOSTILE,
                    "audience": HOSTILE,
                }
            ],
        },
    )
    return award


def around_a_rotation(owner: User) -> tuple[Award, Award]:
    """One signed by the key that was retired since, one by the next."""
    version = offer(found("turned", owner), owner, kind="degree")
    (before,) = give(version, owner, {})
    keys.rotate(version.achievement.issuer, by=owner)
    (after,) = give(version, owner, {})
    return before, after


def with_many_keys(owner: User) -> Award:
    """As many as there is room for in the DID document; what is judged is signed by the last."""
    issuer = found("many-keys", owner)
    while has_room(issuer):
        keys.rotate(issuer, by=owner)
    (award,) = give(offer(issuer, owner, kind="badge"), owner, {})
    return award


def has_room(issuer: Issuer) -> bool:
    return len(keys.document_of(issuer, and_another=True)) <= did.MAX_BYTES


def around_a_theft(owner: User) -> tuple[Award, Award, Award]:
    """What a key signed before it was stolen and after, and what the key in its place signed."""
    version = offer(found("robbed", owner), owner, kind="role_certification")
    (in_time,) = give(version, owner, {})
    stolen_at = timezone.now()
    (too_late,) = give(version, owner, {})
    standing.withdraw_key(version.achievement.issuer.keys.get(), since=stolen_at, by=owner)
    (mended,) = give(version, owner, {})
    return in_time, too_late, mended


def revoked_at_once(owner: User) -> list[Award]:
    """One that stands among three that were taken back by one order."""
    issuer = found("takes-back", owner)
    stands, *others = give(offer(issuer, owner, kind="badge"), owner, {}, {}, {}, {})
    taken = Award.objects.filter(pk__in=[one.pk for one in others])
    standing.revoke_many(issuer, taken, number=3, reason="The exam was leaked.", by=owner)
    return [stands, *others]


def found(slug: str, owner: User, **fields) -> Issuer:
    profile = {"name": "Institute of peers", "url": "https://peers.example", "email": "hello@peers.example"}
    return membership.found(by=owner, slug=slug, **(profile | fields))


def offer(issuer: Issuer, owner: User, *, kind: str, **text) -> AchievementVersion:
    draft = defining.draft(
        issuer,
        kind=kind,
        slug=f"{kind.replace('_', '-')}-{next(_numbers)}",
        by=owner,
        **(TEXT | NEEDED.get(kind, {}) | text),
    )
    return defining.publish(draft, by=owner)


def give(version: AchievementVersion, owner: User, *people: dict) -> list[Award]:
    """Award to people who have a wallet, so that each award has a token; in their order."""
    named = [
        Person(**({"name": "Łukasz Zieliński", "subject_id": HOLDER} | who), line=line, email=address())
        for line, who in enumerate(people, start=2)
    ]
    batch = awarding.order(version, people=named, roster_name="peers.csv", by=owner)
    awarding.award_batch(batch.pk)
    return [row.award for row in batch.rows.order_by("number").select_related("award")]


def address() -> str:
    return f"earner{next(_numbers)}@peers.example"


def picture():
    drawn = io.BytesIO()
    Image.new("RGB", (400, 400), "#0b6b57").save(drawn, "PNG")
    drawn.seek(0)
    return reencode(drawn)


def specimen(award: Award, about: str, *, standing: str = "") -> Specimen:
    award = _awards().get(pk=award.pk)
    return Specimen(
        identifier=str(award.pk),
        about=about,
        kind=award.version.kind,
        standing=standing or str(award.standing),
        issuer=award.issuer.slug,
        status_list=award.status_list.url,
        email=award.recipient_email,
        has_token=hasattr(award, "compact_form"),
    )


def _awards():
    return Award.objects.for_page()
