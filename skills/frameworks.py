"""Skills and roles by name and address: those of a known framework, or of an issuer's own."""

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from skills.models import Framework, Role, Skill

ESCO_URIS = "http://data.europa.eu/esco/"


def skill(*, name: str, uri: str, framework: Framework) -> Skill:
    """The skill at an address, made if it is new. Raises `ValidationError` if it is known by another name."""
    found, _ = Skill.objects.get_or_create(uri=uri, defaults={"label": name, "framework": framework})
    return _same(found, name)


def role(*, name: str, uri: str, framework: Framework) -> Role:
    """The role at an address, made if it is new. Raises `ValidationError` if it is known by another name."""
    found, _ = Role.objects.get_or_create(uri=uri, defaults={"label": name, "framework": framework})
    return _same(found, name)


def framework_for(uri: str, *, name: str, publisher: str, publisher_url: str) -> Framework:
    """ESCO for what ESCO published; else the publisher's framework of that name, made if it is new."""
    if uri.startswith(ESCO_URIS):
        name, publisher, url = "ESCO", "European Commission", ESCO_URIS
    else:
        name = name or f"Skills of {publisher}"
        url = f"{publisher_url}#{slugify(name) or 'skills'}"
    found, _ = Framework.objects.get_or_create(url=url, defaults={"name": name[:200], "publisher": publisher})
    return found


def _same(known, name: str):
    """An address means one thing: what others signed under it must not be signed under another name."""
    if known.label.casefold() != name.casefold():
        raise ValidationError(
            f"The address {known.uri} is already known here as “{known.label}”. "
            "Use that name, or another address."
        )
    return known
