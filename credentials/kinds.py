"""The four kinds of achievement, their scale and their defaults, kept as data (DESIGN.md, "The data")."""

from dataclasses import dataclass, field

MACRO, MICRO = "macro", "micro"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a kind of achievement is called, what it needs, and what it begins with.

    `statement` leads from the person's name to the title on a certificate that has no words of its own;
    `fields` are the optional fields of a version that its form shows; `required` those it insists on;
    `validity_days` 0 means that it never expires.
    """

    slug: str
    name: str
    plural: str
    scale: str
    meaning: str
    statement: str
    achievement_types: tuple[str, ...]
    validity_days: int = 0
    review_days: int | None = None
    results: tuple[dict, ...] = ()
    fields: frozenset[str] = field(default_factory=frozenset)
    required: frozenset[str] = field(default_factory=frozenset)


DEGREE = Kind(
    slug="degree",
    name="Degree",
    plural="Degrees",
    scale=MACRO,
    meaning="A degree covers a whole field of study and takes years. It does not expire.",
    statement="has been awarded the degree of",
    achievement_types=(
        "BachelorDegree",
        "MasterDegree",
        "DoctoralDegree",
        "AssociateDegree",
        "Diploma",
    ),
    results=(
        {"name": "Classification", "result_type": "Result"},
        {"name": "GPA", "result_type": "GradePointAverage"},
    ),
    fields=frozenset(
        {"field_of_study", "specialization", "human_code", "credits_available", "eqf_level"}
        | {"workload_hours", "signatories", "results"}
    ),
)
ROLE_CERTIFICATION = Kind(
    slug="role_certification",
    name="Role certification",
    plural="Role certifications",
    scale=MACRO,
    meaning="A role certification says that somebody can do a whole job, proven by an exam. It is renewed.",
    statement="is certified as",
    achievement_types=("Certification", "License"),
    validity_days=2 * 365,
    results=({"name": "Score", "result_type": "RawScore"},),
    fields=frozenset(
        {"role", "specialization", "human_code", "product", "renewal", "eqf_level", "workload_hours"}
        | {"signatories", "results"}
    ),
    required=frozenset({"role"}),
)
MICRO_CERTIFICATION = Kind(
    slug="micro_certification",
    name="Micro-certification",
    plural="Micro-certifications",
    scale=MICRO,
    meaning="A micro-certification proves a few skills of a role, assessed for one release of a product.",
    statement="has earned the micro-certification",
    achievement_types=("Certification", "MicroCredential"),
    validity_days=365,
    results=({"name": "Score", "result_type": "Percent"},),
    fields=frozenset(
        {"product", "product_release", "assessment", "supervised", "quality_assurance", "participation"}
        | {"human_code", "credits_available", "workload_hours", "results"}
    ),
    required=frozenset({"assessment"}),
)
BADGE = Kind(
    slug="badge",
    name="Badge",
    plural="Badges",
    scale=MICRO,
    meaning="A badge shows one skill, one piece of knowledge or one contribution. It is quick to earn.",
    statement="has earned the badge",
    achievement_types=(
        "Badge",
        "Competency",
        "CertificateOfCompletion",
        "Membership",
        "CommunityService",
        "Award",
    ),
    review_days=182,
    fields=frozenset({"product", "product_release", "sub_type"}),
)

KINDS = {kind.slug: kind for kind in (DEGREE, ROLE_CERTIFICATION, MICRO_CERTIFICATION, BADGE)}
SCALE_MEANING = {
    MACRO: "A macro-credential covers a whole field or role and takes long to earn.",
    MICRO: "A micro-credential covers a few skills and is quick to earn; look at who issued it, and how.",
}
