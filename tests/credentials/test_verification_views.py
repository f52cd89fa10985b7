"""What the verify page answers to whatever is put into its box."""

import datetime as dt
import json
import re
from io import BytesIO

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from credentials import standing
from credentials.models import Award, StatusList
from credentials.openbadges import contexts, proof
from credentials.openbadges import document as standard
from issuers import multikey
from tests.factories import make_award, make_version, owner_of

pytestmark = pytest.mark.django_db
URL = "/verify/"
NOTICE = re.compile(r'<div class="notice is-(\w+)"[^>]*>.*?<p class="notice__title">(.*?)</p>', re.S)
ANSWER = re.compile(r'<li class="report__answer [^>]*data-outcome="(\w+)">')


def ask(client, text: str) -> str:
    response = client.get(URL, {"q": text})
    assert response.status_code == 200
    return response.content.decode()


def bring(client, data: bytes, name: str = "credential.json", **fields):
    return client.post(URL, {"file": SimpleUploadedFile(name, data), **fields})


def said(html: str) -> tuple[str, str]:
    """(colour, title) of the panel above the Report."""
    return NOTICE.search(html).groups()


def answers(html: str) -> list[str]:
    """The outcomes of the three answers."""
    return ANSWER.findall(html)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def document_of(award) -> bytes:
    return bytes(Award.objects.get(pk=award.pk).document)


def loosely_written(award) -> bytes:
    """The credential with its only signature outside of a list, which some programs refuse."""
    document = json.loads(document_of(award))
    return json.dumps(document | {"proof": document["proof"][0]}).encode()


def record_of(*inside: bytes, name="Transcript") -> bytes:
    """A learner record of a stranger who is named by a key, with these credentials in it."""
    return signed_by_a_stranger(
        **{
            "@context": [contexts.V2, contexts.CLR, contexts.OB3, contexts.OB3_EXTENSIONS],
            "type": ["VerifiableCredential", "ClrCredential"],
            "name": name,
            "credentialSubject": {
                "id": "did:example:ada",
                "type": ["ClrSubject"],
                "verifiableCredential": [json.loads(one) for one in inside],
            },
        }
    )


def pdf_with(data: bytes) -> bytes:
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page()
    pdf.attachments["credential.json"] = pikepdf.AttachedFileSpec(pdf, data, filename="credential.json")
    buffer = BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()


class Stranger:
    """Somebody with a key of their own and nothing else: a did:key."""

    def __init__(self):
        self.key = Ed25519PrivateKey.generate()
        self.public_key = self.key.public_key().public_bytes_raw()
        multibase = multikey.encode(self.public_key)
        self.did = f"did:key:{multibase}"
        self.verification_method = f"{self.did}#{multibase}"
        self.sign = self.key.sign


def signed_by_a_stranger(**changes) -> bytes:
    stranger = Stranger()
    found = json.loads(document_of(make_award())) | {"id": "https://elsewhere.example/1"} | changes
    found["issuer"]["id"] = stranger.did
    for name in ("proof", "credentialStatus"):
        del found[name]
    return standard.serialise(proof.sign(found, stranger, created=timezone.now()))


@pytest.mark.parametrize(
    "form",
    [
        "{pk}",
        "urn:uuid:{pk}",
        "https://badges.example/credentials/{pk}/",
        " {pk} ",
        "{PK}",
        "badges.example/credentials/{pk}/",
    ],
)
def test_one_of_ours_is_found_by_its_address_or_its_number(client, form):
    award = make_award(name="Amara Nwosu")

    html = ask(client, form.format(pk=award.pk, PK=str(award.pk).upper()))

    assert said(html) == ("valid", "Valid")
    assert answers(html) == ["passed", "passed", "passed"]
    assert "Awarded to Amara Nwosu" in words(html)


def test_the_json_file_and_the_pdf_get_the_same_report_as_the_address(client):
    award = make_award()
    data = document_of(award)

    by_address = ask(client, str(award.pk))
    by_json = bring(client, data).content.decode()
    by_pdf = bring(client, pdf_with(data), "certificate.pdf").content.decode()

    assert [said(html) for html in (by_address, by_json)] == [("valid", "Valid")] * 2
    checks = [
        re.findall(r'class="report__line">(.*?)</span>\n', html, re.S)
        for html in (by_address, by_json, by_pdf)
    ]
    assert checks[0] == checks[1] == checks[2][:-1]  # of a PDF the paper is compared too
    assert len(checks[0]) == 8


def test_the_text_of_a_credential_may_be_pasted(client):
    data = document_of(make_award())

    response = client.post(URL, {"q": data.decode()})

    assert said(response.content.decode()) == ("valid", "Valid")


def test_an_address_that_was_typed_ends_up_in_the_pages_own_address(client):
    response = client.post(URL, {"q": "https://badges.example/credentials/x/ "})

    assert response.status_code == 302
    assert response.url == "/verify/?q=https%3A%2F%2Fbadges.example%2Fcredentials%2Fx%2F"


