"""What is vouched for: achievements and their versions, batches, awards, and the lists of the revoked."""

import datetime as dt
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from credentials import codes, kinds
from credentials.openbadges import status_list
from issuers.models import Issuer, SigningKey, validate_slug
from skills.models import Role, Skill

ENDS_SOON = dt.timedelta(days=60)  # from then on pages remind the earner of the end


class AchievementQuerySet(models.QuerySet):
    def in_catalog(self):
        """What a visitor may find: active, of an issuer in good standing."""
        return self.filter(state=Achievement.State.ACTIVE, issuer__suspended_at__isnull=True)

    def for_rows(self):
        """Everything that a list of achievements shows, in two queries."""
        return self.select_related("issuer").prefetch_related(
            models.Prefetch("versions", AchievementVersion.objects.published(), to_attr="published_versions")
        )


class Achievement(models.Model):
    """What can be earned. Its text lives in its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="achievements")
    slug = models.SlugField(max_length=40, validators=[validate_slug])
    kind = models.CharField(max_length=20, choices=[(kind.slug, kind.name) for kind in kinds.KINDS.values()])
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    design = models.ForeignKey("Design", models.SET_NULL, null=True, blank=True, related_name="achievements")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AchievementQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "slug"], name="achievement_slug_once_per_issuer")
        ]

    def __str__(self):
        return f"{self.issuer.slug}/{self.slug}"

    def get_absolute_url(self):
        return reverse("achievement", args=[self.issuer.slug, self.slug])

    @property
    def scale(self) -> str:
        return kinds.KINDS[self.kind].scale

    @property
    def current(self) -> "AchievementVersion | None":
        """The newest published version; reads `published_versions` when a list has prefetched it."""
        if hasattr(self, "published_versions"):
            return self.published_versions[-1] if self.published_versions else None
        return self.versions.published().last()

    @property
    def name(self) -> str:
        version = self.current or self.versions.last()
        return version.name if version else self.slug


class AchievementVersionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)


class AchievementVersion(models.Model):
    """The text of an achievement at a time. Once published, a database trigger refuses every change."""

    class Assessment(models.TextChoices):
        EXAM = "exam", "Written or online examination"
        PRACTICAL = "practical", "Practical task"
        PROJECT = "project", "Project or portfolio"
        ORAL = "oral", "Oral examination"
        OBSERVATION = "observation", "Observation at work"

    class Participation(models.TextChoices):
        ONSITE = "onsite", "On site"
        ONLINE = "online", "Online"
        BLENDED = "blended", "Blended"
        WORK = "work", "At work"

    class SubType(models.TextChoices):
        KNOWLEDGE = "knowledge", "Knowledge"
        SKILL = "skill", "Skill"
        PROFICIENCY = "proficiency", "Proficiency"
        CONTRIBUTION = "contribution", "Contribution"

    achievement = models.ForeignKey(Achievement, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=4000)
    criteria = models.TextField("how it is earned", max_length=10000, help_text="Markdown.")
    criteria_url = models.URLField("web address of the criteria", max_length=300, blank=True)
    achievement_type = models.CharField(max_length=40)
    language = models.CharField(max_length=20, default="en")
    image = models.ImageField(upload_to="achievements/", blank=True)
    image_alt = models.CharField("what the picture shows", max_length=300, blank=True)
    icon = models.CharField("symbol of the drawn badge", max_length=30, blank=True)
    validity_days = models.PositiveIntegerField(
        "valid for (days)", default=0, help_text="0: it never expires."
    )
    review_by = models.DateField(null=True, blank=True)
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, related_name="versions")
    role_name = models.CharField("role, as its issuer calls it", max_length=200, blank=True)
    skills = models.ManyToManyField(Skill, through="VersionSkill", related_name="versions")
    field_of_study = models.CharField(max_length=200, blank=True)
    specialization = models.CharField("specialisation", max_length=200, blank=True)
    human_code = models.CharField("code", max_length=100, blank=True)
    product = models.CharField(max_length=200, blank=True)
    product_release = models.CharField(max_length=100, blank=True)
    credits_available = models.DecimalField(
        "credits (ECTS)", max_digits=6, decimal_places=2, null=True, blank=True
    )
    eqf_level = models.PositiveSmallIntegerField("EQF level", null=True, blank=True)
    workload_hours = models.PositiveIntegerField("workload (hours)", null=True, blank=True)
    renewal = models.TextField("how it is renewed", max_length=2000, blank=True)
    assessment = models.CharField("how it is assessed", max_length=20, choices=Assessment, blank=True)
    supervised = models.BooleanField("the assessment is supervised and identity is checked", default=False)
    participation = models.CharField(
        "form of participation", max_length=20, choices=Participation, blank=True
    )
    quality_assurance = models.TextField(max_length=2000, blank=True)
    sub_type = models.CharField("what the badge is for", max_length=20, choices=SubType, blank=True)
    result_descriptions = models.JSONField(
        default=list,
        blank=True,
        help_text="[{id, name, result_type, allowed_values, value_min, value_max, required_value}]",
    )
    tags = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = AchievementVersionQuerySet.as_manager()

    class Meta:
        ordering = ["achievement", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["achievement", "number"], name="version_number_once_per_achievement"
            ),
            models.UniqueConstraint(
                fields=["achievement"],
                condition=Q(published_at__isnull=True),
                name="one_draft_per_achievement",
            ),
        ]

    def __str__(self):
        return f"{self.name} (version {self.number})"

    def get_absolute_url(self):
        return reverse(
            "achievement_version", args=[self.achievement.issuer.slug, self.achievement.slug, self.number]
        )

    @property
    def kind(self) -> str:
        return self.achievement.kind

    @property
    def scale(self) -> str:
        return self.achievement.scale

    @property
    def role_called(self) -> str:
        return self.role_name or (self.role.label if self.role else "")


class VersionSkill(models.Model):
    """A skill that a version proves, in its issuer's own words; where it said none, in those of the skill."""

    version = models.ForeignKey(AchievementVersion, models.CASCADE)
    skill = models.ForeignKey(Skill, models.PROTECT)
    name = models.CharField(max_length=200, blank=True)
    framework = models.CharField(max_length=200, blank=True)
    level = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=100, blank=True, help_text="Its code there, such as a CTID.")
    target_type = models.CharField(max_length=40, blank=True, help_text="targetType of Open Badges 3.0.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "skill"], name="a_skill_once_per_version")]

    def __str__(self):
        return f"{self.version} · {self.called}"

    @property
    def called(self) -> str:
        return self.name or self.skill.label

    @property
    def stands_in(self) -> str:
        return self.framework or self.skill.framework.name


class Design(models.Model):
    """How a certificate looks. It may change at any time: certificates are only renderings."""

    issuer = models.ForeignKey(Issuer, models.CASCADE, related_name="designs")
    name = models.CharField(max_length=100)
    statement = models.CharField(max_length=300, blank=True, help_text="The line above what was earned.")
    signatories = models.JSONField(default=list, blank=True, help_text="[{name, title}]")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "name"], name="design_name_once_per_issuer")]

    def __str__(self):
        return self.name


