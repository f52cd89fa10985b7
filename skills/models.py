"""What a credential is for: frameworks, their skills, and the roles that need them."""

from django.db import models


class Framework(models.Model):
    """A published list of skills: ESCO, or an issuer's own."""

    name = models.CharField(max_length=200)
    url = models.URLField(max_length=300, unique=True)
    publisher = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Skill(models.Model):
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="skills")
    uri = models.URLField(max_length=300, unique=True)
    label = models.CharField(max_length=200, db_index=True)
    alternative_labels = models.JSONField(default=list, blank=True)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=20, blank=True)
    reuse_level = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["label"]

    def __str__(self):
        return self.label


class Role(models.Model):
    """What somebody does for a living; an occupation in ESCO."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="roles")
    uri = models.URLField(max_length=300, unique=True)
    label = models.CharField(max_length=200, db_index=True)
    isco_code = models.CharField("ISCO code", max_length=10, blank=True)
    description = models.TextField(blank=True)
    skills = models.ManyToManyField(Skill, through="RoleSkill", related_name="roles")

    class Meta:
        ordering = ["label"]

    def __str__(self):
        return self.label


class RoleSkill(models.Model):
    class Relation(models.TextChoices):
        ESSENTIAL = "essential", "essential"
        OPTIONAL = "optional", "optional"

    role = models.ForeignKey(Role, models.CASCADE)
    skill = models.ForeignKey(Skill, models.CASCADE)
    relation = models.CharField(max_length=10, choices=Relation)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "skill"], name="one_relation_per_role_and_skill")
        ]

    def __str__(self):
        return f"{self.role} · {self.skill}"
