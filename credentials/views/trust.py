"""What others trust an issuer by, tended by its owners: a key that was stolen, a domain that is proven."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from credentials import domains, standing
from issuers import access, limits
from issuers import domains as claims
from issuers.forms import DomainForm, StolenForm
from issuers.keys import CannotWithdraw
from issuers.models import DomainClaim


@login_required
@require_http_methods(["GET", "POST"])
def key_stolen(request, issuer, number):
    issuer = access.issuer_to_own(request.user, issuer)
    key = get_object_or_404(issuer.keys.defer("wrapped_private"), number=number)
    form = StolenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        access.ask_again_who(request)
        try:
            active = standing.withdraw_key(key, since=form.cleaned_data["since"], by=request.user)
        except CannotWithdraw as refusal:
            form.add_error("since", str(refusal))
        else:
            messages.success(request, _withdrawn(key, active))
            return redirect("keys", issuer.slug)
    context = {"issuer": issuer, "key": key, "signed": key.awards.count(), "form": form}
    return render(request, "issuers/key_stolen.html", context)


def _withdrawn(key, active) -> str:
    """What has happened, in numbers."""
    key.refresh_from_db(fields=["compromised_at"])
    doubtful = key.awards.filter(recorded_at__gte=key.compromised_at).count()
    what = "1 credential no longer counts" if doubtful == 1 else f"{doubtful:,} credentials no longer count"
    return f"{key.fragment} is withdrawn; {active.fragment} signs from now on. {what} here."


@login_required
@require_http_methods(["GET", "POST"])
def domain(request, issuer):
    issuer = access.issuer_to_own(request.user, issuer)
    claim = DomainClaim.objects.filter(issuer=issuer).first()
    form = DomainForm(request.POST or None, initial={"domain": claim.domain if claim else ""})
    if request.method == "POST" and form.is_valid():
        claims.claim(issuer, form.cleaned_data["domain"], by=request.user)
        return redirect("domain", issuer.slug)
    return render(request, "issuers/domain.html", {"issuer": issuer, "claim": claim, "form": form})


@login_required
@require_POST
def domain_check(request, issuer):
    issuer = access.issuer_to_own(request.user, issuer)
    access.keep_within(limits.VERIFY, request, issuer=issuer)
    checked = domains.check(_claim_of(issuer), by=request.user)
    issuer.refresh_from_db(fields=["verified_domain"])
    if checked and issuer.verified_domain == checked.domain:
        messages.success(request, f"{checked.domain} is proven.")
    return redirect("domain", issuer.slug)


@login_required
@require_http_methods(["GET", "POST"])
def domain_give_up(request, issuer):
    issuer = access.issuer_to_own(request.user, issuer)
    claim = _claim_of(issuer)
    if request.method == "POST":
        claims.give_up(issuer, by=request.user)
        messages.success(request, f"{claim.domain} is given up.")
        return redirect("domain", issuer.slug)
    return render(request, "issuers/domain_give_up.html", {"issuer": issuer, "claim": claim})


def _claim_of(issuer) -> DomainClaim:
    claim = DomainClaim.objects.filter(issuer=issuer).select_related("issuer").first()
    if claim is None:
        raise Http404("This issuer names no domain.")
    return claim
