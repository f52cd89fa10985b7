"""Every address of the site; each app names its own."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from config import health, look, outbox, styleguide

# One door in: its limits and its second factor hold for whoever runs the site too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("theme/", look.set_theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("issuers.urls")),  # first: did.json and the logo lie below an issuer, as achievements do
    path("", include("credentials.urls.public")),
    path("", include("credentials.urls.verification")),
    path("", include("credentials.urls.defining")),
    path("", include("credentials.urls.issuing")),
    path("", include("credentials.urls.endorsing")),
    path("", include("credentials.urls.formats")),
    path("", include("credentials.urls.trust")),
    path("", include("portfolios.urls")),
    path("", include("config.api")),
]

if settings.DEVELOPMENT:
    urlpatterns += [
        path("styleguide/", styleguide.styleguide, name="styleguide"),
        path("outbox/", outbox.messages, name="outbox"),
        path("outbox/<slug:message>/", outbox.message, name="outbox_message"),
    ]
