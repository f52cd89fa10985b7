"""What an earner shows: a profile with its address, and pages of blocks."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse

from portfolios.handles import look_in_database

validate_handle = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]\Z",
    "Use 3 to 40 small letters, digits and hyphens, for example “ada-lovelace”.",
)


class Audience(models.TextChoices):
    PRIVATE = "private", "Nobody but me"
    LINK = "link", "Anyone who has the address"
    PUBLIC = "public", "Everyone, search engines too"


class Profile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile")
    handle = models.CharField(max_length=40, unique=True, validators=[validate_handle])
    name = models.CharField(max_length=200)
    headline = models.CharField(max_length=300, blank=True)
    about = models.TextField(max_length=4000, blank=True)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.PRIVATE)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["handle"]
        constraints = [
            models.UniqueConstraint(
                look_in_database("handle"),
                name="no_handle_looks_like_another",
                violation_error_message="This handle is taken, or looks like one that is.",
            )
        ]

    def __str__(self):
        return f"@{self.handle}"

    def get_absolute_url(self):
        return reverse("profile", args=[self.handle])


class FormerHandle(models.Model):
    """A handle that its owner gave up: the old address leads to the new one, and nobody else gets it."""

    handle = models.CharField(max_length=40, unique=True)
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="former_handles")
    given_up_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["handle"]

    def __str__(self):
        return f"@{self.handle}"


class RetiredHandle(models.Model):
    """A handle whose owner left the site: nobody gets it again, and nobody reads whose it was."""

    look_sha256 = models.CharField(max_length=64, unique=True, help_text="portfolios.handles.fingerprint")

    def __str__(self):
        return self.look_sha256[:12]


class Page(models.Model):
    """A page of a portfolio. The first one has the empty slug and stands at the profile's own address."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="pages")
    slug = models.SlugField(max_length=60, blank=True)
    title = models.CharField(max_length=200, blank=True)
    intro = models.TextField(max_length=4000, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["profile", "slug"], name="one_page_per_slug")]

    def __str__(self):
        return self.title or self.profile.handle


class Block(models.Model):
    class Kind(models.TextChoices):
        AWARD = "award", "credential"
        HEADING = "heading", "heading"
        TEXT = "text", "text"

    page = models.ForeignKey(Page, models.CASCADE, related_name="blocks")
    kind = models.CharField(max_length=10, choices=Kind)
    award = models.ForeignKey(
        "credentials.Award", models.CASCADE, null=True, blank=True, related_name="blocks"
    )
    text = models.TextField(max_length=8000, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["page", "award"], name="an_award_once_per_page"),
            models.CheckConstraint(
                condition=models.Q(kind="award", award__isnull=False) | ~models.Q(kind="award"),
                name="an_award_block_has_its_award",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.position}"
