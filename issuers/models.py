"""Who vouches: organisations, their people, their keys, and the journal of what they did."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from issuers import did

RESERVED_SLUGS = frozenset({"new", "admin", "api", "static", "media", "status", "me", "issuers", "testamur"})

validate_slug = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]\Z",
    "Use 3 to 40 small letters, digits and hyphens, for example “northfield-institute”.",
)
validate_colour = RegexValidator(
    r"^#[0-9a-f]{6}\Z", "Write the colour as # and six digits, for example #0b6b57."
)


class Issuer(models.Model):
    """An organisation that vouches (a Profile in Open Badges 3.0)."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=40, unique=True, validators=[validate_slug])
    url = models.URLField("web address", max_length=300)
    email = models.EmailField("public e-mail address")
    description = models.TextField(max_length=2000, blank=True)
    logo = models.ImageField(upload_to="logos/", blank=True)
    colour = models.CharField(max_length=7, default="#0b6b57", validators=[validate_colour])
    country = models.CharField(max_length=2, blank=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    linkedin_id = models.CharField("LinkedIn organisation id", max_length=20, blank=True)
    other_identifiers = models.JSONField(
        default=list, blank=True, help_text="[{type, value}]: what registers call it, such as its ROR."
    )
    verified_domain = models.CharField(max_length=253, blank=True)
    domain_verified_at = models.DateTimeField(null=True, blank=True)
    lost_domain = models.CharField(
        max_length=253, blank=True, help_text="Proven once, and not found any more since domain_lost_at."
    )
    domain_lost_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    my_role: str  # of the person who asked; `issuers.access` says it, for the buttons of a page

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("issuer", args=[self.slug])

    @property
    def did(self) -> str:
        """`did:web` of this issuer. It is signed into every credential, so the slug never changes."""
        return did.did_web(settings.PUBLIC_BASE_URL, "issuers", self.slug)


class DomainClaim(models.Model):
    """The domain that an issuer says is its own, and how far that is proven: the row is also the job."""

    class Way(models.TextChoices):
        DNS = "dns", "a TXT record"
        FILE = "file", "a file on its web site"

    issuer = models.OneToOneField(Issuer, models.CASCADE, related_name="domain_claim")
    domain = models.CharField(max_length=253)
    token = models.CharField(max_length=64)
    claimed_at = models.DateTimeField()
    proven_by = models.CharField(max_length=10, choices=Way, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    seen = models.JSONField(
        default=list, blank=True, help_text="[{way, outcome, sentence}] of the last check"
    )
    next_check_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.domain} of {self.issuer.slug}"

    @property
    def text(self) -> str:
        """What the TXT record or a line of the file has to say."""
        return f"testamur-verification={self.token}"

    @property
    def record_name(self) -> str:
        return f"_testamur.{self.domain}"

    @property
    def file_url(self) -> str:
        return f"https://{self.domain}/.well-known/testamur.txt"


class Role(models.TextChoices):
    OWNER = "owner", "Owner: everything, also members and keys"
    EDITOR = "editor", "Editor: defines what can be earned"
    AWARDER = "awarder", "Awarder: awards and revokes"
    AUDITOR = "auditor", "Auditor: reads"


class Member(models.Model):
    issuer = models.ForeignKey(Issuer, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "user"], name="one_role_per_member")]

    def __str__(self):
        return f"{self.user} ({self.role})"


class SigningKeyQuerySet(models.QuerySet):
    def active(self):
        return self.filter(retired_at__isnull=True, compromised_at__isnull=True)


class SigningKey(models.Model):
    """An Ed25519 key of an issuer. Only `issuers.keys` makes one or opens its private part."""

    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="keys")
    number = models.PositiveSmallIntegerField()
    public_multibase = models.CharField(max_length=60, unique=True)
    wrapped_private = models.BinaryField(editable=False)
    wrapped_by = models.CharField(max_length=16, editable=False, help_text="Fingerprint of the master key.")
    active_from = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    compromised_at = models.DateTimeField(null=True, blank=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        ordering = ["issuer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="key_number_once_per_issuer"),
            models.UniqueConstraint(
                fields=["issuer"],
                condition=Q(retired_at__isnull=True, compromised_at__isnull=True),
                name="one_active_key_per_issuer",
            ),
        ]

    def __str__(self):
        return f"{self.issuer.slug}#{self.fragment}"

    @property
    def fragment(self) -> str:
        return f"key-{self.number}"

    @property
    def verification_method(self) -> str:
        return f"{self.issuer.did}#{self.fragment}"


class SiteKey(models.Model):
    """An Ed25519 key of the site itself, for its receipts. The one with the highest number signs, the others
    stay published. Only `issuers.keys` makes one or opens its private part."""

    number = models.PositiveSmallIntegerField(unique=True)
    public_multibase = models.CharField(max_length=60, unique=True)
    wrapped_private = models.BinaryField(editable=False)
    wrapped_by = models.CharField(max_length=16, editable=False, help_text="Fingerprint of the master key.")
    active_from = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"site#{self.fragment}"

    @property
    def fragment(self) -> str:
        return f"key-{self.number}"

    @property
    def verification_method(self) -> str:
        return f"{did.did_web(settings.PUBLIC_BASE_URL)}#{self.fragment}"


class TokenKey(models.Model):
    """The public half of a signing key's token form (`issuers.keys.tokens`). Published with its key."""

    key = models.OneToOneField(SigningKey, models.PROTECT, related_name="token_key")
    jwk = models.JSONField()

    def __str__(self):
        return f"token form of {self.key}"


class ApiKey(models.Model):
    """What a program of an issuer signs in with. `issuers.api_keys` makes one; only a hash is kept of it."""

    class Scope(models.TextChoices):
        READ = "read", "Read what was awarded"
        AWARD = "award", "Award and revoke, and read what was awarded"

    issuer = models.ForeignKey(Issuer, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=10, choices=Scope)
    prefix = models.CharField(max_length=20, unique=True, help_text="How people tell keys apart.")
    sha256 = models.CharField(max_length=64, editable=False, help_text="Of the whole key.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "name"],
                condition=Q(revoked_at__isnull=True),
                name="one_live_api_key_of_a_name_per_issuer",
            )
        ]

    def __str__(self):
        return f"{self.name} ({self.prefix})"

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()


class KeptReply(models.Model):
    """What a request with an `Idempotency-Key` was answered (`issuers.idempotency`); None while it runs."""

    client = models.CharField(max_length=40, help_text="The account or API key that asked.")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    lease_until = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    reply = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name_plural = "kept replies"
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="one_reply_per_client_and_key")]

    def __str__(self):
        return f"{self.key} of {self.client}"


class Entry(models.Model):
    """One line of an issuer's journal. A database trigger refuses to change or delete one."""

    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="journal")
    number = models.PositiveIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    what = models.CharField(max_length=100, help_text="app.model:key of the thing it happened to.")
    label = models.CharField(max_length=300)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["issuer", "-number"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="entry_number_once_per_issuer")
        ]

    def __str__(self):
        return f"{self.verb} {self.label}"
