"""The laws of the house hold in this tree, and each of them can be broken."""

from pathlib import Path

import pytest

from tests.house import laws

ROOT = Path(__file__).resolve().parents[2]
LONG = "def endless():\n" + "    pass\n" * laws.LONGEST
LONG_TEST = "def test_endless():\n" + "    pass\n" * laws.LONGEST_TEST
NOTE = "TO" + "DO"

# Each law, a file that breaks it, and what is said of it.
BREACHES = [
    (laws.floors, "issuers/membership.py", "from credentials.models import Award"),
    (laws.floors, "issuers/membership.py", "def found():\n    from credentials import awarding"),
    (laws.floors, "skills/search.py", "import issuers.models"),
    (laws.floors, "issuers/models.py", "from skills.models import Skill"),
    (laws.floors, "credentials/mail.py", "from portfolios.models import Profile"),
    (laws.floors, "credentials/mail.py", "from config import celery"),
    (laws.floors, "portfolios/views.py", "import importlib\nimportlib.import_module('config.urls')"),
    (laws.tests_stay_outside, "credentials/awarding.py", "from tests.factories import AwardFactory"),
    (laws.purity, "credentials/openbadges/proof.py", "from django.utils import timezone"),
    (laws.purity, "credentials/openbadges/proof.py", "from credentials import models"),
    (laws.purity, "credentials/openbadges/proof.py", "from .. import models"),
    (laws.purity, "credentials/openbadges/verify.py", "import requests"),
    (laws.purity, "credentials/openbadges/verify.py", "import datetime\nNOW = datetime.datetime.now()"),
    (laws.purity, "issuers/multikey.py", "from issuers import keys"),
    (laws.purity, "issuers/did.py", "from django.conf import settings"),
    (laws.purity, "credentials/roster/reading.py", "from credentials.models import Row"),
    (laws.layers, "credentials/awarding.py", "from credentials import tasks"),
    (laws.layers, "credentials/awarding.py", "from .forms.roster import RosterForm"),
    (laws.layers, "credentials/awarding.py", "from django.http import HttpRequest"),
    (laws.layers, "credentials/awarding.py", "from django.template.loader import render_to_string"),
    (laws.layers, "credentials/models.py", "from credentials.access import award_to_see"),
    (laws.layers, "credentials/tasks.py", "from credentials.views import public"),
    (laws.layers, "credentials/forms/roster.py", "from credentials.tasks import award_batch"),
    (laws.layers, "portfolios/claiming.py", "from credentials.tasks import award_batch"),
    (
        laws.no_signals_of_ours,
        "credentials/standing.py",
        "from django.dispatch import Signal",
    ),
    (laws.private_keys_have_one_door, "credentials/awarding.py", "import c\nc.Ed25519PrivateKey.generate()"),
    (laws.private_keys_have_one_door, "issuers/views.py", "from cryptography.a import AESGCM as lock"),
    (laws.contexts_have_one_door, "credentials/awarding.py", "V = 'https://www.w3.org/ns/credentials/v2'"),
    (
        laws.contexts_have_one_door,
        "credentials/verifying.py",
        "import pyld\npyld.set_document_loader(1)",
    ),
    (laws.network_has_one_door, "credentials/verifying.py", "from urllib.request import urlopen"),
    (laws.network_has_one_door, "portfolios/importing.py", "def fetch():\n    import requests as r"),
    (laws.network_has_one_door, "credentials/mail.py", "from smtplib import SMTP"),
    (laws.network_has_one_door, "credentials/domains.py", "import dns.resolver"),
    (laws.environment_has_one_door, "issuers/keys.py", "import os\nKEY = os.environ['KEY']"),
    (laws.environment_has_one_door, "issuers/keys.py", "from os import getenv"),
    (laws.functions_are_short, "credentials/awarding.py", LONG),
    (laws.functions_are_short, "tests/credentials/test_awarding.py", LONG_TEST),
    (
        laws.nothing_slow_inside_a_transaction,
        "credentials/mail.py",
        "@transaction.atomic\ndef tell(one):\n    mail.send(one)",
    ),
    (
        laws.nothing_slow_inside_a_transaction,
        "credentials/tasks.py",
        "def go():\n    with transaction.atomic():\n        render.delay(1)",
    ),
    (laws.errors_are_caught_by_name, "credentials/tasks.py", "try:\n    1\nexcept Exception:\n    2"),
    (laws.errors_are_caught_by_name, "credentials/tasks.py", "try:\n    1\nexcept:\n    2"),
    (
        laws.errors_are_caught_by_name,
        "credentials/tasks.py",
        "try:\n    1\nexcept (OSError, Exception):\n    2",
    ),
    (laws.templates_keep_the_content_policy, "templates/a.html", '<p class="x" style="color:red">'),
    (laws.templates_keep_the_content_policy, "templates/a.html", '<p {% if a > b %}x{% endif %} style="a">'),
    (laws.templates_keep_the_content_policy, "templates/a.html", "<style>p{}</style>"),
    (laws.templates_keep_the_content_policy, "templates/a.html", "<script>go()</script>"),
    (laws.templates_keep_the_content_policy, "templates/a.html", '<button onclick="go()">'),
    (laws.templates_keep_the_content_policy, "templates/a.html", '<a href="javascript:go()">'),
    (laws.nothing_is_unfinished, "credentials/awarding.py", f"# {NOTE}: write this"),
    (laws.nothing_is_unfinished, "templates/a.html", f"{{# {NOTE} #}}"),
    (laws.tests_are_run_and_real, "tests/test_a.py", "import pytest\npytest.mark.skip"),
    (laws.tests_are_run_and_real, "tests/test_a.py", "import pytest\npytest.mark.xfail"),
    (laws.tests_are_run_and_real, "tests/test_a.py", "from unittest.mock import patch"),
]

