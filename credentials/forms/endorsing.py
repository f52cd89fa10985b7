"""The form with which an issuer endorses what another offers."""

from django import forms

from issuers.forms import Signable


class EndorseForm(Signable, forms.Form):
    comment = forms.CharField(
        label="Why do you endorse it?",
        max_length=2000,
        help_text="Two or three sentences, such as how you know it and what it is worth to you. Public.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