class Roster(models.Model):
    """A file that an issuer brought and is still checking. It is emptied when the batch is ordered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(AchievementVersion, models.CASCADE, related_name="rosters")
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    sheet = models.JSONField(
        help_text="headings, rows with their lines, notes (see credentials.roster.Sheet)"
    )
    matching = models.JSONField(default=dict, help_text="column number -> field")
    day_first = models.BooleanField(null=True)
    edits = models.JSONField(default=dict, help_text="line -> {field: corrected text}")
    choices = models.JSONField(default=dict, help_text="line -> skip or again")
    batch = models.OneToOneField("Batch", models.CASCADE, null=True, blank=True, related_name="roster")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name


class Batch(models.Model):
    """An order to award: who ordered what, and its rows. An intent; the awards are the facts."""

    version = models.ForeignKey(AchievementVersion, models.PROTECT, related_name="batches")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    roster_name = models.CharField(max_length=255)
    ordered_at = models.DateTimeField(auto_now_add=True)
    total = models.PositiveIntegerField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_reason = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-ordered_at"]
        verbose_name_plural = "batches"

    def __str__(self):
        return f"batch {self.pk}: {self.version}"  # the name of a file may be a person's

    def get_absolute_url(self):
        return reverse("batch", args=[self.version.achievement.issuer.slug, self.pk])


class Row(models.Model):
    """One person in a batch. The row is the job: it is claimed with a lease and finished with its award."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        AWARDED = "awarded", "Awarded"
        HELD = "held", "Already held"
        REFUSED = "refused", "Refused"
        ERASED = "erased", "Erased"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="The line of the roster.")
    data = models.JSONField(help_text="The cleaned row (see credentials.awarding.Person).")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    complaint = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="a_line_once_per_batch")]
        indexes = [models.Index(fields=["batch", "state", "number"], name="rows_by_state")]

    def __str__(self):
        return f"line {self.number} of {self.batch_id}"


