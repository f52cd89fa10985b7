"""Who issued it, as an answer of its own: a good signature says that somebody signed, not who that is."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from credentials import verifying
from credentials.openbadges.verify import Outcome, Report
from issuers import did


class Level(StrEnum):
    """How far an issuer is known, best first."""

    KNOWN_HERE = "known_here"
    DOMAIN_PROVEN = "domain_proven"
    ONLY_A_KEY = "only_a_key"
    NOTHING = "nothing"


WORDS = {
    Level.KNOWN_HERE: _("known here"),
    Level.DOMAIN_PROVEN: _("domain proven"),
    Level.ONLY_A_KEY: _("only a key"),
    Level.NOTHING: _("nothing"),
}
MEANINGS = {
    Level.KNOWN_HERE: _("It is an issuer of this site."),
    Level.DOMAIN_PROVEN: _(
        "Its key stands at its own web address, so whoever runs that address issued it. Whether that is who "
        "the name says, judge by the address."
    ),
    Level.ONLY_A_KEY: _(
        "It is named by nothing but a key that anybody could have made. The name beside it proves nothing."
    ),
    Level.NOTHING: _("Nothing is proven about who issued it."),
}


@dataclass(frozen=True)
class Identity:
    """`domain` is what an issuer of this site has proven to own, or a stranger's host that vouches with its
    key; "" if there is none."""

    level: Level
    domain: str = ""

    @property
    def word(self) -> str:
        return str(WORDS[self.level])

    @property
    def word_and_domain(self) -> str:
        return f"{self.word} ({self.domain})" if self.domain else self.word

    @property
    def meaning(self) -> str:
        return str(MEANINGS[self.level])

    def as_dict(self) -> dict:
        return {"level": str(self.level), "domain": self.domain, "sentence": self.meaning}


def of(report: Report) -> Identity:
    """How far the issuer is known. Whose signature did not hold is nobody."""
    if not report.issuer_id or report.document is None:
        return Identity(Level.NOTHING)
    if report.issuer_known.outcome is not Outcome.UNKNOWN:  # failed: one of ours that was suspended
        return Identity(Level.KNOWN_HERE, _proven_domain(report.issuer_id))
    domain = _domain(report.issuer_id)
    if domain:
        return Identity(Level.DOMAIN_PROVEN, domain)
    is_a_key = report.issuer_id.startswith(("did:key:", "did:jwk:"))
    return Identity(Level.ONLY_A_KEY if is_a_key else Level.NOTHING)


def _proven_domain(issuer_id: str) -> str:
    """Of an issuer of this site; the site itself, which signs receipts, has the one it stands on."""
    issuer = verifying.own_issuer(issuer_id)
    return issuer.verified_domain if issuer else _domain(issuer_id)


def _domain(issuer_id: str) -> str:
    """The host whose key was read: of a did:web, or of an https address."""
    try:
        address = did.url_of(issuer_id) if issuer_id.startswith("did:web:") else issuer_id
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in {"http", "https"} else ""
