"""Skills and roles by address: those of a known framework, or of an issuer's own.

An address is one skill for everybody. What it is called, and where it stands, each issuer says in its own
words: those are kept with the version that it signs (`credentials.models.VersionSkill`).
"""

import hashlib

from django.utils.text import slugify

from skills.models import Framework, Role, Skill

ESCO_URIS = "http://data.europa.eu/esco/"
LONGEST_NAME = Framework._meta.get_field("name").max_length


def skill(*, name: str, uri: str, framework: Framework) -> Skill:
    """The skill at an address, made if it is new."""
    found, _ = Skill.objects.get_or_create(uri=uri, defaults={"label": name, "framework": framework})
    return found


def role(*, name: str, uri: str, framework: Framework) -> Role:
    """The role at an address, made if it is new."""
    found, _ = Role.objects.get_or_create(uri=uri, defaults={"label": name, "framework": framework})
    return found


def framework_for(uri: str, *, name: str, publisher: str, publisher_url: str) -> Framework:
    """ESCO for what ESCO published; else the publisher's framework of that very name, made if it is new."""
    if uri.startswith(ESCO_URIS):
        return _framework(ESCO_URIS, "ESCO", "European Commission")
    name = (name or f"Skills of {publisher}")[:LONGEST_NAME]
    known = Framework.objects.filter(url__startswith=f"{publisher_url}#", name=name).first()
    return known or _framework(f"{publisher_url}#{_slug(name)}", name, publisher)


def _framework(url: str, name: str, publisher: str) -> Framework:
    found, _ = Framework.objects.get_or_create(url=url, defaults={"name": name, "publisher": publisher})
    return found


def _slug(name: str) -> str:
    """Readable where the name has such letters, and another for every other name: C, C++, 技能框架."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{slugify(name)[:60]}-{digest}".lstrip("-")