def random_name() -> str:
    """Text of 122 random bits: no address is given out a second time, not even by a restored database."""
    return str(uuid.uuid4())


class StatusListQuerySet(models.QuerySet):
    def still_open(self):
        """Those that new awards may be placed in."""
        return self.filter(closed_at__isnull=True)


class StatusList(models.Model):
    """A Bitstring Status List of an issuer (STANDARDS.md §3). Signed when it changes, never on a look."""

    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField()
    public_id = models.CharField(
        max_length=36, unique=True, default=random_name, editable=False, help_text="In its address."
    )
    purpose = models.CharField(max_length=20, default="revocation")
    length = models.PositiveIntegerField(default=status_list.LENGTH)
    document = models.BinaryField(null=True)
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(
        null=True, help_text="From then on it takes no new award (credentials.restoring)."
    )

    objects = StatusListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "purpose", "number"], name="list_number_once_per_issuer"
            )
        ]

    def __str__(self):
        return f"status list {self.pk}"

    def get_absolute_url(self):
        return reverse("status_list", args=[self.public_id])

    @cached_property
    def url(self) -> str:
        return settings.PUBLIC_BASE_URL + self.get_absolute_url()


class Standing(models.TextChoices):
    VALID = "valid", "Valid"
    NOT_YET_VALID = "not_yet_valid", "Not yet valid"
    EXPIRED = "expired", "Expired"
    SUSPENDED = "suspended", "Suspended"
    SUPERSEDED = "superseded", "Superseded"
    REVOKED = "revoked", "Revoked"


class AwardQuerySet(models.QuerySet):
    def standing(self):
        """Neither taken back nor suspended, and signed with a key that counts (`Award.key_withdrawn`)."""
        key_counts = Q(signing_key__compromised_at__isnull=True) | Q(
            signing_key__compromised_at__gt=models.F("recorded_at")
        )
        return self.filter(key_counts, revoked_at__isnull=True, suspended_at__isnull=True)

    def current(self, now=None):
        """Standing and within its dates."""
        now = now or timezone.now()
        return self.standing().filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=now), valid_from__lte=now
        )

    def with_code(self, text: str):
        """The credential of a short code; none where two share it, which 60 random bits hardly allow."""
        span = codes.span(text)
        found = list(self.filter(pk__range=span)[:2]) if span else []
        return found[0] if len(found) == 1 else None

    def for_cards(self):
        """Everything that a credential's row or card shows, in one query."""
        related = self.select_related("version__achievement__issuer", "replaced_by", "signing_key")
        return related.defer("document", "signing_key__wrapped_private")

    def for_page(self):
        """Everything that one credential's own page shows and checks, in one query, in no order."""
        cards = self.order_by().select_related(
            "version__achievement__issuer", "version__achievement__design", "replaced_by"
        )
        return cards.select_related("signing_key", "status_list", "compact_form").defer(
            "signing_key__wrapped_private", "compact_form__token"
        )


