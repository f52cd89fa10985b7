"""The issuer's desk where a person is erased: asked once more, by an owner who just proved who they are."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_http_methods

from credentials import access, erasing
from credentials.erasing import Found, Whose
from credentials.forms.issuing import EraseForm
from issuers.access import ask_again_who, issuer_to_own

SHOWN = 20  # credentials by name; the number says how many there are


@login_required
@require_http_methods(["GET", "POST"])
def award_erase(request, issuer, pk):
    desk = issuer_to_own(request.user, issuer)
    if erasing.was_erased(desk, pk):  # a second click, or a colleague was faster
        messages.info(request, "This person’s data is erased already.")
        return redirect("awards", issuer)
    award = access.award_to_erase(request.user, issuer, pk)
    whose = Whose(addresses=frozenset({award.recipient_email}))
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ask_again_who(request)
        found = erasing.erase(desk, whose, by=request.user)
        messages.success(request, _said(found))
        return redirect("awards", issuer)
    theirs = whose.held_at(desk).select_related("version").defer("document")
    context = {
        "award": award,
        "issuer": desk,
        "form": form,
        "found": erasing.known_at(desk, whose),
        "some": theirs.order_by("-awarded_at")[:SHOWN],
    }
    return render(request, "credentials/issuing/award_erase.html", context)


def _said(found: Found) -> str:
    """What was done, without a word about whom: messages are kept for a moment too."""
    if not found:
        return "This person’s data is erased already."
    what = f"{found.awards} credential{pluralize(found.awards)}"
    return f"Erased: {what}, and all that was kept of the person with {pluralize(found.awards, 'it,them')}."
