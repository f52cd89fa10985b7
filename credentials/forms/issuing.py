"""Forms of awarding: bring a roster, match its columns, award to one person, revoke."""

from dataclasses import replace

from django import forms

from credentials import bringing, roster
from credentials.forms.rows import EvidenceForm, Rows
from credentials.models import AchievementVersion, Roster
from issuers.forms import Signable
from issuers.text import tidy, validate_text

PASTED = "Pasted text"
FILE_TOO_LARGE = "The file is larger than 20 MB. Split the roster and bring the parts one after the other."
PASTED_TOO_LARGE = "That is more than 5 MB of text. Save it as a file and choose the file above."
PIECES = 4
DAY_FIRST = {"": None, "day": True, "month": False}


class RosterForm(forms.Form):
    """A file or pasted rows; exactly one of them."""

    file = forms.FileField(
        label="Roster",
        required=False,
        allow_empty_file=True,  # then the roster says so, with the name of the file
        help_text="CSV, TSV or XLSX with a heading line; up to 50,000 rows and 20 MB. Any order of columns.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    pasted = forms.CharField(
        label="Or paste rows",
        required=False,
        strip=False,
        help_text="Straight from a spreadsheet, headings and all. One person a line.",
        widget=forms.Textarea(
            attrs={"rows": 6, "placeholder": "name, email\nAmara Nwosu, amara@example.org"}
        ),
    )

    @classmethod
    def refusing(cls, field: str, sentence: str) -> "RosterForm":
        """The form for something too large to be kept: nothing of it is left but the complaint."""
        form = cls({})
        form.is_valid()
        form.errors.clear()
        form.add_error(field, sentence)
        return form

    def clean(self):
        file, pasted = self.cleaned_data.get("file"), self.cleaned_data.get("pasted", "").strip()
        if not self.errors and bool(file) == bool(pasted):
            raise forms.ValidationError(
                "Both a file and pasted rows were given; take one."
                if file
                else "Choose a file or paste some rows."
            )
        return self.cleaned_data

    def source(self) -> tuple[bytes, str]:
        """(bytes, name) of what was brought."""
        if file := self.cleaned_data["file"]:
            return file.read(), file.name
        return self.cleaned_data["pasted"].encode(), PASTED


class MatchForm(forms.Form):
    """One choice for each column of a roster: which field it is."""

    def __init__(self, *args, brought: Roster, **kwargs):
        super().__init__(*args, **kwargs)
        self.brought, self.sheet = brought, bringing.sheet_of(brought)
        choices = [("", "Leave out"), *_fields_to_match(brought.version)]
        for number, heading in enumerate(self.sheet.headings):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=heading or f"Column {number + 1}",
                choices=choices,
                required=False,
                initial=brought.matching.get(str(number), ""),
            )
        self.fields["dates"] = forms.ChoiceField(
            label="Dates such as 05/06/2026",
            choices=[
                ("", "As the other dates of the file say"),
                ("day", "Day first"),
                ("month", "Month first"),
            ],
            required=False,
            initial={None: "", True: "day", False: "month"}[brought.day_first],
        )

    def columns(self):
        """(bound field, the first cells of the column) for each column, for the page."""
        for number in range(len(self.sheet.headings)):
            some = [
                cells[number] for _, cells in self.sheet.rows[:40] if number < len(cells) and cells[number]
            ]
            yield self[f"column_{number}"], some[:3]

    def clean(self):
        chosen: dict[str, int] = {}
        for number in range(len(self.sheet.headings)):
            field = self.cleaned_data.get(f"column_{number}")
            if field and field in chosen:
                first = self.fields[f"column_{chosen[field]}"].label
                self.add_error(
                    f"column_{number}", f"“{first}” is matched to this already. Leave one of them out."
                )
            elif field:
                chosen[field] = number
        self.matching = {number: field for field, number in chosen.items()}
        if not self.errors:
            self._refuse_incomplete()
        return self.cleaned_data

    def day_first(self) -> bool | None:
        return DAY_FIRST[self.cleaned_data["dates"]]

    def _refuse_incomplete(self):
        try:
            roster.refuse_incomplete(self.matching, self.sheet.headings)
        except roster.RosterRefused as complaint:
            raise forms.ValidationError(str(complaint)) from complaint


class OrderForm(forms.Form):
    """The answer to the last question: how many the person was told."""

    count = forms.IntegerField(min_value=1)


