"""What people type at the issuer's desk, and what every form of ours asks of text, pictures and addresses."""

import datetime as dt
import re

from allauth.account.models import EmailAddress
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.utils import timezone

from issuers.domains import LONGEST, NotADomain, normalise
from issuers.images import MAX_BYTES, UnreadableImage, reencode
from issuers.models import RESERVED_SLUGS, ApiKey, Issuer, Role
from issuers.text import slug_of, tidy, validate_text

SLUG_TAKEN = "Another issuer of this site has this address. Choose another."
REGISTER = re.compile(r"[A-Za-z0-9._-]{1,30}\Z")
EMPTY = "It is empty, and it is needed."
PICTURE_HELP = "A PNG, JPEG or WebP file of up to 10 MB."
ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


class Signable(forms.BaseForm):
    """A form whose every text may be signed: control characters refused, line ends as LF."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = EMPTY
            if isinstance(field, forms.CharField):
                field.validators.append(validate_text)

    def _clean_fields(self):
        super()._clean_fields()
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = tidy(value)


class WebAddressField(forms.URLField):
    """An address that may become a link: https, or http where it still has to be."""

    default_validators = [URLValidator(schemes=["https", "http"])]

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "error_messages", {"invalid": "Write a whole web address, such as https://example.org"}
        )
        super().__init__(assume_scheme="https", **kwargs)


class PictureField(forms.FileField):
    """A picture, drawn anew as PNG with at most `max_edge` pixels a side; the file as it came is not kept."""

    widget = forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})

    def __init__(self, *, max_edge: int, **kwargs):
        super().__init__(required=False, **kwargs)
        self.max_edge = max_edge

    def to_python(self, data):
        file = super().to_python(data)
        if file is None:
            return None
        if file.size > MAX_BYTES:
            raise ValidationError("The picture is larger than 10 MB. Choose a smaller one.")
        try:
            return reencode(file, max_edge=self.max_edge)
        except UnreadableImage as error:
            raise ValidationError(str(error)) from None


class IssuerForm(Signable, forms.ModelForm):
    """What an issuer says about itself. Its slug is asked for once, by FoundForm."""

    field_order = ["name", "slug", "url", "email", "description", "logo", "remove_logo", "colour"]
    url = WebAddressField(
        label="Web address",
        max_length=300,
        widget=forms.URLInput(attrs={"autocomplete": "url", "placeholder": "https://"}),
    )
    logo = PictureField(max_edge=800, label="Logo", help_text=PICTURE_HELP)

    class Meta:
        model = Issuer
        fields = ["name", "url", "email", "description", "logo", "colour"]
        labels = {
            "name": "Name of the organisation",
            "slug": "Address on this site",
            "email": "E-mail address for questions",
            "description": "What it does",
            "colour": "Colour",
        }
        help_texts = {
            "slug": "Small letters, digits and hyphens. It is signed into every credential, so it can never "
            "change. Leave it empty and it is made from the name.",
            "email": "It is public, and part of every credential.",
            "description": "A few sentences for somebody who has never heard of it.",
            "colour": "For your page and your certificates, in shades that can be read.",
            "linkedin_id": "The number of your page there. With it your logo appears when somebody adds a "
            "credential to their profile.",
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "description": forms.Textarea(attrs={"rows": 4}),
            "colour": forms.ColorInput(),
        }
        error_messages = {"slug": {"unique": SLUG_TAKEN}}

    def told(self) -> dict:
        """The fields as `membership.found` and `describing.describe` take them."""
        return self.cleaned_data | {"logo": self.cleaned_data["logo"] or ""}


class FoundForm(IssuerForm):
    class Meta(IssuerForm.Meta):
        fields = ["name", "slug", "url", "email", "description", "logo", "colour"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False

    def clean_slug(self):
        """The slug that was typed, or one made from the name."""
        slug = self.cleaned_data["slug"] or slug_of(self.cleaned_data.get("name", ""))
        if not slug and self.cleaned_data.get("name"):
            raise ValidationError("Choose an address: none can be made from this name.")
        if slug in RESERVED_SLUGS:
            raise ValidationError(f"“{slug}” is an address of this site itself. Choose another.")
        return slug


class SettingsForm(IssuerForm):
    remove_logo = forms.BooleanField(label="Take the logo away", required=False)
    registers = forms.CharField(
        label="What registers call it",
        required=False,
        max_length=2000,
        help_text="One in a line: the register, then what it says. ROR https://ror.org/042nb2s44",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta(IssuerForm.Meta):
        fields = ["name", "url", "email", "description", "logo", "colour", "linkedin_id"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["registers"].initial = "\n".join(
            f"{known['type'].removeprefix('ext:')} {known['value']}"
            for known in self.instance.other_identifiers
        )
        self.fields["linkedin_id"].validators.append(
            RegexValidator(r"^[0-9]{1,20}\Z", "Write the number alone, for example 1441.")
        )
        if not self.instance.logo:
            del self.fields["remove_logo"]

    def clean_registers(self):
        """As Open Badges 3.0 says it: [{type: "ext:ROR", value}]."""
        known = []
        for line in filter(None, map(str.strip, self.cleaned_data["registers"].splitlines())):
            register, _, value = line.partition(" ")
            if not REGISTER.match(register) or not value.strip():
                raise ValidationError(
                    f"“{line[:60]}” is not the short name of a register, a space, and what it says."
                )
            known.append({"type": f"ext:{register}", "value": value.strip()})
        return known

    def told(self) -> dict:
        told = super().told()
        told["other_identifiers"] = told.pop("registers")
        if told.pop("remove_logo", False) and "logo" not in self.changed_data:
            told["logo"] = ""
        return told


class AddMemberForm(forms.Form):
    """Somebody who has an account here, by a verified address of theirs."""

    email = forms.EmailField(
        label="E-mail address",
        help_text="An address that they have confirmed on this site.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="What they may do", choices=Role.choices, widget=forms.RadioSelect, initial=Role.AUDITOR
    )

    def clean_email(self):
        address = self.cleaned_data["email"].translate(ASCII_LOWER)
        known = EmailAddress.objects.select_related("user").filter(email=address, verified=True).first()
        if known is None:
            raise ValidationError(
                f"Nobody here has confirmed the address {address}. Ask them to sign up with it and to "
                "confirm it; then add them."
            )
        self.user = known.user
        return address


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="What they may do", choices=Role.choices, widget=forms.RadioSelect)


class ApiKeyForm(Signable, forms.Form):
    name = forms.CharField(
        label="Name", max_length=100, help_text="Which program will use it, such as “Learning platform”."
    )
    scope = forms.ChoiceField(
        label="What it may do",
        choices=ApiKey.Scope.choices,
        initial=ApiKey.Scope.AWARD,
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label="It ends",
        choices=[(30, "In 30 days"), (365, "In a year"), (0, "When it is revoked")],
        coerce=int,
        initial=365,
    )

    def told(self) -> dict:
        """The fields as `api_keys.make` takes them."""
        days = self.cleaned_data["days"]
        return {
            "name": self.cleaned_data["name"],
            "scope": self.cleaned_data["scope"],
            "ends_at": timezone.now() + dt.timedelta(days=days) if days else None,
        }


class NewKeyForm(forms.Form):
    """`after` is the key that was active when the page was shown: pressing twice makes one key."""

    after = forms.CharField(widget=forms.HiddenInput)


class StolenForm(forms.Form):
    since = forms.DateTimeField(
        label="Since when may it be in other hands?",
        help_text="In UTC. If you do not know, take the earliest moment at which it could have happened.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": EMPTY, "invalid": "Write a day and a time, such as 2027-05-03 14:05."},
    )
    sure = forms.BooleanField(
        label="This cannot be taken back, and other sites will refuse everything that this key signed.",
        error_messages={"required": "Tick this to go on."},
    )


class DomainForm(Signable, forms.Form):
    domain = forms.CharField(
        label="Your domain",
        max_length=2 * LONGEST,
        help_text="The one that people know you by, such as northfield.example.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_domain(self):
        try:
            return normalise(self.cleaned_data["domain"])
        except NotADomain as error:
            raise ValidationError(str(error)) from None
