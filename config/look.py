"""What every page shares: the site's name, the theme that a visitor chose, how long a page may be kept."""

import math
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from issuers.limits import TooOften

THEMES = ("system", "light", "dark")
YEAR = 365 * 24 * 3600
HEALTH = frozenset({"/healthz", "/readyz"})


def site(request) -> dict:
    """Context of every template. `theme` is "system", "light" or "dark", known before the page is drawn."""
    chosen = request.COOKIES.get("theme", "")
    return {
        "site_name": settings.SITE_NAME,
        "public_base_url": settings.PUBLIC_BASE_URL,
        "theme": chosen if chosen in THEMES else "system",
        "development": settings.DEVELOPMENT,
    }


@csrf_exempt  # so that a public page needs no CSRF cookie; who makes you see the dark theme gains nothing
@require_POST
def set_theme(request):
    """Keep the chosen theme in a cookie and go back to where the visitor was."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest(f"The theme is one of {', '.join(THEMES)}.")
    response = HttpResponseRedirect(_back(request))
    response.set_cookie(
        "theme", theme, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _back(request) -> str:
    asked = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe else "/"


class TooOftenPages:
    """Says 429, with a sentence and Retry-After, to whoever asked too often (issuers.limits)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, TooOften):
            return None
        response = render(request, "429.html", {"minutes": math.ceil(exception.wait / 60)}, status=429)
        response["Retry-After"] = str(exception.wait)
        return response


class PrivatePages:
    """What a signed-in person was shown is not kept by any cache, unless the view said how long it may be."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        return response


class WithoutNul:
    """No NUL in the query or in a cookie: PostgreSQL refuses to look for one, and nobody means it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        for name, written in (("QUERY_STRING", "%00"), ("HTTP_COOKIE", "\\000")):
            asked = request.META.get(name, "")
            if written in asked or "\x00" in asked:
                request.META[name] = asked.replace(written, "+").replace("\x00", "+")
        return self.get_response(request)


class OneHost:
    """The site has one address: also asked for by another port, mail and redirects lead to that one alone
    (TRUST.md 13). Machines of the house ask after its health by whatever address they know. A development
    site is at the address at which it is asked for."""

    def __init__(self, get_response):
        if settings.DEVELOPMENT:
            raise MiddlewareNotUsed
        self.get_response, self.host = get_response, urlsplit(settings.PUBLIC_BASE_URL).netloc

    def __call__(self, request):
        if request.path not in HEALTH:
            request.get_host()  # a host that is not ours is refused
        request.META["HTTP_HOST"] = self.host
        return self.get_response(request)
