"""The receipt of a check: signed by this site, checked by anybody, never a credential."""

import datetime as dt
import html as markup
import io
import json
import re
import time

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials import judging, receipts, standing
from credentials.judging import Brought
from credentials.openbadges import keys, suites
from credentials.openbadges.verify import Outcome, Verdict
from credentials.paper import text_of
from issuers import multikey
from issuers.models import Issuer, SiteKey
from tests.config.test_hostile import signed_by_a_stranger
from tests.credentials.test_verification_views import (
    URL,
    bring,
    document_of,
    loosely_written,
    record_of,
    said,
)
from tests.factories import make_award, make_issuer, make_version, owner_of

pytestmark = pytest.mark.django_db


def receipt_of(client, data: bytes, name: str = "credential.json") -> str:
    """The signed receipt that the page of a file gives along."""
    page = bring(client, data, name).content.decode()
    return markup.unescape(re.search(r'name="receipt" value="([^"]*)"', page)[1])


def ask(client, ending: str, **sent):
    return client.post(f"/verify/receipt.{ending}", sent)


def test_a_receipt_says_what_was_brought_what_was_found_and_by_whom(client):
    award = make_award(name="Amara Nwosu")
    data = document_of(award)

    found = json.loads(receipt_of(client, data, "her credential.json"))

    assert found["brought"] == {"name": "her credential.json", "sha256": Brought("", data).sha256}
    assert found["site"] == {
        "id": "did:web:badges.example",
        "name": "Testamur",
        "url": "https://badges.example",
    }
    assert found["credential"] == award.url
    assert found["inWords"] == "Valid"
    assert found["report"]["subject_name"] == "Amara Nwosu"
    assert found["report"]["issuer_identity"]["level"] == "known_here"
    assert len(found["report"]["checks"]) == 8


def test_a_remark_stands_on_its_paper_too(client):
    receipt = receipt_of(client, loosely_written(make_award()))

    paper = " ".join(text_of(ask(client, "pdf", receipt=receipt).content).lines)

    assert "Other programs may refuse it, because it has single values" in paper


def test_the_receipt_of_a_record_names_each_credential_in_it(client):
    changed = document_of(make_award()).replace(b"Amara", b"Amira")
    receipt = receipt_of(client, record_of(document_of(make_award(name="Ada Lovelace")), changed))

    lines = text_of(ask(client, "pdf", receipt=receipt).content).lines

    paper = " ".join(" ".join(lines).split())
    assert "Something in it is false" in paper
    assert "Clinical Data Stewardship, Ada Lovelace" in paper
    assert "Nothing of it is shown. It was changed after it was signed" in paper


def test_anybody_can_check_it_by_the_published_key(client):
    found = json.loads(receipt_of(client, document_of(make_award())))

    published = client.get("/.well-known/did.json").json()

    (method,) = published["verificationMethod"]
    key = keys.ed25519(multikey.decode(method["publicKeyMultibase"]))
    assert found["proof"]["verificationMethod"] == method["id"] == "did:web:badges.example#key-1"
    assert suites.check(found, key, proof=found["proof"])


def test_the_page_and_its_receipt_ask_once_who_issued_it(client):
    data = document_of(make_award())
    bring(client, data)  # the key of the site is made

    with CaptureQueriesContext(connection) as judged:
        judging.judge(Brought("a", data))
    with CaptureQueriesContext(connection) as shown:
        bring(client, data)

    asked = [
        sum('FROM "issuers_issuer"' in one["sql"] for one in some.captured_queries)
        for some in (judged, shown)
    ]
    assert asked[1] - asked[0] == 1


def test_the_receipt_of_an_issuer_with_long_names_and_a_proven_domain_is_one_page_too(client):
    issuer = make_issuer(
        "akademie",
        name="Akademie für Berufsbildungswissenschaften und Weiterbildungszertifizierung "
        "Donaudampfschifffahrtsgesellschaft",
    )
    Issuer.objects.filter(pk=issuer.pk).update(verified_domain="akademie.example")
    version = make_version(
        issuer,
        name="Datenschutzgrundverordnungsbeauftragtenweiterbildung für Rechtsanwaltsfachangestellte und "
        "Verwaltungsfachwirtinnen",
        validity_days=365,
    )
    award = make_award(version, name="Anna-Lena Freifrau von und zu Guttenberg-Hohenfels")

    answer = ask(client, "pdf", receipt=receipt_of(client, document_of(award)))

    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 1


def test_one_key_signs_all_receipts(client):
    data = document_of(make_award())

    for _ in range(2):
        receipt_of(client, data)

    assert SiteKey.objects.count() == 1


def test_nobody_needs_a_key_to_look(client):
    client.get(URL, {"q": str(make_award().pk)})

    assert client.get("/.well-known/did.json").json()["verificationMethod"] == []
    assert SiteKey.objects.count() == 0


