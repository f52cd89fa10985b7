"""What an earner fills in: who can see a credential, and the words of a portfolio."""

from django import forms
from django.utils.functional import cached_property

from credentials.models import Award
from issuers.forms import Signable
from portfolios import access, arranging
from portfolios.models import Profile

STEPS = {"up": -1, "down": 1}


class VisibilityForm(forms.Form):
    """One credential's audience. Many stand on one page, so each has ids of its own."""

    visibility = forms.ChoiceField(label="Who can see it", choices=Award.Visibility.choices)

    def __init__(self, data=None, *, award: Award):
        super().__init__(data, auto_id=f"id_{award.pk}_%s", initial={"visibility": award.visibility})


class ProfileForm(Signable, forms.ModelForm):
    """Nothing of it is signed, but it is public: what cannot be seen has no place in it either."""

    class Meta:
        model = Profile
        fields = ["handle", "name", "headline", "about", "audience"]
        labels = {"audience": "Who can see your portfolio", "about": "About you"}
        help_texts = {
            "handle": "Your portfolio’s address ends with it. Small letters, digits and hyphens. "
            "When you change it, the old address leads to the new one.",
            "headline": "One line below your name: what you do, or what you look for.",
            "about": "A few paragraphs. Markdown works: *emphasis*, **strong**, [words](https://…), lists.",
        }
        widgets = {"about": forms.Textarea(attrs={"rows": 7}), "audience": forms.RadioSelect}

    def __init__(self, data=None, *, user, initial=None):
        self.user = user
        super().__init__(data, instance=access.my_profile(user) or Profile(user=user), initial=initial)
        self.fields["handle"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
        self.fields["name"].widget.attrs |= {"autocomplete": "name"}
        for name in ("name", "headline", "about"):
            self.fields[name].widget.attrs |= {"dir": "auto"}

    def clean_handle(self):
        handle = self.cleaned_data["handle"]
        if reason := arranging.why_not(handle, self.user):
            raise forms.ValidationError(reason)
        return handle


class LeaveForm(forms.Form):
    KEEP, ERASE = "keep", "erase"

    credentials = forms.ChoiceField(
        label="What happens to your credentials?",
        choices=[
            (KEEP, "They stay checkable for those who have their address"),
            (ERASE, "Erase them too, everywhere on this site"),
        ],
        initial=KEEP,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    sure = forms.BooleanField(
        label="Close my account. This cannot be undone.",
        error_messages={"required": "Tick this to go on."},
    )


class Arrangement:
    """The credentials part of the portfolio's form: their order, which are shown, which one was moved.

    Not a Django form: there is nothing to type, and an id that is not the person's own is no mistake to be
    mended but an address that is not found (Http404).
    """

    def __init__(self, data, *, user):
        self.data = data
        self.order = access.my_awards_named(user, data.getlist("order"))
        self._ticked = set(access.my_awards_named(user, data.getlist("show")))

    @cached_property
    def shown(self) -> list[Award]:
        """The ticked ones in the order of the page, after the move that was asked for."""
        ticked = [award for award in self.order if award in self._ticked]
        if self.moved and self.moved in ticked:
            return arranging.moved(ticked, self.moved, by=STEPS[self._step])
        return ticked

    @property
    def hidden(self) -> list[Award]:
        return [award for award in self.order if award not in self._ticked]

    @cached_property
    def moved(self) -> Award | None:
        """The credential whose Move button was pressed."""
        return next((award for award in self.order if str(award.pk) == self._move[1]), None)

    @property
    def _step(self) -> str:
        return self._move[0]

    @cached_property
    def _move(self) -> tuple[str, str]:
        step, _, pk = self.data.get("move", "").partition(":")
        return (step, pk) if step in STEPS else ("", "")