def test_a_letter_that_was_changed_is_red_and_nothing_of_the_content_is_shown(client):
    data = document_of(make_award(name="Amara Nwosu"))

    html = bring(client, data.replace(b"Amara", b"Amira")).content.decode()

    assert said(html) == ("stop", "Not valid. Do not rely on it.")
    assert answers(html) == ["failed", "unknown", "unknown"]
    assert "Amira" not in html
    assert "Clinical Data Stewardship" not in html
    assert "Nothing that it says is shown here" in html


def test_a_revoked_one_says_when_and_why(client):
    award = make_award()
    standing.revoke(award, reason="The audit was copied.", by=owner_of(award.issuer))

    for html in (ask(client, str(award.pk)), bring(client, document_of(award)).content.decode()):
        assert said(html) == ("stop", "Revoked")
        assert answers(html) == ["passed", "failed", "passed"]
        assert "The reason given: The audit was copied." in html


def test_a_suspended_one_says_so_also_when_it_is_a_file(client):
    award = make_award()
    Award.objects.filter(pk=award.pk).update(suspended_at=timezone.now())

    html = bring(client, document_of(award)).content.decode()

    assert said(html) == ("warn", "Suspended")


def test_an_expired_and_a_coming_one_say_their_dates(client):
    today = timezone.now().date()
    expired = make_award(
        awarded_on=today.replace(year=2020), valid_until=today.replace(year=2021, month=8, day=31)
    )
    coming = make_award(awarded_on=today.replace(year=today.year + 1, day=1))

    assert said(ask(client, str(expired.pk))) == ("warn", "Expired")
    assert "It was valid until 31 August 2021" in words(ask(client, str(expired.pk)))
    assert said(ask(client, str(coming.pk))) == ("info", "Not yet valid")


def test_what_cannot_be_checked_is_amber_and_never_green(client):
    award = make_award()
    StatusList.objects.update(document=None)

    html = ask(client, str(award.pk))

    assert said(html) == ("warn", "Could not be checked wholly")
    assert answers(html) == ["passed", "unknown", "passed"]


def test_a_good_signature_of_somebody_unknown_is_not_green(client):
    html = bring(client, signed_by_a_stranger()).content.decode()

    assert said(html) == ("info", "The signature is good. We do not know who signed.")
    assert answers(html) == ["passed", "passed", "unknown"]


def test_what_others_may_refuse_is_said_and_stays_valid(client):
    html = bring(client, loosely_written(make_award())).content.decode()

    assert said(html) == ("valid", "Valid")
    (remark,) = re.findall(r"<li[^>]* data-remark>(.*?)</li>", html, re.S)
    assert words(remark) == (
        "Remark: Other programs may refuse it, because it has single values where the standard’s schema asks "
        "for lists (proof)."
    )


def inner(html: str) -> list[str]:
    """The line of each credential inside of a record."""
    found = re.findall(r'<details class="report__inner".*?<summary>(.*?)</summary>', html, re.S)
    return [words(line) for line in found]


def test_each_credential_in_a_record_is_shown_with_its_own_verdict_and_report(client):
    good, gone = make_award(name="Ada Lovelace"), make_award(name="Ada Lovelace")
    standing.revoke(gone, reason="Wrong person", by=owner_of(gone.issuer))
    other = signed_by_a_stranger(id="https://elsewhere.example/2")
    record = record_of(document_of(good), document_of(gone), other)

    html = bring(client, record).content.decode()

    assert said(html)[1] == "The signature is good. We do not know who signed."
    assert inner(html) == [
        "Clinical Data Stewardship · Ada Lovelace Valid",
        "Clinical Data Stewardship · Ada Lovelace Revoked",
        "Clinical Data Stewardship · Amara Nwosu Signature good, issuer unknown",
    ]
    assert len(answers(html)) == 4 * 3
    assert "Of the 3 credentials in it, 1 revoked." in html
    assert "The reason given: Wrong person" in html


def test_a_record_with_something_false_in_it_is_red_and_says_what_its_issuer_signed(client):
    changed = document_of(make_award(name="Amara Nwosu")).replace(b"Amara", b"Amira")
    record = record_of(document_of(make_award(name="Ada Lovelace")), changed)

    html = bring(client, record).content.decode()

    assert said(html) == ("stop", "Something in it is false. Do not rely on it.")
    assert inner(html) == [
        "Clinical Data Stewardship · Ada Lovelace Valid",
        "Nothing of it is shown Not valid",
    ]
    assert "Amira" not in html[: html.index('<details class="raw"')]


def test_the_report_shows_the_licence_number_the_credits_and_when_it_was_done(client):
    award = make_award(
        licence_number="AB--12(c)",
        credits_earned="7.5",
        activity_start=dt.date(2026, 1, 2),
        activity_end=dt.date(2026, 5, 31),
    )

    html = words(bring(client, document_of(award)).content.decode())

    assert "Credits 7.5" in html
    assert "Licence number AB--12(c)" in html
    assert "From 2 January 2026" in html
    assert "Until 31 May 2026" in html


