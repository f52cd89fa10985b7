"""How long the public page of a credential takes, beside a view written without a thought for it."""

import statistics
import time

from django.conf import settings
from django.db import connection
from django.template import Context, Engine
from django.test import Client, RequestFactory, override_settings

from credentials import kinds, verifying
from credentials.models import Award
from credentials.openbadges import document, proof, verify
from credentials.views import public
from tests.benchmarks import Row
from tests.factories import make_award, make_version

ROUNDS, REQUESTS = 3, 60


def naive(award: Award) -> float:
    """Seconds a page: a connection a request, a query for each thing, templates read anew, no ETag."""
    options = settings.TEMPLATES[0]["OPTIONS"]
    started = time.perf_counter()
    for _ in range(REQUESTS):
        connection.close()
        proof._kept_hash.cache_clear()
        request = RequestFactory().get(award.get_absolute_url())
        found = Award.objects.get(pk=award.pk)
        report = verify.verify(
            document.parse(bytes(found.document)), verifying.Shelves(), now=public.timezone.now()
        )
        context = {
            "award": found,
            "issuer": found.issuer,
            "report": report,
            "said": report.verdict,
            "contents": public.contents.of(document.parse(bytes(found.document))),
            "kind": kinds.KINDS[found.version.kind],
            "theme": "light",
        }
        engine = Engine(dirs=settings.TEMPLATES[0]["DIRS"], builtins=options["builtins"], libraries=LIBRARIES)
        engine.get_template("credentials/public/credential.html").render(
            Context(context | {"request": request})
        )
    return (time.perf_counter() - started) / REQUESTS


LIBRARIES = {
    "i18n": "django.templatetags.i18n",
    "static": "django.templatetags.static",
    "humanize": "django.contrib.humanize.templatetags.humanize",
    "django_htmx": "django_htmx.templatetags.django_htmx",
}


def visitor(**headers: str) -> Client:
    return Client(headers={"accept": "text/html", **headers}, SERVER_NAME=settings.ALLOWED_HOSTS[0])


def ours(award: Award, **headers: str) -> float:
    """Seconds a page through the whole stack, as a visitor's browser asks."""
    client = visitor(**headers)
    path = award.get_absolute_url()
    started = time.perf_counter()
    for _ in range(REQUESTS):
        client.get(path)
    return (time.perf_counter() - started) / REQUESTS


@override_settings(DEBUG=False, SECURE_SSL_REDIRECT=False)
def rows() -> list[Row]:
    award = make_award(make_version())
    etag = visitor().get(award.get_absolute_url()).headers["ETag"]
    naive(award), ours(award)
    measured = [(naive(award), ours(award), ours(award, **{"if-none-match": etag})) for _ in range(ROUNDS)]
    baseline, page, unchanged = (statistics.median(column) for column in zip(*measured, strict=True))
    return [
        Row(block="public page of a credential, with its check", baseline=baseline, ours=page, target=3),
        Row(block="the same page, unchanged (304)", baseline=baseline, ours=unchanged, target=7),
    ]