class MoreForm(Signable, forms.Form):
    """What a single award can say besides; it is kept in the signed document alone."""

    narrative = forms.CharField(
        label="What was done for it",
        required=False,
        max_length=4000,
        help_text="Markdown.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    role = forms.CharField(
        label="In which role", required=False, max_length=200, help_text="Such as team lead."
    )
    term = forms.CharField(required=False, max_length=200, help_text="Such as Autumn 2026.")
    activity_start = forms.DateField(
        label="The activity began on", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    activity_end = forms.DateField(
        label="The activity ended on", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    credits_earned = forms.DecimalField(
        label="Credits earned",
        required=False,
        min_value=0,
        max_digits=6,
        decimal_places=2,
        help_text="Empty: as many as the credential is worth.",
    )
    subject_id = forms.RegexField(
        r"\Adid:[a-z0-9]+:[A-Za-z0-9._:%-]+\Z",
        label="Identifier of their wallet (DID)",
        required=False,
        max_length=300,
        help_text="If they told you one. With it the credential has a compact form (JWT) too.",
        error_messages={"invalid": "A wallet’s identifier looks like did:key:z6Mk…"},
    )

    def clean(self):
        begin, end = self.cleaned_data.get("activity_start"), self.cleaned_data.get("activity_end")
        if begin and end and end < begin:
            self.add_error("activity_end", "It ended before it began.")
        return self.cleaned_data

    def told(self) -> dict:
        """The fields as `awarding.Person` takes them."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return said | ({"credits_earned": str(said["credits_earned"])} if "credits_earned" in said else {})


class AwardForm(forms.Form):
    """One person, checked by the same rules as a row of a roster."""

    name = forms.CharField(
        max_length=1000,
        help_text="As it shall stand on the certificate.",
        error_messages={"required": "The name is empty. It is printed on the certificate."},
    )
    email = forms.CharField(
        label="E-mail address",
        max_length=300,
        error_messages={"required": "The address is empty. The news goes there."},
        help_text="The news goes there, and whoever owns the address can claim the credential.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    awarded_on = forms.CharField(
        label="Awarded on",
        required=False,
        help_text="Empty: today.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    valid_until = forms.CharField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    evidence_url = forms.CharField(
        label="Evidence",
        required=False,
        max_length=1000,
        help_text="An https address that shows how it was earned.",
    )
    licence_number = forms.CharField(required=False, max_length=100)
    language = forms.CharField(required=False, max_length=20, help_text="Such as en or pt-BR.")
    again = forms.BooleanField(
        label="Award it again",
        required=False,
        help_text="Only if this person holds it already and shall hold it once more.",
    )

    def __init__(self, *args, version: AchievementVersion, pieces: int = PIECES, **kwargs):
        super().__init__(*args, **kwargs)
        self.version = version
        ends = (
            f"{version.validity_days} days after it is awarded"
            if version.validity_days
            else "it never expires"
        )
        self.fields["valid_until"].help_text = f"Empty: {ends}."
        self.fields["language"].initial = version.language
        for key, name in bringing.result_columns(version):
            self.fields[roster.RESULT_PREFIX + key] = forms.CharField(
                label=name, required=False, max_length=200
            )
        self.order_fields([field for field in self.fields if field != "again"] + ["again"])
        data = self.data if self.is_bound else None
        self.more = MoreForm(data)
        self.pieces = Rows(EvidenceForm, "evidence", "Evidence", pieces, data=data, initial=[])

    def clean(self):
        for sentences in self.more.errors.values():
            self.add_error(None, sentences)
        for complaint in self.pieces.complaints():
            self.add_error(None, complaint)
        if self.errors:
            return self.cleaned_data
        fields = [field for field in self.fields if field != "again" and self.cleaned_data[field]]
        cells = [self.cleaned_data[field] for field in fields]
        sheet = roster.Sheet("A single award", fields, [(1, cells)], "xlsx", "")
        checked = bringing.check_sheet(self.version, sheet, dict(enumerate(fields)))
        for complaint in checked.complaints:
            if complaint.weight == "fix":
                self.add_error(complaint.field or None, complaint.reason)
            elif complaint.weight == "choice" and not self.cleaned_data["again"]:
                self.add_error("again", f"{complaint.reason} Tick this to award it once more.")
        if not self.errors:
            (person,) = bringing.people(checked, {"1": bringing.AGAIN} if self.cleaned_data["again"] else {})
            self.person = replace(person, evidence=self.pieces.said, **self.more.told())
        return self.cleaned_data


class RevokeForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        validators=[validate_text],
        error_messages={"required": "The reason is empty. Whoever checks the credential reads it."},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One sentence. It is public: whoever checks the credential reads it; the earner too. It "
        "stays in your journal: name nobody.",
    )

    def clean_reason(self):
        return tidy(self.cleaned_data["reason"])


class RevokeManyForm(RevokeForm):
    """Why, and the number typed once more: `number` is how many the page says it would be."""

    typed = forms.IntegerField(
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Type the number, so that nothing is revoked by a slip of the hand."},
    )

    def __init__(self, *args, number: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.number = number
        self.fields["typed"].label = f"Type {number} to say that you mean all of them"

    def clean_typed(self):
        if self.cleaned_data["typed"] != self.number:
            raise forms.ValidationError(f"It would be {self.number} credentials. Type that number.")
        return self.cleaned_data["typed"]


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label="This cannot be undone, also not by whoever runs this site.",
        error_messages={"required": "Tick this to go on."},
    )


def _fields_to_match(version: AchievementVersion) -> list[tuple[str, str]]:
    results = [
        (roster.RESULT_PREFIX + key, f"Result: {name}") for key, name in bringing.result_columns(version)
    ]
    return [(field, column.label) for field, column in roster.COLUMNS.items()] + results