def test_the_signed_document_can_be_read_raw(client):
    award = make_award()

    html = ask(client, str(award.pk))

    raw = re.search(r"<pre[^>]*><code>(.*?)</code></pre>", html, re.S)[1]
    assert json.loads(raw.replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")) == json.loads(
        document_of(award)
    )


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "empty.json", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n....", "credential.json", "The picture is not put together"),
        (b'{"id": 1', "a.json", "It is not JSON: something is wrong in line 1."),
        (b"\x00\xff\x00", "<b>.json", "“&lt;b&gt;.json” is neither a PDF nor a JSON file"),
        (b"%PDF-1.7\ngarbage", "a.pdf", "This PDF is damaged: what is attached to it cannot be read."),
    ],
)
def test_what_is_no_credential_gets_a_sentence(client, data, name, sentence):
    response = bring(client, data, name)

    html = response.content.decode()
    assert response.status_code == 200
    assert said(html) == ("stop", "There is no credential to check in this")
    assert sentence in html
    assert answers(html) == []


def test_a_pdf_that_is_not_ours_says_what_to_do(client):
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page()
    buffer = BytesIO()
    pdf.save(buffer)

    assert (
        "There is no credential inside this PDF."
        in bring(client, buffer.getvalue(), "a.pdf").content.decode()
    )


def test_a_hundred_megabytes_get_a_sentence_and_are_not_kept(client):
    response = bring(client, b"x" * (100 * 1024 * 1024), "large.pdf")

    assert response.status_code == 413
    assert "The file is larger than 10 MB." in response.content.decode()


def test_a_text_larger_than_a_form_may_be_gets_a_sentence(client):
    response = client.post(URL, {"q": "x" * 6_000_000})

    assert response.status_code == 413
    assert "larger than 10 MB" in response.content.decode()


def test_nothing_brought_says_what_to_bring(client):
    for response in (client.post(URL, {}), client.get(URL, {"q": " "})):
        html = response.content.decode()
        assert "Paste the address of a credential here, or choose a file below." in html


def test_the_box_alone_complains_about_nothing(client):
    html = client.get(URL).content.decode()

    assert "form_errors" not in html
    assert "nothing is stored" in html


def test_it_needs_no_token_and_sets_no_cookie(client):
    client.handler.enforce_csrf_checks = True

    response = bring(client, document_of(make_award()))

    assert said(response.content.decode()) == ("valid", "Valid")
    assert response.cookies == {}


def test_a_private_credential_is_as_unknown_as_one_that_never_was(client):
    award = make_award()
    Award.objects.filter(pk=award.pk).update(visibility=Award.Visibility.PRIVATE)

    html = ask(client, str(award.pk))

    assert said(html) == ("stop", "There is no credential to check in this")
    assert "There is no credential at this address or with this id here." in html


@pytest.mark.parametrize(
    "text",
    ["nonsense", "http://[", "https://", "javascript:alert(1)", "https://badges.example/credentials/", "\x00",
     "//x", "https://user:pass@127.0.0.1/", "https://169.254.169.254/latest", "file:///etc/passwd", "https://a.example:22/x",
     "x" * 5000, "https://" + "a" * 5000],
)  # fmt: skip
def test_whatever_is_typed_is_answered_and_nothing_inside_is_asked(client, text):
    response = client.get(URL, {"q": text})

    assert response.status_code == 200
    assert "is-valid" not in response.content.decode()


def test_a_report_is_not_for_search_engines_nor_for_caches(client):
    response = client.get(URL, {"q": str(make_award().pk)})

    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "private, no-store"


def test_what_a_stranger_wrote_runs_nowhere_and_leads_nowhere_dangerous(client):
    data = signed_by_a_stranger(
        name="<script>alert(1)</script>",
        evidence=[
            {
                "type": ["Evidence"],
                "id": "javascript:alert(1)",
                "name": "click",
                "narrative": "<img src=x onerror=a()>",
            },
            {"type": ["Evidence"], "id": "https://example.org/proof", "name": "proof"},
        ],
    )

    html = bring(client, data).content.decode()

    said_part = html[html.index('id="said"') : html.index('<details class="raw"')]
    assert re.findall(r'href="(.*?)"', said_part) == [
        "https://example.org/proof",
        "https://elsewhere.example/1",
    ]
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_descriptions_are_plain_text_and_narratives_are_markdown(client):
    version = make_version(description="Rated *five* <b>stars</b>", criteria="An *exam*")
    award = make_award(version)
    evidence = [
        {"type": ["Evidence"], "name": "One", "description": "Chapter *one* <i>"},
        {"type": ["Evidence"], "name": "Two", "narrative": "Chapter *two* <i>"},
    ]

    ours = client.get(award.get_absolute_url(), headers={"accept": "text/html"}).content.decode()
    theirs = bring(client, signed_by_a_stranger(evidence=evidence)).content.decode()

    assert "<p>Rated *five* &lt;b&gt;stars&lt;/b&gt;</p>" in ours
    assert "<em>exam</em>" in ours
    assert '<p dir="auto">Chapter *one* &lt;i&gt;</p>' in theirs
    assert "<em>two</em>" in theirs
