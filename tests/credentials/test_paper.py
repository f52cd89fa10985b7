"""What a certificate says to the eye is compared with what is signed inside it."""

import datetime as dt
import io
from dataclasses import replace

import pikepdf
import pytest

from credentials import judging, paper
from credentials.models import Award, Rendering
from credentials.openbadges.verify import Outcome, Verdict
from credentials.paper import Text, Value
from credentials.rendering import certificate, pades, shelf
from issuers import keys
from tests import authority
from tests.credentials.test_verification_views import (
    answers,
    bring,
    document_of,
    pdf_with,
    said,
    signed_by_a_stranger,
)
from tests.factories import make_award, make_version

pytestmark = pytest.mark.django_db


def certificate_of(award: Award, *, document: bytes = b"", **changes) -> bytes:
    """As this site draws it, or with something else on the paper, or another credential inside."""
    face = shelf.face_of(Award.objects.for_page().get(pk=award.pk))
    return certificate.render(replace(face, **changes), document=document or document_of(award))


def found_in(data: bytes) -> tuple[str, str, str]:
    """(verdict, outcome of the paper, its sentence)"""
    report = judging.judge(judging.Brought("certificate.pdf", data))
    check = report.checks[-1]
    assert check.name == paper.NAME
    return report.verdict, check.outcome, check.sentence


@pytest.mark.parametrize("kind", ["degree", "role_certification", "micro_certification", "badge"])
def test_the_paper_of_each_kind_says_what_is_signed(kind):
    award = make_award(make_version(kind=kind), name="Zoë Łukasz-O’Connor")

    assert found_in(certificate_of(award)) == (
        "valid", "passed",
        "The paper says what is signed: name, title, date"
        + (", end of its validity." if award.valid_until else "."),
    )  # fmt: skip


SCRIPTS = {
    "Arabic": "باران زمانی",
    "Hebrew": "יצחק שריקי",
    "Thai": "มารุด นิระหานี",
    "Chinese": "蔡秀云",
    "Korean": "김준서",
    "Vietnamese": "Nguyễn Thị Ánh Nguyệt",
    "long": "Maximiliana Wilhelmina von und zu Hohenlohe-Langenburg, of a name that takes three lines",
}


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS)
def test_names_in_other_scripts_and_on_several_lines_are_found(name):
    assert found_in(certificate_of(make_award(name=name, language="ar" if name in "باران زمانی" else "en")))[
        :2
    ] == ("valid", "passed")


def test_a_symbol_that_could_not_be_printed_is_not_missed_on_the_paper():
    award = make_award(make_version(name="Flight \u0378 Engineer 👩‍🚀"), name="Zoë 👩‍🚀 Łukasz")

    assert found_in(certificate_of(award))[:2] == ("valid", "passed")


def test_a_symbol_that_the_signed_data_do_not_say_is_noticed_on_the_paper():
    award = make_award(name="Zoë Łukasz")

    assert found_in(certificate_of(award, recipient_name="Zoë Łukasz ☂"))[:2] == ("invalid", "failed")


def test_a_script_that_a_pdf_does_not_keep_is_unknown_and_not_called_different():
    verdict, outcome, sentence = found_in(certificate_of(make_award(name="अमित शर्मा")))

    assert (verdict, outcome) == ("unknown", "unknown")
    assert "The name cannot be found in the text of this paper." in sentence


def test_the_very_file_that_the_site_drew_needs_no_reading():
    award = make_award(name="अमित शर्मा")
    rendering = shelf.ask(award)
    shelf.draw(rendering.pk)
    with Rendering.objects.get(pk=rendering.pk).file.open("rb") as file:
        drawn = file.read()

    assert found_in(drawn) == (
        "valid", "passed", "This PDF is, byte for byte, the certificate that this site drew.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recipient_name": "Amara Nwosa"},
         "The paper says “Amara Nwosa”, but the signed data say “Amara Nwosu”."),
        ({"recipient_name": "Amara Nwosu-Smith"},
         "The paper says “Amara Nwosu-Smith”, but the signed data say “Amara Nwosu”."),
        ({"recipient_name": "Xi"}, "The paper does not say “Amara Nwosu”, the name in the signed data."),
        ({"title": "Clinical Data Leadership"},
         "The paper says “Clinical Data Leadership”, but the signed data say “Clinical Data Stewardship”."),
        ({"awarded_on": "1999"}, "The paper says “1 January 1999”, but the signed data say"),
    ],
)  # fmt: skip
def test_what_was_changed_on_the_paper_is_said(changes, sentence):
    award = make_award(name="Amara Nwosu", awarded_on=dt.date(2026, 1, 11))
    if "awarded_on" in changes:
        changes = {"awarded_on": dt.date(1999, 1, 1)}

    verdict, outcome, found = found_in(certificate_of(award, **changes))

    assert (verdict, outcome) == (Verdict.INVALID, Outcome.FAILED)
    assert found.startswith(sentence)


