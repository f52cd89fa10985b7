"""What is judged, in which form and by whom, and what has to be found wrong with it."""

from dataclasses import dataclass, field

BASE = "https://badges.example"
MATRIX, DEMO = "every kind and standing", "the demo"
STOLEN_LATER, STOLEN_BEFORE = "key stolen later", "key stolen before"  # beside our own standings
STANDINGS = (
    "valid",
    "suspended",
    "not_yet_valid",
    "expired",
    "superseded",
    "revoked",
    STOLEN_LATER,
    STOLEN_BEFORE,
)


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """One credential. `about` is MATRIX, DEMO or what is special about it; `standing` one of STANDINGS."""

    identifier: str
    about: str
    kind: str
    standing: str
    issuer: str
    status_list: str
    email: str
    has_token: bool

    @property
    def address(self) -> str:
        return f"{BASE}/credentials/{self.identifier}"

    @property
    def assertion(self) -> str:
        """Its Open Badges 2.0 form."""
        return f"{BASE}/ob2/assertions/{self.identifier}"

    @property
    def did(self) -> str:
        return f"did:web:badges.example:issuers:{self.issuer}"

    def __str__(self) -> str:
        return f"{self.about}, {self.kind}, {self.standing}, {self.address}/"


@dataclass(frozen=True)
class Form:
    """A form of a credential and who judges it. `ending` follows its address; `wrong` maps a standing to the
    checks that have to fail, exactly; for other standings none may."""

    name: str
    ending: str = ""
    wrong: dict[str, frozenset[str]] = field(default_factory=dict, compare=False)


# A suspension is not in the status list (DESIGN.md: one credentialStatus), so others call it valid.
_LISTED = frozenset({"status.digitalbazaar", "status.bit.revocation"})
_NOT_THEIR_KEY = frozenset({"di.digitalbazaar", "dcc.signature", "rules.1edtech-1.11"})
_PROOF = {
    "not_yet_valid": frozenset({"validity"}),
    "expired": frozenset({"validity", "dcc.validity"}),
    "superseded": _LISTED | {"dcc.status"},
    "revoked": _LISTED | {"dcc.status"},
    STOLEN_LATER: _NOT_THEIR_KEY,
    STOLEN_BEFORE: _NOT_THEIR_KEY,
}
_TOKEN = {
    "not_yet_valid": frozenset({"validity"}),
    "expired": frozenset({"validity"}),
    "superseded": _LISTED,
    "revoked": _LISTED,
    STOLEN_LATER: frozenset({"jwt.signature", "jwt.key-belongs-to-issuer"}),
    STOLEN_BEFORE: frozenset({"jwt.signature", "jwt.key-belongs-to-issuer"}),
}
# The second opinion judges signatures and lists, and dates in tokens only.
_SECOND = {
    "superseded": frozenset({"py.status.revocation"}),
    "revoked": frozenset({"py.status.revocation"}),
    STOLEN_LATER: frozenset({"py.di"}),
    STOLEN_BEFORE: frozenset({"py.di"}),
}
_SECOND_TOKEN = {
    "not_yet_valid": frozenset({"py.jwt"}),
    "expired": frozenset({"py.jwt"}),
    "superseded": frozenset({"py.status.revocation"}),
    "revoked": frozenset({"py.status.revocation"}),
    STOLEN_LATER: frozenset({"py.jwt"}),
    STOLEN_BEFORE: frozenset({"py.jwt"}),
}
# What is gone has no properties, and the validator stumbles over it. What was hosted before a theft stands on
# the issuer's own site, so it goes on counting.
_GONE = frozenset({"VALIDATE_PROPERTY", "ASSERTION_TIMESTAMP_CHECKS", "FLATTEN_EMBEDDED_RESOURCE", "OWN"})
_HOSTED = {
    "not_yet_valid": frozenset({"ASSERTION_TIMESTAMP_CHECKS"}),
    "expired": frozenset({"ASSERTION_TIMESTAMP_CHECKS"}),
    "superseded": _GONE,
    "revoked": _GONE,
    STOLEN_BEFORE: _GONE,
}

JSON, JWT = Form("JSON", "/", _PROOF), Form("JWT", ".jwt", _TOKEN)
PNG, SVG = Form("PNG", "/badge.png", _PROOF), Form("SVG", "/badge.svg", _PROOF)
SECOND = {
    form: Form(f"{form.name}, second opinion", form.ending, _SECOND_TOKEN if form is JWT else _SECOND)
    for form in (JSON, JWT, PNG, SVG)
}
PDF = Form("PDF/A-3a, PDF/UA-1 and PAdES")
RECEIPT = Form("receipt, PDF/A-3a and PDF/UA-1")
HOSTED = Form("Open Badges 2.0", "", _HOSTED)
SITE = Form("DID document, status list, page")
FORMS = (JSON, JWT, PNG, SVG, *SECOND.values(), PDF, RECEIPT, HOSTED, SITE)


@dataclass(frozen=True)
class Verdict:
    """What was found wrong with a specimen in a form: names of checks, with what they say."""

    specimen: Specimen
    form: Form
    found: dict[str, str]

    @property
    def wrong(self) -> frozenset[str]:
        return self.form.wrong.get(self.specimen.standing, frozenset())

    @property
    def outcome(self) -> str:
        if self.found.keys() != self.wrong:
            return "fault"
        return "refused" if self.wrong else "accepted"

    def __str__(self) -> str:
        unexpected = [f"{name} ({said})" for name, said in self.found.items() if name not in self.wrong]
        missing = [f"{name} did not fail" for name in sorted(self.wrong - self.found.keys())]
        return f"{self.form.name}: {self.specimen}: {'; '.join(unexpected + missing)}"
