"""Every component in every state, on one page for whoever builds pages; the samples need no database."""

import base64
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.components import STANDINGS
from credentials.kinds import KINDS
from credentials.openbadges.verify import Check, Outcome, Report, Verdict
from credentials.rendering import seal

NORTHFIELD = SimpleNamespace(name="Northfield Institute", get_absolute_url="/issuers/northfield/")
SAMPLES = [
    ("Clinical Data Stewardship", "micro_certification", "Amara Nwosu", "valid", 900),
    ("Master of Science in Hydrology", "degree", "Þóra Guðmundsdóttir", "valid", None),
    ("Platform Engineer, Professional", "role_certification", "محمد بن عبد الله", "valid", 30),
    ("Team Facilitation", "badge", "Joana Prado", "expired", -200),
    ("Release Notes Contributor", "badge", "李雪梅", "revoked", None),
    ("Incident Response", "role_certification", "Ola Bjørnstad", "suspended", 500),
    ("Data Protection Basics", "micro_certification", "Tunde Okafor", "superseded", None),
    (
        "Doctor of Philosophy in the History and Philosophy of Measurement in the Life Sciences",
        "degree",
        "Wolfeschlegelsteinhausenbergerdorff, Hubert Blaine",
        "not_yet_valid",
        4000,
    ),
]


@dataclass(frozen=True)
class SampleAward:
    pk: uuid.UUID
    name: str
    recipient_name: str
    standing: str
    awarded_at: datetime
    valid_until: datetime | None
    version: SimpleNamespace
    seal_url: str

    def get_absolute_url(self) -> str:
        return f"/credentials/{self.pk}/"


def sample_awards(now: datetime) -> list[SampleAward]:
    return [
        SampleAward(
            pk=(pk := uuid.uuid5(uuid.NAMESPACE_URL, name)),
            name=name,
            recipient_name=recipient,
            standing=standing,
            awarded_at=now - timedelta(days=400),
            valid_until=None if days is None else now + timedelta(days=days),
            version=SimpleNamespace(achievement=sample_achievement(name, kind)),
            seal_url=_as_data_url(seal.svg(pk, kind=kind)),
        )
        for name, kind, recipient, standing, days in SAMPLES
    ]


def _as_data_url(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def sample_achievement(name: str, kind: str, version: int | None = 1) -> SimpleNamespace:
    return SimpleNamespace(
        name=name,
        kind=kind,
        issuer=NORTHFIELD,
        current=SimpleNamespace(number=version) if version else None,
        get_absolute_url=lambda: "/issuers/northfield/sample/",
    )


def sample_report(verdict: Verdict, *outcomes: Outcome, now: datetime) -> Report:
    names = ("signature", "validity", "status", "issuer_known")
    sentences = {
        Outcome.PASSED: "This was looked at and is in order.",
        Outcome.FAILED: "This was looked at and is not in order.",
        Outcome.UNKNOWN: "This could not be looked at: the issuer’s server gave no answer.",
    }
    checks = tuple(
        Check(name, outcome, sentences[outcome], "eddsa-rdfc-2022, did:web:northfield.example")
        for name, outcome in zip(names, outcomes, strict=True)
    )
    return Report(verdict=verdict, checks=checks, checked_at=now, document=None)


def sample_reports(now: datetime) -> list[tuple[str, Report]]:
    passed, failed, unknown = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN
    record = replace(
        sample_report(Verdict.VALID, passed, passed, passed, passed, now=now),
        inner=(
            sample_report(Verdict.VALID, passed, passed, passed, unknown, now=now),
            sample_report(Verdict.REVOKED, passed, passed, failed, passed, now=now),
        ),
        remarks=("Other programs may refuse it, because it is written in the older data model (VCDM 1.1).",),
    )
    return [
        ("A record", record),
        ("Valid", sample_report(Verdict.VALID, passed, passed, passed, passed, now=now)),
        (
            "Changed after it was signed",
            sample_report(Verdict.INVALID, failed, passed, passed, passed, now=now),
        ),
        ("Revoked", sample_report(Verdict.REVOKED, passed, passed, failed, passed, now=now)),
        ("Not wholly checked", sample_report(Verdict.UNKNOWN, passed, passed, unknown, unknown, now=now)),
    ]


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="It is printed on the certificate.")
    email = forms.EmailField(label="E-mail address", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[(kind.slug, kind.name) for kind in KINDS.values()])
    until = forms.DateField(label="Valid until", required=False, widget=forms.DateInput({"type": "date"}))
    criteria = forms.CharField(label="How it is earned", widget=forms.Textarea)
    shown = forms.ChoiceField(
        label="Who can see it",
        widget=forms.RadioSelect,
        choices=[("nobody", "Nobody"), ("link", "Whoever has the address"), ("all", "Everybody")],
        help_text="You can change it at any time.",
    )
    roster = forms.FileField(label="Roster", required=False, help_text="CSV or XLSX, up to 50,000 rows.")
    colour = forms.CharField(label="Colour", required=False, widget=forms.TextInput({"type": "color"}))
    told = forms.BooleanField(label="Tell everybody by e-mail", help_text="One message each.")
    where = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        raise forms.ValidationError("The dates contradict each other.")


MARKDOWN = """# What is asked for
A supervised audit of **at least 5,000** records, and

1. a written plan,
2. a defence before two assessors.

> See [the rules](https://northfield.example/rules).

| Part | Weight |
| --- | --- |
| Audit | 60 % |
| Defence | 40 % |
"""


@require_safe
def styleguide(request):
    now = timezone.now()
    awards = sample_awards(now)
    context = {
        "awards": awards,
        "award": awards[0],
        "standings": list(STANDINGS),
        "domains": [
            SimpleNamespace(verified_domain="northfield.example", lost_domain="", domain_lost_at=None),
            SimpleNamespace(verified_domain="", lost_domain="northfield.example", domain_lost_at=now),
            SimpleNamespace(verified_domain="", lost_domain="", domain_lost_at=None),
        ],
        "kinds": list(KINDS),
        "achievements": [
            *(sample_achievement(award.name, award.version.achievement.kind, 3) for award in awards[:4]),
            sample_achievement("Peer Reviewer", "badge", version=None),
        ],
        "reports": sample_reports(now),
        "form": SampleForm({"email": "ola@fjord", "kind": "badge"}, auto_id="wrong_%s"),
        "form_fresh": SampleForm(auto_id="fresh_%s"),
        "page_obj": Paginator(range(200), 10).page(4),
        "steps": ["Choose credential", "Add people", "Match columns", "Check rows", "Preview and award"],
        "numbers": [(309, "ready", "valid"), (1, "needs a choice", "warn"), (2, "must be fixed", "stop")],
        "day": datetime(2026, 3, 14, 9, 30, tzinfo=UTC),
        "markdown": MARKDOWN,
    }
    return render(request, "styleguide.html", context)