KEPT = {
    "issuers/keys.py": "from cryptography.a import AESGCM\nfrom issuers.models import SigningKey",
    "issuers/did.py": "from issuers.multikey import encode",
    "credentials/openbadges/proof.py": "from credentials.openbadges import contexts\nfrom . import document",
    "credentials/openbadges/contexts.py": "V2 = 'https://www.w3.org/ns/credentials/v2'",
    "credentials/fetching.py": "import http.client, socket, ssl",
    "credentials/awarding.py": "from credentials.models import Award\nfrom issuers.journal import record",
    "credentials/mail.py": "from smtplib import SMTPDataError\nimport django.template.loader",
    "credentials/tasks.py": "from celery import shared_task\nfrom credentials import awarding",
    "credentials/views/public.py": "from django.shortcuts import render\nfrom credentials import tasks",
    "credentials/access.py": "from django.http import Http404",
    "portfolios/claiming.py": "from credentials.models import Award",
    "config/settings.py": "import os\nos.environ",
    "templates/a.html": '<script src="a.js" defer></script><progress value="1"></progress>',
    "templates/certificates/macro.html": "<style>p{}</style>",
    "tests/test_a.py": "def test_a():\n    assert 1",
}


def write(root: Path, place: str, text: str) -> None:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_the_law_is_kept_in_this_tree(law):
    assert law(ROOT) == []


@pytest.mark.parametrize(("law", "place", "text"), BREACHES)
def test_a_breach_of_the_law_is_found(law, place, text, tmp_path):
    write(tmp_path, place, text)

    breaches = law(tmp_path)

    assert [breach.split(":")[0] for breach in breaches] == [place]


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_a_tree_that_keeps_the_law_is_left_alone(law, tmp_path):
    for place, text in KEPT.items():
        write(tmp_path, place, text)

    assert law(tmp_path) == []


def test_every_law_has_a_breach_that_shows_it_can_fail():
    assert {law for law, _, _ in BREACHES} == set(laws.LAWS)


def test_the_laws_look_at_every_module_of_the_site():
    seen = {module.place for module in laws.modules(ROOT)}

    assert {"manage.py", "config/settings.py", "issuers/keys/signing.py", "credentials/models.py"} <= seen
