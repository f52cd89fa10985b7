"""What is typed to define an achievement: what its kind needs, no more, with its defaults already there."""

from copy import deepcopy

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.forms.models import fields_for_model

from credentials import defining
from credentials.forms import commas, levels
from credentials.forms.rows import ResultForm, Rows, SignatoryForm, SkillForm, validate_reference
from credentials.icons import ICONS
from credentials.kinds import Kind
from credentials.models import AchievementVersion
from issuers.forms import PICTURE_HELP, PictureField, Signable, WebAddressField
from issuers.text import slug_of

SKILLS, RESULTS, SIGNATORIES = 6, 4, 3
VALIDITIES = {
    0: "It never expires",
    182: "6 months",
    365: "1 year",
    547: "18 months",
    730: "2 years",
    1095: "3 years",
    1825: "5 years",
    3650: "10 years",
}
EQF_LEVELS = {
    1: "1: basic general knowledge",
    2: "2: basic knowledge of a field",
    3: "3: knowledge of facts and principles",
    4: "4: end of upper secondary school",
    5: "5: short higher education",
    6: "6: bachelor",
    7: "7: master",
    8: "8: doctorate",
}
TYPE_NAMES = {
    "BachelorDegree": "Bachelor’s degree",
    "MasterDegree": "Master’s degree",
    "DoctoralDegree": "Doctoral degree",
    "AssociateDegree": "Associate degree",
    "CertificateOfCompletion": "Certificate of completion",
    "MicroCredential": "Micro-credential",
    "CommunityService": "Community service",
}
SLUG_HELP = (
    "Small letters, digits and hyphens. It is signed into every credential, so it cannot change once "
    "version 1 is published. Leave it empty and it is made from the name."
)
TAGS_HELP = (
    "Words that people search for, with commas between: open data, statistics. "
    f"At most {defining.MOST_TAGS}, of up to {defining.LONGEST_TAG} characters each."
)
ALWAYS = frozenset(
    {"name", "description", "criteria", "criteria_url", "achievement_type", "tags", "language"}
    | {"image", "image_alt", "icon"}
)
SYMBOLS = [("", "None"), *((name, words.capitalize()) for name, words in ICONS.items())]
LANGUAGES = sorted(
    ((code, info["name"]) for code, info in LANG_INFO.items() if "name" in info), key=lambda pair: pair[1]
)

TEXT_FIELDS = fields_for_model(
    AchievementVersion,
    fields=[
        "name",
        "description",
        "criteria",
        "image_alt",
        "review_by",
        "field_of_study",
        "specialization",
        "human_code",
        "product",
        "product_release",
        "credits_available",
        "workload_hours",
        "renewal",
        "assessment",
        "supervised",
        "participation",
        "quality_assurance",
        "sub_type",
    ],
    labels={
        "criteria": "How it is earned",
        "image_alt": "What the picture shows",
        "review_by": "Look at it again by",
        "product": "Product or subject",
        "product_release": "Release",
        "quality_assurance": "How quality is assured",
        "supervised": "The assessment is supervised and identity is checked",
    },
    help_texts={
        "name": "As it is printed on the certificate.",
        "description": "What somebody who holds it can do, in a few sentences for an employer.",
        "criteria": "What was asked for. Markdown: blank lines between paragraphs, - for lists, **bold**.",
        "image_alt": "For those who cannot see it.",
        "review_by": "You are reminded at your desk when it is due. Nobody’s credential ends by it.",
        "specialization": "The branch of the field, for example Machine learning.",
        "human_code": "What you call it in your catalogue, such as a course or exam number.",
        "product_release": "For example 4.2. A new release is a new version.",
        "credits_available": "ECTS credits, for example 180.",
        "workload_hours": "Hours of work for the average learner.",
        "renewal": "What somebody has to do before it expires.",
        "quality_assurance": "Who looks at your work, and how.",
    },
    widgets={
        "description": forms.Textarea(attrs={"rows": 4}),
        "criteria": forms.Textarea(attrs={"rows": 8}),
        "review_by": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        "renewal": forms.Textarea(attrs={"rows": 3}),
        "quality_assurance": forms.Textarea(attrs={"rows": 3}),
        "workload_hours": forms.NumberInput(attrs={"min": 1, "inputmode": "numeric"}),
    },
)


