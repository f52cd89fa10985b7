"""Many files at once: each is judged, in its order, and what was not reached is never valid."""

import csv
import io
import json
import re
import threading
import time
from dataclasses import replace

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from credentials import fetching, identity, judging, receipts, results
from credentials.judging import Brought
from credentials.openbadges.verify import Verdict
from credentials.paper import text_of
from credentials.rendering.receipt import render
from issuers.models import Issuer
from tests.credentials.test_verification_views import document_of, pdf_with, signed_by_a_stranger
from tests.factories import make_award

pytestmark = pytest.mark.django_db(transaction=True)  # the files are judged on connections of their own
URL = "/verify/"


def bring(client, *files: tuple[str, bytes]):
    return client.post(URL, {"file": [SimpleUploadedFile(name, data) for name, data in files]})


def rows(html: str) -> list[list[str]]:
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.S)[1]
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        ]
        for row in body.split("</tr>")[:-1]
    ]


def seal_of(html: str) -> str:
    return re.search(r'name="results" value="([^"]+)"', html)[1]


@pytest.fixture
def brought():
    """(name, bytes) of a valid one, a changed one, a stranger's and none at all."""
    data = document_of(make_award(name="=Amara Nwosu"))
    return [
        ("a.json", data),
        ("b.json", data.replace(b"Amara", b"Amira")),
        ("c.json", signed_by_a_stranger()),
        ("d.txt", b"hello"),
    ]


def test_several_files_get_a_table_in_their_order(client, brought):
    html = bring(client, *brought).content.decode()

    assert rows(html) == [
        ["a.json", "Valid", "Clinical Data Stewardship", "=Amara Nwosu", "Northfield Institute known here",
         "Yes", "Yes", "Yes"],
        ["b.json", "Not valid", "", "", "", "No", "Could not check", "Could not check"],
        ["c.json", "Signature good, issuer unknown", "Clinical Data Stewardship", "Amara Nwosu",
         "Northfield Institute only a key", "Yes", "Yes", "Could not check"],
        ["d.txt", "No credential in it", "", "", "", "No", "Could not check", "Could not check"],
    ]  # fmt: skip
    assert "Amira" not in html


def test_the_whole_report_of_each_stands_below_the_table(client, brought):
    html = bring(client, *brought).content.decode()

    assert re.findall(r'href="#(report-\d)"', html) == re.findall(r'id="(report-\d)"', html)
    assert html.count('class="report__answers"') == 3  # there was nothing to ask about d.txt
    assert "“d.txt” is neither" in html


def test_the_results_can_be_had_for_a_spreadsheet_and_compute_nothing_there(client, brought):
    html = bring(client, *brought).content.decode()

    answer = client.post("/verify/results.csv", {"results": seal_of(html)})

    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Disposition"] == 'attachment; filename="results.csv"'
    assert [(row["file"], row["verdict"], row["earner"], row["issuer identity"]) for row in table] == [
        ("a.json", "Valid", "'=Amara Nwosu", "known_here"),
        ("b.json", "Not valid", "", "nothing"),
        ("c.json", "Signature good, issuer unknown", "Amara Nwosu", "only_a_key"),
        ("d.txt", "No credential in it", "", "nothing"),
    ]


def test_the_results_can_be_had_for_programs(client, brought):
    html = bring(client, *brought).content.decode()

    found = json.loads(client.post("/verify/results.json", {"results": seal_of(html)}).content)

    assert [one["verdict"] for one in found] == ["valid", "invalid", "valid", "invalid"]
    assert [one["told"] for one in found] == ["valid", "invalid", "stranger", "unread"]
    assert found[0]["sha256"] == Brought(*brought[0]).sha256
    assert found[2]["issuer_identity"]["level"] == "only_a_key"


@pytest.mark.parametrize(
    "text",
    ["", "x", signing.dumps([{"file": "forged"}], salt="another")],
    ids=["nothing", "no signature", "of another kind"],
)
def test_results_that_were_not_made_here_are_refused_with_a_sentence(client, text):
    answer = client.post("/verify/results.csv", {"results": text})

    assert answer.status_code == 400
    assert "were not made here" in answer.content.decode()


def test_a_pdf_among_them_is_read_too(client):
    data = document_of(make_award())

    html = bring(client, ("a.pdf", pdf_with(data)), ("b.json", data)).content.decode()

    assert [row[2] for row in rows(html)] == ["Clinical Data Stewardship"] * 2


def test_one_that_is_too_large_does_not_keep_the_others_from_being_judged(client):
    html = bring(client, ("a.pdf", b"x" * 11_000_000), ("b.json", document_of(make_award()))).content.decode()

    assert [row[1] for row in rows(html)] == ["No credential in it", "Valid"]
    assert "The file is larger than 10 MB." in html


def test_more_than_a_hundred_megabytes_get_a_sentence(client):
    answer = bring(client, *((f"{n}.pdf", b"x" * 10_000_000) for n in range(11)))

    assert answer.status_code == 413
    assert "more than 100 MB" in answer.content.decode()


