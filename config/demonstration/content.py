"""What the demo shows: three issuers, what can be earned from them, and who earned it when.

Days count back from today, so that the demo is always current. Nobody in it exists.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Earned:
    """`count` awards of a version, `days` ago; `ends_in` days from today, if not as the version says."""

    count: int
    days: int
    version: int = 1
    ends_in: int | None = None
    revoked: str = ""
    results: tuple[dict[str, str], ...] = ()
    evidence: tuple[list[dict[str, str]], ...] = ()  # of one person each, in turn, as results are
    ada: bool = False


@dataclass(frozen=True)
class Offer:
    slug: str
    kind: str
    versions: tuple[dict, ...]
    earned: tuple[Earned, ...] = ()


@dataclass(frozen=True)
class Organisation:
    owner: str
    slug: str
    shape: str
    letter: str
    profile: dict
    offers: tuple[Offer, ...] = field(default_factory=tuple)


PEOPLE = (
    "Chiamaka Obi", "Łukasz Zieliński", "李晓梅", "محمد الأحمد", "Nguyễn Thị Hương", "Søren Østergaard",
    "María José Carreño Quiñones", "Σοφία Παπαδοπούλου", "Anna-Lena Freifrau von und zu Guttenberg-Hohenfels",
    "नन्दिता राव", "Ольга Ковальчук", "佐藤 健", "김민준", "Fatma Yılmaz", "Siobhán Ní Dhomhnaill",
    "תמר כהן", "João Gonçalves", "ธนากร ศรีสุข", "Ilse de Boer", "Suharto",
)  # fmt: skip

_SKILLS = "https://skills.{host}.example/{slug}"


def _skill(name: str, host: str, framework: str, level: str = "") -> dict:
    slug = name.lower().replace(" ", "-")
    return {"name": name, "url": _SKILLS.format(host=host, slug=slug), "framework": framework, "level": level}


def _northfield(*names: str) -> list[dict]:
    return [_skill(name, "northfield", "Northfield curriculum") for name in names]


def _halyard(*names: str, level: str = "") -> list[dict]:
    return [_skill(name, "halyard", "Halyard skills", level) for name in names]


def _kompass(*names: str) -> list[dict]:
    return [_skill(name, "kompass", "Kompass competences") for name in names]


INFORMATICS = {
    "name": "Bachelor of Science in Informatics",
    "icon": "binary",
    "description": "Three years of study in how information is represented, computed, kept and moved, "
    "with a thesis on a problem of the student's own choice.",
    "criteria": "All of the following:\n\n* 180 ECTS in the modules of the study plan\n* a thesis of "
    "12 ECTS, defended before two examiners\n* no open examination",
    "achievement_type": "BachelorDegree",
    "field_of_study": "Informatics",
    "specialization": "Distributed systems",
    "human_code": "BSC-INF-2024",
    "criteria_url": "https://northfield.example/study-plans/informatics",
    "tags": ["informatics", "software", "databases"],
    "credits_available": "180",
    "eqf_level": 6,
    "workload_hours": 5400,
    "result_descriptions": [
        {"name": "Classification", "result_type": "Result"},
        {"name": "GPA", "result_type": "GradePointAverage", "value_min": "0", "value_max": "4"},
    ],
    "skills": _northfield("Algorithms", "Software engineering", "Database design"),
    "signatories": [
        {"name": "Prof. Dr. Adaeze Nwankwo", "title": "Rector"},
        {"name": "Dr. Henrik Lindqvist", "title": "Registrar"},
    ],
}
HEALTH_DATA = INFORMATICS | {
    "name": "Master of Public Health Data",
    "icon": "stethoscope",
    "description": "Two years on how data about the health of many is gathered, judged and acted upon.",
    "criteria": "* 120 ECTS in the modules of the study plan\n* a placement of 12 weeks in a public body\n"
    "* a thesis of 30 ECTS",
    "achievement_type": "MasterDegree",
    "field_of_study": "Public health",
    "specialization": "Epidemiology",
    "human_code": "MPH-DATA-2024",
    "criteria_url": "https://northfield.example/study-plans/public-health-data",
    "tags": ["public health", "statistics", "data ethics"],
    "credits_available": "120",
    "eqf_level": 7,
    "workload_hours": 3600,
    "skills": _northfield("Epidemiology", "Data ethics", "Statistical modelling"),
}
THESES = (
    [
        {
            "url": "https://northfield.example/theses/2024/clocks-that-disagree",
            "name": "Clocks that disagree: ordering events without a shared clock",
            "genre": "Bachelor’s thesis",
            "audience": "Two examiners, and the public at the defence",
            "description": "62 pages, with the programs and the measurements that it rests on.",
            "narrative": "Compares three ways to order events on **40 machines**, and shows where each "
            "of them fails.\n\n"
            "* written alone, in eleven weeks\n* defended in public\n* marked by both examiners",
        },
        {
            "url": "https://code.northfield.example/theses/clocks-that-disagree",
            "name": "The programs of the thesis",
            "genre": "Software",
            "audience": "Whoever wants to repeat the measurements",
        },
    ],
)
HONOURS = (
    {"Classification": "First-class honours", "GPA": "3.91"},
    {"Classification": "Upper second-class honours", "GPA": "3.40"},
    {"Classification": "Pass", "GPA": "2.49"},
)
NORTHFIELD = Organisation(
    owner="registrar@demo.example",
    slug="northfield",
    shape="shield",
    letter="N",
    profile={
        "name": "Northfield University",
        "url": "https://northfield.example",
        "email": "registrar@northfield.example",
        "description": "A public university of 9,000 students. Its registrar answers for every degree here.",
        "colour": "#1d3f72",
        "country": "GB",
    },
    offers=(
        Offer(
            "bsc-informatics",
            "degree",
            (INFORMATICS,),
            (Earned(9, 164, results=HONOURS), Earned(1, 164, results=HONOURS[:1], evidence=THESES, ada=True)),
        ),
        Offer(
            "mph-data",
            "degree",
            (HEALTH_DATA,),
            (
                Earned(6, 130, results=HONOURS[1:]),
                Earned(1, 130, results=HONOURS[2:], revoked="The thesis was withdrawn by its author."),
            ),
        ),
    ),
)

ENGINEER = {
    "name": "Halyard Platform Engineer",
    "icon": "server",
    "description": "Plans, runs and repairs a Halyard platform for teams that depend on it every day.",
    "criteria": "A supervised practical examination of four hours with a score of at least **700 of 1,000**.",
    "achievement_type": "Certification",
    "specialization": "Operations",
    "human_code": "HPE-2",
    "tags": ["platforms", "operations", "on call"],
    "role": {"name": "Platform engineer", "url": "https://skills.halyard.example/roles/platform-engineer"},
    "product": "Halyard",
    "validity_days": 730,
    "renewal": "Pass the examination again, or earn two Halyard micro-certifications in the last year.",
    "skills": _halyard("Cluster operation", "Incident response", "Capacity planning", level="Advanced"),
    "result_descriptions": [
        {
            "name": "Score",
            "result_type": "RawScore",
            "value_min": "0",
            "value_max": "1000",
            "required_value": "700",
        }
    ],
    "signatories": [{"name": "Ines Carvalho", "title": "Head of Certification"}],
}
SECURITY = ENGINEER | {
    "name": "Halyard Security Administrator",
    "icon": "shield-check",
    "description": "Keeps identities, secrets and audit trails of a Halyard platform in order.",
    "specialization": "Security",
    "human_code": "HSA-1",
    "tags": ["platforms", "security"],
    "role": {
        "name": "Security administrator",
        "url": "https://skills.halyard.example/roles/security-administrator",
    },
    "skills": _halyard("Identity management", "Secrets handling", "Audit", level="Advanced"),
}
SHARE = {"name": "Score", "result_type": "Percent", "value_min": "0", "value_max": "100"}
STREAMS = {
    "name": "Halyard Streams: Backpressure",
    "icon": "chart-line",
    "description": "Keeps a pipeline of Halyard Streams steady when its consumers are slow.",
    "criteria": "A practical task of 45 minutes on a prepared pipeline, judged by its measurements.",
    "achievement_type": "MicroCredential",
    "human_code": "HST-101",
    "tags": ["streams", "operations"],
    "product": "Halyard Streams",
    "product_release": "43",
    "assessment": "practical",
    "supervised": True,
    "validity_days": 365,
    "workload_hours": 12,
    "skills": _halyard("Stream processing", level="Intermediate"),
    "result_descriptions": [SHARE],
}
VAULT = STREAMS | {
    "name": "Halyard Vault: Secrets without copies",
    "icon": "key",
    "description": "Gives programs their secrets without a file, a log line or a screen that keeps them.",
    "human_code": "HVA-101",
    "tags": ["security", "secrets, keys and tokens"],
    "product": "Halyard Vault",
    "product_release": "12",
    "skills": _halyard("Secrets handling", level="Intermediate"),
    "result_descriptions": [
        SHARE,
        {
            "name": "Practice",
            "result_type": "RubricCriterionLevel",
            "required_value": "Steady",
            "levels": [
                {
                    "name": "Guided",
                    "level": "1",
                    "points": "0-3",
                    "description": "Finds the secret that a program needs when told where to look.",
                },
                {
                    "name": "Steady",
                    "level": "2",
                    "points": "4-7",
                    "description": "Hands out secrets that expire, and can say who has which.",
                },
                {
                    "name": "Watchful",
                    "level": "3",
                    "points": "8-10",
                    "description": "Notices a secret that leaked, replaces it, and no program stops.",
                    "url": "https://skills.halyard.example/secrets-handling/watchful",
                },
            ],
        },
    ],
}
SCORES = ({"Score": "912"}, {"Score": "835"}, {"Score": "703"}, {"Score": "776"})
_LEVELS = ("Watchful", "Steady", "Steady")
DRILL = (
    [
        {
            "url": "https://drills.halyard.example/vault/recordings",
            "name": "Recording of the drill",
            "genre": "Screen recording",
            "audience": "The examiners of Halyard",
            "description": "24 minutes: a token leaks, and is replaced while the programs go on.",
        }
    ],
)
PERCENTS = ({"Score": "96"}, {"Score": "81"}, {"Score": "74"})
PRACTISED = tuple(score | {"Practice": level} for score, level in zip(PERCENTS, _LEVELS, strict=True))
HALYARD = Organisation(
    owner="certs@demo.example",
    slug="halyard",
    shape="hexagon",
    letter="H",
    profile={
        "name": "Halyard Software",
        "url": "https://halyard.example",
        "email": "certification@halyard.example",
        "description": "Halyard makes platform software and examines what people can do with it.",
        "colour": "#7a2e6d",
        "country": "NL",
        "linkedin_id": "1000001",
    },
    offers=(
        Offer(
            "platform-engineer",
            "role_certification",
            (ENGINEER,),
            (
                Earned(6, 200, results=SCORES),
                Earned(2, 900, results=SCORES),
                Earned(1, 310, results=SCORES, ada=True),
                Earned(1, 90, results=SCORES[2:], revoked="The examination was sat by somebody else."),
            ),
        ),
        Offer(
            "security-administrator",
            "role_certification",
            (SECURITY,),
            (Earned(4, 60, results=SCORES), Earned(2, 710, results=SCORES[1:])),
        ),
        Offer(
            "streams-backpressure",
            "micro_certification",
            (STREAMS, STREAMS | {"product_release": "44"}),
            (
                Earned(4, 250, results=PERCENTS),
                Earned(1, 345, results=PERCENTS, ada=True),
                Earned(4, 20, version=2, results=PERCENTS),
            ),
        ),
        Offer(
            "vault-secrets",
            "micro_certification",
            (VAULT,),
            (
                Earned(3, 40, results=PRACTISED, evidence=DRILL),
                Earned(1, 400, results=PRACTISED, evidence=DRILL, ada=True),
                Earned(1, -7, results=PRACTISED),
            ),
        ),
    ),
)

FACILITATION = {
    "name": "Meeting Facilitation",
    "icon": "users",
    "description": "Leads a meeting of ten or more people to a decision that all of them can repeat.",
    "criteria": "Three meetings led, each with a note by two of the participants.",
    "achievement_type": "Badge",
    "sub_type": "skill",
    "tags": ["meetings", "decisions"],
    "skills": _kompass("Facilitation", "Listening"),
}
CONTRIBUTION = {
    "name": "First Contribution",
    "icon": "git-branch",
    "description": "A first contribution to the open handbook of the guild, taken in after review.",
    "criteria": "One chapter, exercise or translation that two editors took in.",
    "achievement_type": "Badge",
    "sub_type": "contribution",
    "skills": _kompass("Technical writing"),
}
ACCESSIBILITY = {
    "name": "Accessible Teaching Materials",
    "icon": "accessibility",
    "description": "Makes materials that learners with a screen reader, without colour vision or without a "
    "mouse can use as well as anybody.",
    "criteria": "Two sets of materials, checked by learners who depend on it.",
    "achievement_type": "Competency",
    "sub_type": "proficiency",
    "tags": ["teaching", "accessibility"],
    "skills": _kompass("Accessibility", "Instructional design"),
}
NOTES = (
    [
        {
            "name": "Notes on three meetings",
            "genre": "Observation",
            "audience": "The guild",
            "description": "Two participants of each meeting wrote down what was decided, and how.",
            "narrative": "All six say the same of each decision. One of them adds:\n\n"
            "> For once I knew at the end why I had come.",
        }
    ],
)
KOMPASS = Organisation(
    owner="badges@demo.example",
    slug="kompass",
    shape="circle",
    letter="K",
    profile={
        "name": "Kompass Guild of Trainers",
        "url": "https://kompass.example",
        "email": "badges@kompass.example",
        "description": "An association of 400 trainers who learn from one another and write down what works.",
        "colour": "#8a5200",
        "country": "DE",
    },
    offers=(
        Offer(
            "meeting-facilitation",
            "badge",
            (FACILITATION,),
            (
                Earned(5, 30),
                Earned(1, 45, evidence=NOTES, ada=True),
                Earned(1, 60, revoked="Awarded twice by mistake."),
            ),
        ),
        Offer("first-contribution", "badge", (CONTRIBUTION,), (Earned(4, 80), Earned(1, 3, ada=True))),
        Offer(
            "accessible-materials",
            "badge",
            (ACCESSIBILITY,),
            (Earned(3, 100), Earned(1, 10, ada=True), Earned(2, 360, ends_in=21)),
        ),
    ),
)
ORGANISATIONS = (NORTHFIELD, HALYARD, KOMPASS)