def painted_over(pdf: bytes, words: str) -> bytes:
    """The same certificate with a white box and other words on top; what was there stays underneath."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        page = opened.pages[0]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources.Font[pikepdf.Name("/Forged")] = opened.make_indirect(font)
        paint = f"q 1 1 1 rg 80 250 600 60 re f 0 g BT /Forged 30 Tf 100 270 Td ({words}) Tj ET Q"
        page.contents_add(opened.make_stream(paint.encode()))
        opened.save(changed := io.BytesIO())
    return changed.getvalue()


@pytest.mark.parametrize("words", ["Mallory Fake", "Doctor of Philosophy", "summa cum laude", "Amara Nwosu"])
@pytest.mark.parametrize("kind", ["degree", "badge"])
def test_words_that_were_painted_over_the_paper_are_noticed(kind, words):
    forged = painted_over(certificate_of(make_award(make_version(kind=kind), name="Amara Nwosu")), words)

    verdict, outcome, sentence = found_in(forged)

    assert (verdict, outcome) == (Verdict.UNKNOWN, Outcome.UNKNOWN)
    assert f"The paper also says “{words}”" in sentence


@pytest.mark.parametrize("pages", [2, 4])
def test_a_page_that_was_added_is_noticed(pages):
    with pikepdf.open(io.BytesIO(certificate_of(make_award()))) as opened:
        for _ in range(pages - 1):
            opened.add_blank_page()
        opened.save(changed := io.BytesIO())

    assert found_in(changed.getvalue())[:2] == ("unknown", "unknown")


def test_the_page_says_that_the_paper_lies_and_what_is_signed(client):
    forged = certificate_of(make_award(name="Amara Nwosu"), recipient_name="Amara Nwosa")

    html = bring(client, forged, "certificate.pdf").content.decode()

    assert said(html) == ("stop", "The paper was changed. Do not rely on it.")
    assert answers(html) == ["failed", "unknown", "passed"]
    assert "the credential inside is genuine" in html
    assert "<bdi>Amara Nwosu</bdi>" in html


def test_a_picture_of_a_page_cannot_be_compared_and_is_not_green(client):
    html = bring(client, pdf_with(document_of(make_award())), "scan.pdf").content.decode()

    assert said(html) == ("warn", "Could not be checked wholly")
    assert "There is no text on this paper that a program can read." in html


def test_a_page_that_takes_too_long_to_read_is_said_to_and_is_unknown():
    with pikepdf.open(io.BytesIO(pdf_with(document_of(make_award())))) as pdf:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        pdf.pages[0].Contents = pdf.make_stream(b"BT /F1 9 Tf " + b"(a) Tj " * 2_000_000 + b"ET")
        pdf.save(slow := io.BytesIO())

    verdict, outcome, sentence = found_in(slow.getvalue())

    assert (verdict, outcome) == ("unknown", "unknown")
    assert sentence.startswith("The text of this paper takes too long to read, so we stopped. Compare")


@pytest.mark.parametrize(
    ("kind", "shows"),
    [("FreeText", {}), ("Widget", {"FT": pikepdf.Name.Sig}), ("Link", {"AP": pikepdf.Dictionary()})],
    ids=["a note", "a signature that is seen", "a link that is drawn"],
)
def test_what_was_laid_over_the_paper_is_noticed(kind, shows):
    with pikepdf.open(io.BytesIO(certificate_of(make_award()))) as pdf:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(f"/{kind}"), Rect=[0, 0, 400, 400],
            Contents="Somebody Else", DA="/Helv 12 Tf", **shows,
        )  # fmt: skip
        pdf.pages[0].Annots.append(pdf.make_indirect(note))
        if kind == "Widget":
            pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[pdf.pages[0].Annots[-1]])
        changed = io.BytesIO()
        pdf.save(changed)

    assert found_in(changed.getvalue())[:2] == ("unknown", "unknown")


def test_a_certificate_that_is_signed_as_a_file_says_what_is_signed_inside_it(settings, tmp_path):
    authority.made_in(tmp_path).are_set_in(settings)
    signed = pades.sign(certificate_of(make_award()), keys.paper_signer())

    assert found_in(signed)[:2] == ("valid", "passed")


def test_a_strangers_paper_is_never_called_different():
    assert found_in(pdf_with(signed_by_a_stranger()))[:2] == ("unknown", "unknown")


def strangers_paper(**changes) -> bytes:
    """A paper around the credential of somebody else, drawn in our hand."""
    award = make_award(name="Amara Nwosu", awarded_on=dt.date(2026, 1, 11))
    signed = signed_by_a_stranger(awardedDate="2026-01-11T00:00:00Z")
    return certificate_of(award, document=signed, **changes)


def test_the_date_on_a_strangers_paper_is_compared_too():
    assert found_in(strangers_paper()) == (
        "valid", "passed", "The paper says what is signed: name, title, date.",
    )  # fmt: skip


def test_another_date_on_a_strangers_paper_is_said_and_not_green():
    verdict, outcome, sentence = found_in(strangers_paper(awarded_on=dt.date(1999, 1, 1)))

    assert (verdict, outcome) == ("unknown", "unknown")
    assert sentence.startswith("The date cannot be found in the text of this paper.")


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_day_that_no_calendar_has_elsewhere_is_compared_as_it_was_said(date):
    signed = signed_by_a_stranger(awardedDate=date, validFrom="2026-01-01T00:00:00Z")

    assert found_in(certificate_of(make_award(), document=signed))[0] == "unknown"


DATE = Value("date", "11 January 2026", tuple(paper.date_forms(dt.date(2026, 1, 11), ["en", "de"])))


@pytest.mark.parametrize(
    "line",
    ["11 January 2026", "January 11, 2026", "11. Januar 2026", "2026-01-11", "11.01.2026", "11/1/2026",
     "1/11/2026", "Given at Bonn, 11 Jan 2026", "Awarded: Jan 11, 2026."],
)  # fmt: skip
def test_a_date_is_found_in_whatever_form_people_write_it(line):
    assert paper.judged([DATE], Text([line], []), ours=False).outcome == "passed"


@pytest.mark.parametrize("line", ["1 January 2026", "111.01.2026", "11 January 2025", "11 February 2026"])
def test_another_date_is_not_taken_for_it(line):
    assert paper.judged([DATE], Text([line], []), ours=False).outcome == "unknown"


def test_a_strangers_paper_without_a_date_has_none_to_compare():
    found = paper.judged([TITLE, DATE], Text(["We certify: C++"], []), ours=False)

    assert (found.outcome, found.sentence) == ("passed", "The paper says what is signed: title.")


NAME, TITLE = Value("name", "Jo Smith", ("Jo Smith",)), Value("title", "C++", ("C++",))


@pytest.mark.parametrize(
    ("lines", "ours", "outcome"),
    [
        (["Jo Smith", "C++"], True, "passed"),
        (["J o  Sm\u200eith", "Ｃ＋＋"], True, "passed"),
        (["Jo Smithson", "C++"], True, "failed"),
        (["Jo Smith", "C"], True, "failed"),
        (["We certify that Jo Smith has learned C++ here"], False, "passed"),
        (["We certify that Jo Smithson has learned C++ here"], False, "unknown"),
        (["Wir bestätigen"], False, "unknown"),
        ([], True, "unknown"),
    ],
)
def test_values_are_compared_whole(lines, ours, outcome):
    assert paper.judged([NAME, TITLE], Text(lines, []), ours=ours).outcome == outcome


PRINTED = "This certifies that Ada Lovelace has earned C++ on 3 May 2026"


@pytest.mark.parametrize(
    ("lines", "added"),
    [
        (["This certifies that", "Ada Lovelace", "has earned C++ on 3 May 2026"], []),
        (["This certifies that", "Ada Love lace", "earned has on C++ 2026 May 3"], []),
        (["This certifies that", "Ada Lovelace", "Ada Lovelace"], ["Ada Lovelace"]),
        (["Ada Lovelace", "summa cum laude"], ["summa cum laude"]),
    ],
    ids=["as printed", "broken anew and in another order", "once more", "besides"],
)
def test_what_is_printed_is_used_up_line_by_line(lines, added):
    assert paper._added(lines, PRINTED) == added


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"%PDF-1.7 garbage", b"%PDF-" + b"\x00" * 1000])
def test_a_pdf_that_cannot_be_read_says_nothing(data):
    with pytest.raises(paper.Untold, match="The text of this paper cannot be read"):
        paper.text_of(data)