@pytest.mark.parametrize("count", [201, 300])
def test_more_than_two_hundred_files_get_a_sentence(client, count):
    answer = bring(client, *((f"{n}.json", b"{}") for n in range(count)))

    assert "more than 200 files" in answer.content.decode()
    assert "choose a file below" not in answer.content.decode()


def slow_door(opened: threading.Event) -> fetching.Door:
    """A way out that answers nobody until the test is over."""

    def resolve(host, port):
        opened.wait(10)
        raise OSError("over")

    return fetching.Door(resolve=resolve)


def test_what_is_not_reached_in_time_is_said_and_is_not_valid():
    opened = threading.Event()
    elsewhere = json.loads(document_of(make_award()))
    elsewhere["issuer"]["id"] = "did:web:elsewhere.example"
    elsewhere["proof"][0]["verificationMethod"] = "did:web:elsewhere.example#key-1"
    slow = Brought("slow.json", json.dumps(elsewhere).encode())
    good = Brought("good.json", document_of(make_award()))

    started = time.monotonic()
    judged = judging.judge_all([good, *[slow] * 6], seconds=2, door=slow_door(opened))
    took = time.monotonic() - started
    opened.set()

    assert took < 4
    assert [one.told for one in judged] == ["valid", *["not_reached"] * 6]
    assert judged[1].as_dict() == {"file": "slow.json", "sha256": slow.sha256, "verdict": "not_reached",
                                   "told": "not_reached"}  # fmt: skip
    assert "Not checked: time ran out" in results.as_csv(results.opened(results.sealed(judged))).decode()


@pytest.mark.parametrize(
    ("brings", "verdict", "told"),
    [(lambda: b"hello", "invalid", "unread"), (signed_by_a_stranger, "valid", "stranger")],
    ids=["no credential", "a stranger's"],
)
def test_the_api_tells_machines_what_the_page_tells_people(client, brings, verdict, told):
    answer = client.post("/api/v1/verify/", data=brings(), content_type="application/json").json()

    assert (answer["verdict"], answer["told"]) == (verdict, told)


def test_how_far_an_issuer_is_known_is_an_answer_of_its_own():
    ours = judging.judge(Brought("a", document_of(make_award())))
    stranger = judging.judge(Brought("b", signed_by_a_stranger()))
    changed = judging.judge(Brought("c", document_of(make_award()).replace(b"Amara", b"Amira")))

    levels = [identity.of(report) for report in (ours, stranger, changed)]

    assert [(one.level, one.domain) for one in levels] == [
        (identity.Level.KNOWN_HERE, ""),
        (identity.Level.ONLY_A_KEY, ""),
        (identity.Level.NOTHING, ""),
    ]
    assert ours.verdict == Verdict.VALID


@pytest.mark.parametrize(
    ("issuer_id", "level", "domain"),
    [
        ("did:key:z6MkrVuCy8qoSGXPZx93tKvvAre3RHHGTpU31vTJ123MmYsm", "only_a_key", ""),
        ("did:jwk:eyJrdHkiOiJPS1AifQ", "only_a_key", ""),
        ("did:web:stranger.example:issuers:1", "domain_proven", "stranger.example"),
        ("https://stranger.example/issuers/1", "domain_proven", "stranger.example"),
        ("did:ion:EiAnKD8", "nothing", ""),
        ("urn:uuid:1a5fe01e-04ab-41f9-9cc5-67ff8fc48045", "nothing", ""),
    ],
)
def test_how_far_a_stranger_is_known_is_told_by_how_it_is_named(issuer_id, level, domain):
    signed = judging.judge(Brought("b", signed_by_a_stranger()))

    found = identity.of(replace(signed, issuer_id=issuer_id))

    assert (found.level, found.domain) == (level, domain)


@pytest.mark.parametrize(
    ("stands", "domain"),
    [
        ({"verified_domain": "northfield.example"}, "northfield.example"),
        ({"lost_domain": "lost.example"}, ""),
    ],
    ids=["proven", "lost"],
)
def test_the_domain_of_one_of_ours_is_the_one_it_has_proven_wherever_it_stands(client, stands, domain):
    award = make_award()
    Issuer.objects.filter(pk=award.issuer.pk).update(domain_lost_at=timezone.now(), **stands)
    data = document_of(award)

    known = identity.of(judging.judge(Brought("a", data)))
    page = client.post(URL, {"file": SimpleUploadedFile("a.json", data)}).content.decode()
    answer = client.post("/api/v1/verify/", data=data, content_type="application/json").json()
    receipt = receipts.write(judging.judge(Brought("a", data)), word="Valid", name="a")
    paper = " ".join(text_of(render(receipt, data=json.dumps(receipt).encode())).lines)

    assert (known.level, known.domain) == (identity.Level.KNOWN_HERE, domain)
    assert answer["issuer_identity"]["domain"] == domain
    assert receipt["report"]["issuer_identity"]["domain"] == domain
    assert (f"(<bdi>{domain}</bdi>)" in page, f"({domain})" in paper) == (bool(domain), bool(domain))