def test_a_receipt_of_an_address_is_written_when_it_is_asked_for(client):
    award = make_award()

    found = ask(client, "json", q=award.url)

    assert found["Content-Disposition"] == 'attachment; filename="receipt.json"'
    assert json.loads(found.content)["brought"] == {"name": award.url, "sha256": ""}


def test_the_pdf_says_it_in_words_and_carries_the_signed_receipt(client):
    text = receipt_of(client, document_of(make_award(name="Amara Nwosu")))

    answer = ask(client, "pdf", receipt=text)

    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        attached = pdf.attachments["receipt.json"].get_file().read_bytes()
    assert attached == text.encode()
    lines = text_of(answer.content).lines
    assert {"Receipt of a check", "Valid"} <= set(lines)
    assert [line for line in lines if line.startswith("Awarded to") and line.endswith("Amara Nwosu")]


@pytest.mark.parametrize("what", ["valid", "revoked", "a stranger's"])
def test_an_ordinary_receipt_is_one_page_and_writes_every_date_alike(client, what):
    award = make_award(valid_until=dt.date(2099, 5, 31))
    data = signed_by_a_stranger() if what == "a stranger's" else document_of(award)
    if what == "revoked":
        standing.revoke(award, reason="Annulled after an appeal.", by=owner_of(award.issuer))

    answer = ask(client, "pdf", receipt=receipt_of(client, data))

    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 1
    lines = text_of(answer.content).lines
    assert what == "a stranger's" or any(line.endswith("31 May 2099") for line in lines)
    assert not any("2099-05" in line for line in lines)


@pytest.mark.parametrize("letters", ["ab ", "\u6f22"], ids=["words", "one word"])
def test_texts_of_any_length_are_cut_on_the_paper_and_whole_in_the_file(client, letters):
    name = (letters * 200_000)[: 200_000 // len(letters.encode())]
    text = receipt_of(client, signed_by_a_stranger(name=name))

    began = time.process_time()
    answer = ask(client, "pdf", receipt=text)

    assert time.process_time() - began < 20  # uncut it takes minutes
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) <= 2
        attached = json.loads(pdf.attachments["receipt.json"].get_file().read_bytes())
    assert attached["report"]["title"] == name


def test_the_pdf_shows_no_empty_box_for_what_no_typeface_has_for_a_box_is_no_pdf_a(client):
    text = receipt_of(client, document_of(make_award(name="Amara \u0378 \U0001b002 Nwosu")))

    answer = ask(client, "pdf", receipt=text)

    assert any(line.endswith("Amara ? ? Nwosu") for line in text_of(answer.content).lines)
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert pdf.attachments["receipt.json"].get_file().read_bytes() == text.encode()


@pytest.mark.parametrize("ending", ["json", "pdf"])
def test_a_receipt_that_is_brought_back_is_known_and_is_not_green(client, ending):
    given = ask(client, ending, receipt=receipt_of(client, document_of(make_award()))).content

    page = bring(client, given, f"receipt.{ending}").content.decode()

    assert said(page) == ("info", "A genuine receipt")
    assert "This is the receipt of a check, not a credential." in page
    assert "is-valid" not in page[: page.index('class="report"')]


def test_a_receipt_is_never_valid_for_a_program(client):
    report = judging.judge(Brought("receipt.json", receipt_of(client, document_of(make_award())).encode()))

    assert (report.verdict, report.unchanged.outcome) == (Verdict.UNKNOWN, Outcome.PASSED)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Valid", "VALID"),
        ("credential.json", "another.json"),
        ("did:web:badges.example#key-1", "did:web:badges.example#key-2"),
        ('"id": "did:web:badges.example"', '"id": "did:web:elsewhere.example"'),
        ('"checkedAt"', '"big": 1e400, "checkedAt"'),
        ('"checkedAt"', '"big": 12345678901234567890, "checkedAt"'),
    ],
)
def test_a_receipt_that_was_changed_is_refused(client, before, after):
    changed = receipt_of(client, document_of(make_award())).replace(before, after)

    page = bring(client, changed.encode(), "receipt.json").content.decode()

    assert said(page)[0] == "stop"
    assert ask(client, "pdf", receipt=changed).status_code == 400


@pytest.mark.parametrize("text", ["", "{}", "[1]", "\ud800", '{"type": ["VerificationReceipt"]}'])
def test_what_is_no_receipt_gets_a_sentence(client, text):
    answer = ask(client, "json", receipt=text.encode(errors="replace"))

    assert answer.status_code == 400
    assert "Check the file again" in answer.content.decode()


def test_a_credential_that_speaks_of_receipts_is_still_a_credential(client):
    data = document_of(make_award(name="VerificationReceipt"))

    assert said(bring(client, data).content.decode()) == ("valid", "Valid")


def test_a_receipt_among_several_files_stands_in_the_table_as_what_it_is(client):
    files = [SimpleUploadedFile("r.json", receipt_of(client, document_of(make_award())).encode())]
    report = judging.judge(Brought("r.json", files[0].read()))

    assert judging.Judged("r.json", "", report).word == "A genuine receipt"
    assert receipts.is_receipt(report.document)