class Award(models.Model):
    """The fact that one person earned one version. Born signed; a database trigger keeps `document`."""

    class Acceptance(models.TextChoices):
        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    class Visibility(models.TextChoices):
        PRIVATE = "private", "Nobody but me and the issuer"
        LINK = "link", "Anyone who has the address"
        PUBLIC = "public", "Everyone, search engines too"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(AchievementVersion, models.PROTECT, related_name="awards")
    recipient_name = models.CharField(max_length=200)
    recipient_email = models.CharField(
        max_length=254, db_index=True, help_text="As credentials.addresses writes it."
    )
    occurrence = models.PositiveSmallIntegerField(
        default=1, help_text="1, or 2, 3… when it was awarded again."
    )
    earner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="credentials"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When the earner first saw it at /me/.")
    awarded_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=20, default="en")
    licence_number = models.CharField(max_length=100, blank=True)
    document = models.BinaryField()
    document_sha256 = models.CharField(max_length=64)
    signing_key = models.ForeignKey(SigningKey, models.PROTECT, related_name="awards")
    status_list = models.ForeignKey(StatusList, models.PROTECT, related_name="awards")
    status_index = models.PositiveIntegerField()
    row = models.OneToOneField(Row, models.PROTECT, related_name="award")
    recorded_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=500, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    acceptance = models.CharField(max_length=10, choices=Acceptance, default=Acceptance.OFFERED)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.LINK)

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["-awarded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["status_list", "status_index"], name="a_status_index_once"),
            models.UniqueConstraint(
                fields=["version", "recipient_email", "occurrence"], name="an_occurrence_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")),
                name="an_award_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["version", "-awarded_at"], name="awards_by_version")]

    def __str__(self):
        return f"{self.version} · {self.code}"  # journals keep it for ever, so it names nobody

    def get_absolute_url(self):
        return reverse("credential", args=[self.pk])

    @property
    def url(self) -> str:
        """The address that is signed, printed and encoded in the QR code."""
        return settings.PUBLIC_BASE_URL + self.get_absolute_url()

    @property
    def code(self) -> str:
        """What is printed and read aloud instead of the id."""
        return codes.of(self.pk)

    @property
    def name(self) -> str:
        return self.version.name

    @property
    def issuer(self) -> Issuer:
        return self.version.achievement.issuer

    @property
    def standing(self) -> str:
        return self.standing_at(timezone.now())

    def standing_at(self, now) -> str:
        """One of Standing, by the rows we hold; the Report of a check says the same from outside."""
        if self.revoked_at:
            return Standing.SUPERSEDED if hasattr(self, "replaced_by") else Standing.REVOKED
        if self.suspended_at:
            return Standing.SUSPENDED
        if self.valid_from > now:
            return Standing.NOT_YET_VALID
        if self.valid_until and self.valid_until < now:
            return Standing.EXPIRED
        return Standing.VALID

    @property
    def key_withdrawn(self) -> bool:
        """Its key was in other hands when we recorded it: then it never counts (TRUST.md 9)."""
        stolen_at = self.signing_key.compromised_at
        return stolen_at is not None and self.recorded_at >= stolen_at

    def save(self, **kwargs):
        """Refuse to write a changed document with a sentence, before the trigger refuses it with an error."""
        if not self._state.adding and "document" in (kwargs.get("update_fields") or ["document"]):
            raise ValidationError("A signed document is never written again; save named fields only.")
        super().save(**kwargs)