SECTIONS = [
    (
        "What it is",
        "Printed on the certificate and signed into every credential.",
        "name slug achievement_type sub_type description role_name role_url field_of_study"
        " specialization human_code product product_release tags language",
    ),
    (
        "How it is earned",
        "What an employer reads to know what it is worth.",
        "criteria criteria_url assessment supervised participation workload_hours credits_available eqf_level"
        " quality_assurance",
    ),
    ("How long it holds", "", "validity_days review_by renewal"),
    (
        "Picture",
        "We draw one in your colour, around the symbol that you choose. A picture of yours takes its place.",
        "icon image remove_image image_alt",
    ),
]


class AchievementForm(Signable, forms.Form):
    """The draft of a version. `version` is what was said before; without it the kind's defaults show."""

    def __init__(self, data=None, files=None, *, kind: Kind, version: AchievementVersion | None = None):
        self.kind, self.version = kind, version
        fields = dict(self._all_fields())
        asked = (name for *_, names in SECTIONS for name in names.split())
        self.base_fields = {  # type: ignore[misc]  # each kind asks for its own
            name: fields[name] for name in asked if self._needs(name)
        }
        super().__init__(data, files, initial=self._initial())
        self.skills = Rows(SkillForm, "skills", "Skills", SKILLS, data=data, initial=self._skills())
        self.results = self.signatories = None
        if "results" in kind.fields:
            self.results = Rows(ResultForm, "results", "Results", RESULTS, data=data, initial=self._results())
        if "signatories" in kind.fields:
            said = defining.signatories_of(version) if version else []
            self.signatories = Rows(
                SignatoryForm, "signatories", "Signatories", SIGNATORIES, data=data, initial=said
            )

    # What it asks

    def _all_fields(self):
        required = self.kind.required
        types = [(name, TYPE_NAMES.get(name, name)) for name in self.kind.achievement_types]
        yield "slug", forms.CharField(label="Address", required=False, max_length=40, help_text=SLUG_HELP)
        yield "achievement_type", forms.ChoiceField(label="Type", choices=types)
        yield "language", forms.ChoiceField(label="Language of these words", choices=LANGUAGES, initial="en")
        yield (
            "validity_days",
            forms.TypedChoiceField(
                label="Valid for",
                coerce=int,
                choices=self._validities(),
                help_text="Counted from the day it is awarded.",
            ),
        )
        yield "eqf_level", forms.TypedChoiceField(
            label="EQF level", coerce=int, empty_value=None, required=False,
            choices=[("", "Not said"), *EQF_LEVELS.items()],
            help_text="The level in the European Qualifications Framework.",
        )  # fmt: skip
        yield (
            "role_name",
            forms.CharField(
                label="Role",
                max_length=200,
                required="role" in required,
                help_text="The job that it certifies for.",
            ),
        )
        yield "role_url", WebAddressField(
            label="Web address of the role", max_length=300, required="role" in required,
            validators=[validate_reference],
            help_text="Where the role is described: your own page, or its page in ESCO.",
        )  # fmt: skip
        yield "criteria_url", WebAddressField(
            label="Web address of the criteria", max_length=300, required=False,
            help_text="If they stand in full on a page of yours, such as an exam’s regulations.",
        )  # fmt: skip
        yield "tags", forms.CharField(label="Tags", required=False, max_length=1500, help_text=TAGS_HELP)
        yield (
            "icon",
            forms.ChoiceField(label="Symbol", choices=SYMBOLS, required=False, widget=forms.RadioSelect),
        )
        yield "image", PictureField(max_edge=1200, label="Picture", help_text=PICTURE_HELP)
        yield "remove_image", forms.BooleanField(label="Take the picture away", required=False)
        for name, field in TEXT_FIELDS.items():
            yield name, deepcopy(field)

    def _needs(self, name: str) -> bool:
        if name in {"role_name", "role_url"}:
            return "role" in self.kind.fields
        if name == "slug":
            return self.version is None or not self.version.achievement.versions.published().exists()
        if name == "remove_image":
            return bool(self.version and self.version.image)
        if name == "validity_days":
            return bool(self.kind.validity_days or self.kind.review_days)
        if name == "review_by":
            return bool(self.kind.review_days)
        return name in ALWAYS or name in self.kind.fields

    def _validities(self) -> list[tuple[int, str]]:
        """The usual spans, and the one that the version has."""
        spans = dict(VALIDITIES)
        if self.version:
            spans.setdefault(self.version.validity_days, f"{self.version.validity_days} days")
        return sorted(spans.items())

    # What stands there at first

    def _initial(self) -> dict:
        version = self.version
        if version is None:
            return defining.defaults(self.kind) | {"language": "en"}
        role = version.role
        return {name: getattr(version, name) for name in defining.TEXT} | {
            "slug": version.achievement.slug,
            "tags": commas.joined(version.tags),
            "role_name": version.role_called,
            "role_url": role.uri if role else "",
        }

    def _skills(self) -> list[dict]:
        if self.version is None:
            return []
        links = self.version.versionskill_set.select_related("skill__framework")
        return [
            {
                "name": link.called,
                "url": link.skill.uri,
                "framework": link.stands_in,
                "level": link.level,
                "code": link.code,
                "target_type": link.target_type,
            }
            for link in links
        ]

    def _results(self) -> list[dict]:
        described = self.version.result_descriptions if self.version else self.kind.results
        return [one | _typed(one) for one in described]

    # What was typed

    @property
    def rows(self) -> list[Rows]:
        return [rows for rows in (self.skills, self.results, self.signatories) if rows]

    def clean_slug(self):
        """The address that was typed, or one made from the name."""
        name = self.cleaned_data.get("name", "")
        slug = self.cleaned_data["slug"] or slug_of(name)
        if name and not slug:
            raise ValidationError("Choose an address: none can be made from this name.")
        return slug

    def clean_tags(self):
        try:
            return defining.tidied_tags(commas.parted(self.cleaned_data["tags"]))
        except ValidationError as error:
            raise ValidationError(error.messages) from None

    def clean(self):
        self.skills.refuse_twice("url", defining.SKILL_TWICE)
        for rows in self.rows:
            for complaint in rows.complaints():
                self.add_error(None, complaint)
        return super().clean()

    def add_error(self, field, error):
        """A verb names the model's fields; each is shown where this form asks for it."""
        if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                self.add_error(self._asked_as(name), errors)
        else:
            super().add_error(field, error)

    def _asked_as(self, name: str) -> str | None:
        name = {"role": "role_name"}.get(name, name)
        return name if name in self.fields else None

    def told(self) -> dict:
        """What was typed as `defining.draft` and `defining.edit` take it."""
        said = {name: value for name, value in self.cleaned_data.items() if name in defining.TEXT}
        if "slug" in self.fields:
            said["slug"] = self.cleaned_data["slug"]
        if "image" not in self.changed_data:
            del said["image"]
            if self.cleaned_data.get("remove_image"):
                said["image"] = None
        if "role_name" in self.fields:
            said["role"] = {"name": self.cleaned_data["role_name"], "url": self.cleaned_data["role_url"]}
        said["skills"] = self.skills.said
        if self.results:
            said["result_descriptions"] = self.results.said
        if self.signatories:
            said["signatories"] = self.signatories.said
        return said

    def sections(self) -> list[dict]:
        """The fields by the question that they answer, as the page shows them."""
        parts = [
            {
                "title": title,
                "aside": aside,
                "fields": [self[name] for name in names.split() if name in self.fields],
            }
            for title, aside, names in SECTIONS
        ]
        return [part for part in parts if part["fields"]]


def _typed(described: dict) -> dict[str, str]:
    """The values of a result as they are typed: a rubric has its levels, anything else its values."""
    if described.get("levels"):
        return {"allowed_values": "", "levels": levels.write(described["levels"])}
    return {"allowed_values": commas.joined(described.get("allowed_values", ()))}
