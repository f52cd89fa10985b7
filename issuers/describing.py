"""How an issuer describes itself. What is already signed keeps the words that it was signed with."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from issuers.journal import record
from issuers.models import Issuer
from issuers.text import tidy, validate_text

FIELDS = ("name", "url", "email", "description", "logo", "colour", "linkedin_id", "other_identifiers")


@transaction.atomic
def describe(issuer: Issuer, *, by: User, **fields) -> Issuer:
    """Change some of FIELDS. Raises `ValidationError`: by field, each with a sentence."""
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"An issuer's {', '.join(sorted(unknown))} cannot be changed here.")
    issuer = Issuer.objects.select_for_update().get(pk=issuer.pk)
    changed = [name for name, value in fields.items() if getattr(issuer, name) != _tidied(name, value)]
    for name in changed:
        setattr(issuer, name, _tidied(name, fields[name]))
    issuer.full_clean()
    if changed:
        issuer.save(update_fields=changed)
        record(issuer, by, "changed settings", issuer, fields=changed)
    return issuer


def _tidied(name: str, value):
    if not isinstance(value, str):
        return value
    try:
        validate_text(value)
    except ValidationError as error:
        raise ValidationError({name: error}) from None
    return tidy(value)