class ErasedAward(models.Model):
    """What is left of an award that was erased: nothing of the person, nor of what was earned.

    Its place in the status list stays taken, and says "revoked" for good. Database triggers keep the row.
    """

    id = models.UUIDField(primary_key=True, editable=False, help_text="The id that the award had.")
    status_list = models.ForeignKey(StatusList, models.PROTECT, related_name="erased")
    status_index = models.PositiveIntegerField()
    document_sha256 = models.CharField(max_length=64)
    erased_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["status_list", "status_index"], name="an_erased_index_once")
        ]

    def __str__(self):
        return f"erased {self.pk}"

    @property
    def url(self) -> str:
        """The address that it had; there is nothing any more."""
        return settings.PUBLIC_BASE_URL + reverse("credential", args=[self.pk])


class Evidence(models.Model):
    award = models.ForeignKey(Award, models.CASCADE, related_name="evidence")
    url = models.URLField(max_length=1000, blank=True)
    name = models.CharField(max_length=200, blank=True)
    narrative = models.TextField(max_length=4000, blank=True)
    description = models.TextField(max_length=1000, blank=True)
    genre = models.CharField(max_length=100, blank=True)
    audience = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"

    def __str__(self):
        return self.name or self.url


class Result(models.Model):
    award = models.ForeignKey(Award, models.CASCADE, related_name="results")
    description_id = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    value = models.CharField(max_length=200)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["award", "description_id"], name="one_result_per_description")
        ]

    def __str__(self):
        return f"{self.name}: {self.value}"


class CompactForm(models.Model):
    """The same award as a VC-JWT, signed together with its document (STANDARDS.md K-04)."""

    award = models.OneToOneField(Award, models.CASCADE, related_name="compact_form")
    token = models.TextField()

    def __str__(self):
        return f"VC-JWT of {self.award_id}"


class EndorsementQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(withdrawn_at__isnull=True)


class Endorsement(models.Model):
    """An issuer's signed word about another issuer's achievement version (STANDARDS.md C-22)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endorser = models.ForeignKey(Issuer, models.PROTECT, related_name="endorsements_given")
    version = models.ForeignKey(AchievementVersion, models.PROTECT, related_name="endorsements")
    comment = models.TextField(max_length=2000)
    document = models.BinaryField()
    signing_key = models.ForeignKey(SigningKey, models.PROTECT, related_name="+")
    status_list = models.ForeignKey(StatusList, models.PROTECT, null=True, related_name="endorsements")
    status_index = models.PositiveIntegerField(null=True)  # none: signed before endorsements had a place
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["endorser", "version"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_standing_endorsement_per_version",
            ),
            models.UniqueConstraint(
                fields=["status_list", "status_index"], name="one_endorsement_per_status_index"
            ),
        ]

    def __str__(self):
        return f"{self.endorser} endorses {self.version}"

    def get_absolute_url(self):
        return reverse("endorsement", args=[self.pk])


class JobState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class Job(models.Model):
    """What every row that is a job has: a state, a lease and the story of its attempts (TRUST.md 6)."""

    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now, help_text="Backed off until then.")
    detail = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Rendering(Job):
    """A file drawn from an award: a cache. `key` is the hash of what went into it."""

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", "PDF certificate"

    award = models.ForeignKey(Award, models.CASCADE, related_name="renderings")
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=64)
    file = models.FileField(upload_to="renderings/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file, as it was put there.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["award", "kind", "key"], name="one_rendering_per_key")]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="renderings_to_do"),
            models.Index(fields=["sha256"], name="renderings_by_their_bytes"),
        ]

    def __str__(self):
        return f"{self.kind} of {self.award_id}"


class Delivery(Job):
    """A message about an award to one address: the outbox (TRUST.md 7)."""

    class Event(models.TextChoices):
        AWARDED = "awarded", "It was awarded"
        REVOKED = "revoked", "It was revoked"

    award = models.ForeignKey(Award, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=20, choices=Event)
    channel = models.CharField(max_length=10, default="email")
    address = models.CharField(max_length=254)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["award", "event", "channel"], name="one_message_per_event")
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="deliveries_to_do")]

    def __str__(self):
        return f"{self.event} to {self.address}"
