"""The repeated lines of a form: a fixed number of small forms, some filled, some empty, without script."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError

from credentials import defining
from credentials.forms import commas, levels
from credentials.roster.extras import COUNTED
from issuers.forms import Signable, WebAddressField
from issuers.text import tidy
from skills.frameworks import ESCO_URIS

NO_NUMBER = "Write a number, for example 60 or 3.5."


def validate_reference(url: str) -> None:
    """The address of a skill or a role: https, or one of ESCO's own, which are http."""
    if not url.startswith(("https://", ESCO_URIS)):
        raise ValidationError("Use an address that begins with https://")


class RowForm(Signable, forms.Form):
    """One of a fixed number of lines of a form. An empty one counts for nothing."""

    says: tuple[str, ...] = ()  # the fields that make it count

    def __init__(self, *args, **kwargs):
        super().__init__(*args, empty_permitted=True, use_required_attribute=False, **kwargs)

    def has_changed(self):
        return any((self.data.get(self.add_prefix(name)) or "").strip() for name in self.says)


class SkillForm(RowForm):
    says = ("name", "url", "framework", "level", "code")
    name = forms.CharField(label="Skill", max_length=200)
    url = WebAddressField(label="Its web address", max_length=300, validators=[validate_reference])
    framework = forms.CharField(label="Framework", max_length=200, required=False)
    level = forms.CharField(label="Level", max_length=40, required=False)
    code = forms.CharField(label="Its code there", max_length=100, required=False)
    target_type = forms.ChoiceField(
        label="What the address names",
        choices=[("", "Not said"), *defining.TARGET_TYPES.items()],
        required=False,
    )


class EvidenceForm(RowForm):
    says = ("url", "name", "genre", "description", "narrative", "audience")
    name = forms.CharField(label="Name", max_length=200, required=False)
    url = WebAddressField(label="Its web address", max_length=1000, required=False)
    genre = forms.CharField(
        label="Kind", max_length=100, required=False, help_text="Such as essay, film or audit."
    )
    audience = forms.CharField(
        label="Made for", max_length=200, required=False, help_text="Such as the examiners."
    )
    description = forms.CharField(
        label="What it is", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    narrative = forms.CharField(
        label="What it shows",
        max_length=4000,
        required=False,
        help_text="How it came about, and what it proves. Markdown.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ResultForm(RowForm):
    says = ("name", "allowed_values", "levels", "value_min", "value_max", "required_value")
    id = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="Result", max_length=100)
    result_type = forms.ChoiceField(label="It is", choices=list(defining.RESULT_TYPES.items()))
    allowed_values = forms.CharField(
        label="Possible values, from low to high",
        max_length=1000,
        required=False,
        help_text="With commas between. Leave it empty if any value may stand there.",
    )
    levels = forms.CharField(
        label="Levels of a rubric, from low to high",
        max_length=20_000,
        required=False,
        help_text="One a line: name | level | points | what it takes. Only the name must be there. Where a "
        "framework has the level too, its address may stand last.",
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": levels.EXAMPLE}),
    )
    value_min = forms.CharField(label="Lowest", max_length=40, required=False)
    value_max = forms.CharField(label="Highest", max_length=40, required=False)
    required_value = forms.CharField(label="Needed to pass", max_length=40, required=False)

    def clean_allowed_values(self):
        values = commas.parted(tidy(self.cleaned_data["allowed_values"]))
        if len(set(values)) < len(values):
            raise ValidationError("A value stands there twice.")
        return values

    def clean_levels(self):
        return levels.read(tidy(self.cleaned_data["levels"]))

    def clean(self):
        super().clean()
        said = self.cleaned_data
        if not self.errors:
            self._clean_rubric(said)
        if self.errors:
            return said
        if said["result_type"] == "Status":
            self._clean_statuses(said)
            if self.errors:
                return said
        if said["result_type"] in COUNTED and not said["allowed_values"]:
            self._clean_numbers(said)
        elif said["value_min"] or said["value_max"]:
            self.add_error(
                "value_min", "Lowest and highest are for numbers. List the possible values instead."
            )
        if said["allowed_values"] and said["required_value"] not in ("", *said["allowed_values"]):
            self.add_error("required_value", "It is not one of the possible values.")
        return said

    def _clean_rubric(self, said: dict) -> None:
        """A rubric has its levels in one place; short ones may be the possible values."""
        if said["result_type"] != defining.RUBRIC:
            if said["levels"]:
                self.add_error("levels", f"Only a “{defining.RESULT_TYPES[defining.RUBRIC]}” has levels.")
        elif said["levels"] and said["allowed_values"]:
            self.add_error("allowed_values", "The levels are listed below. Leave this empty.")
        elif said["levels"]:
            said["allowed_values"] = [level["name"] for level in said["levels"]]

    def _clean_statuses(self, said: dict) -> None:
        for name, values in (
            ("allowed_values", said["allowed_values"]),
            ("required_value", [said["required_value"]]),
        ):
            if complaint := defining.refusal_of_statuses(values):
                self.add_error(name, complaint)

    def _clean_numbers(self, said: dict) -> None:
        numbers = {}
        for name in ("value_min", "required_value", "value_max"):
            try:
                numbers[name] = Decimal(said[name]) if said[name] else None
            except InvalidOperation:
                return self.add_error(name, NO_NUMBER)
            if not (numbers[name] or Decimal()).is_finite():
                return self.add_error(name, NO_NUMBER)
        in_order = [number for number in numbers.values() if number is not None]
        if in_order != sorted(in_order):
            self.add_error("value_min", "Lowest, needed and highest are not in this order.")
        return None


class SignatoryForm(RowForm):
    says = ("name", "title")
    name = forms.CharField(label="Name", max_length=100)
    title = forms.CharField(label="Title", max_length=100, required=False)


class Rows:
    """A fixed number of small forms under one heading, some filled, some empty."""

    def __init__(self, form_class, prefix: str, title: str, at_least: int, *, data, initial: Sequence[dict]):
        self.title, self.prefix = title, prefix
        count = max(at_least, len(initial) + 1)
        self.forms = [
            form_class(
                data,
                prefix=f"{prefix}-{number}",
                initial=initial[number] if data is None and number < len(initial) else None,
            )
            for number in range(count)
        ]

    @property
    def open(self) -> list[RowForm]:
        """The lines that are shown at once: those that say something, and one more."""
        said = [
            n for n, form in enumerate(self.forms) if form.initial or (form.is_bound and form.has_changed())
        ]
        return self.forms[: max(said, default=-1) + 2]

    @property
    def open_count(self) -> int:
        return len(self.open)

    @property
    def folded(self) -> list[RowForm]:
        return self.forms[self.open_count :]

    @property
    def said(self) -> list[dict]:
        return [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data]

    def refuse_twice(self, name: str, sentence: str) -> None:
        """Refuse a line whose field `name` says what that of an earlier line says."""
        seen = set()
        for form in self.forms:
            value = form.cleaned_data.get(name) if form.is_valid() else None
            if value and value in seen:
                form.add_error(name, sentence)
            seen.add(value)

    def complaints(self) -> list[str]:
        """Each wrong field as a sentence that says where it stands."""
        return [
            f"{self.title}, line {number}, {form.fields[name].label.lower()}: {sentence}"
            for number, form in enumerate(self.forms, start=1)
            for name, sentences in form.errors.items()
            for sentence in sentences
        ]
