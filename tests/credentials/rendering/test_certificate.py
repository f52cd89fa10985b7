"""Real PDFs, read back with tools that did not make them. Without Pango or poppler these tests fail."""

import io
import itertools
import re
import subprocess
import sys
import uuid
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import page as pdf_validator
import pikepdf
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw

from credentials.rendering import certificate, drawings, faces
from credentials.rendering.certificate import (
    CertificateFace,
    RenderingRefused,
    Signatory,
    render,
    render_many,
)
from tests.benchmarks import certificates as plain

DOCUMENT = '{"type":["VerifiableCredential","OpenBadgeCredential"],"name":"Zoë – 蔡"}\n'.encode()

# One name for every script of a roster of graduates, and a few that mix them.
NAMES = {
    "Latin": "Łukasz O’Connor-d'Arcy",
    "Vietnamese": "Nguyễn Thị Ánh Nguyệt",
    "Greek": "Μαριάνθη Κοντογιάννης",
    "Cyrillic": "Ірина Назаренко",
    "Armenian": "Վասակ Ադանելյան",
    "Georgian": "მზია ჭინჭარაული",
    "Arabic": "باران زمانی",
    "Hebrew": "יצחק שריקי",
    "Devanagari": "सतीश झादव",
    "Bengali": "আশুতোষ পাল",
    "Tamil": "ஷர்மிஸ்தா ஐஸ்வர்யா",
    "Thai": "มารุด นิระหานี",
    "Chinese": "蔡秀云",
    "Japanese": "佐藤 りょうすけ",
    "Korean": "김준서",
    "mixed": "Ada 蔡 Ірина",
}


# Scripts in which a cluster of letters is drawn by several glyphs, or several letters by one
CLUSTERS = {
    "Bengali": "আশুতোষ পাল",
    "Burmese": "ဒေါ်အောင်ဆန်းစုကြည်",
    "Devanagari": "श्रीनिवास शर्मिष्ठा",
    "Gujarati": "શ્રીનિવાસ",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ",
    "Kannada": "ಶ್ರೀನಿವಾಸ್",
    "Khmer": "សុខា ស្រីមុំ",
    "Malayalam": "ശ്രീനിവാസൻ",
    "Sinhala": "සුමිත්‍රා රත්නායක",
    "Telugu": "శ్రీనివాస్",
    "Tibetan": "བསྟན་འཛིན་རྒྱ་མཚོ",
}


def picture(size=(400, 300), mode="RGBA", kind="PNG") -> bytes:
    image = Image.new(mode, size, (0, 0, 0, 0) if mode == "RGBA" else (255, 255, 255))
    ImageDraw.Draw(image).ellipse((10, 10, size[0] - 10, size[1] - 10), fill=(140, 30, 50))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def face(kind: str = "degree", **changes) -> CertificateFace:
    identifier = changes.pop("credential_id", uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e"))
    return replace(
        CertificateFace(
            credential_id=identifier,
            kind=kind,
            title="Bachelor of Science in Computer Science",
            recipient_name="Ada Lovelace",
            issuer_name="Northfield University",
            awarded_on=date(2026, 6, 12),
            url=f"https://badges.example/credentials/{identifier}/",
            short_url=f"badges.example/credentials/{identifier}",
        ),
        **changes,
    )


def everything(kind: str) -> CertificateFace:
    return face(
        kind,
        issuer_logo=picture(),
        results=(("Score", "872 of 1000"), ("Result", "Passed")),
        valid_until=date(2028, 6, 11),
        licence_number="PRE-2026-004417",
        statement="has passed a supervised examination of six hours and is certified as",
        description="Designs, runs and repairs services under load.",
        signatories=(
            Signatory(name="H. Márquez", title="Rector", signature=picture((300, 100))),
            Signatory(name="J. Lind"),
        ),
    )


def words(pdf: bytes) -> str:
    """The text of the page as poppler reads it, in one line."""
    read = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(read.stdout.decode().split())


def page(pdf: bytes, dots: int = 60) -> Image.Image:
    drawn = subprocess.run(
        ["pdftoppm", "-r", str(dots), "-png", "-singlefile", "-"], input=pdf, capture_output=True, check=True
    )
    return Image.open(io.BytesIO(drawn.stdout)).convert("RGB")


@pytest.mark.parametrize("kind", ["degree", "badge"])
def test_a_licence_number_is_drawn_as_it_was_typed(kind):
    """Where an unseen sign keeps the letters apart, no ligature can join them: both look the same."""
    joined = page(render(face(kind, licence_number="AB--12(c)"), document=DOCUMENT))
    apart = page(render(face(kind, licence_number="AB-\u200c-12(\u200cc\u200c)"), document=DOCUMENT))

    assert ImageChops.difference(joined, apart).getbbox() is None


@pytest.mark.parametrize("kind", list(faces.LAYOUTS))
def test_the_credential_is_inside_byte_for_byte_and_once(kind):
    with pikepdf.open(io.BytesIO(render(everything(kind), document=DOCUMENT))) as pdf:
        assert list(pdf.attachments) == ["credential.json"]
        (file,) = pdf.Root.AF
        content = file.EF.F
        assert content.read_bytes() == DOCUMENT
        assert (str(file.F), str(file.UF), str(file.AFRelationship)) == (
            "credential.json",
            "credential.json",
            "/Data",
        )
        assert str(content.Subtype) == "/application/vc+ld+json"
        assert str(content.Params.ModDate) == "D:20260612000000Z"


@pytest.mark.parametrize("kind", list(faces.LAYOUTS))
def test_it_is_one_tagged_pdf_a_page_with_title_and_language(kind):
    with pikepdf.open(io.BytesIO(render(replace(everything(kind), language="de"), document=DOCUMENT))) as pdf:
        assert len(pdf.pages) == 1
        assert [round(float(side)) for side in pdf.pages[0].MediaBox] == [0, 0, 842, 595]
        assert str(pdf.Root.Lang) == "de"
        assert pdf.Root.MarkInfo.Marked
        assert "/Filter" not in pdf.Root.Metadata
        with pdf.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"], xmp["pdfuaid:part"]) == ("3", "A", "1")
            assert xmp["dc:title"] == "Bachelor of Science in Computer Science – Ada Lovelace"


@pytest.mark.parametrize("kind", list(faces.LAYOUTS))
def test_everything_that_is_known_is_printed(kind):
    printed = words(render(everything(kind), document=DOCUMENT))

    for text in (
        "Northfield University",
        "Ada Lovelace",
        "Bachelor of Science in Computer Science",
        "872 of 1000",
        "12 June 2026",
        "11 June 2028",
        "PRE-2026-004417",
        "H. Márquez",
        "Rector",
        "J. Lind",
        "badges.example",
    ):
        assert text in printed


def test_every_stream_is_as_long_as_it_says_whatever_byte_it_ends_with():
    """ISO 19005-3, 6.1.7. The attached data ends in CR when it is compressed, as one in 256 does."""
    fillers = (b'{"n":"%d"}' % number for number in itertools.count())
    document = next(data for data in fillers if zlib.compress(data, 9).endswith(b"\r"))

    pdf = render(face("degree"), document=document)

    streams = re.findall(rb"/Length (\d+)[^>]*>>\nstream\n(.*?)(?:\r\n|\r|\n)endstream", pdf, re.DOTALL)
    assert [len(data) for _, data in streams] == [int(length) for length, _ in streams]
    assert len(streams) == pdf.count(b"endstream")


@pytest.mark.parametrize("kind", list(faces.LAYOUTS))
def test_the_qr_code_on_the_page_and_the_link_lead_to_the_public_page(kind):
    made = face(kind)
    pdf = render(made, document=DOCUMENT)

    assert [code.text for code in zxingcpp.read_barcodes(page(pdf, 150))] == [made.url]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert {str(note.A.URI) for note in opened.pages[0].Annots} == {made.url}


@pytest.mark.parametrize("kind", ["degree", "badge"])
def test_names_of_every_script_are_printed_with_letters_of_their_own(kind):
    made = [face(kind, recipient_name=name, credential_id=uuid.uuid4()) for name in NAMES.values()]

    for (script, name), pdf in zip(NAMES.items(), render_many(made, [DOCUMENT] * len(made)), strict=True):
        letters = {letter for letter in name if letter.isalpha()}
        assert letters - set(words(pdf)) == set(), script


def test_a_letter_that_no_typeface_has_is_refused_rather_than_printed_as_a_box():
    with pytest.raises(RenderingRefused, match="No typeface on this machine has “\U0001b002”"):
        render(face(recipient_name="\U0001b002 Ada"), document=DOCUMENT)


UNPRINTABLE = "\u0378"  # means nothing, so no typeface has it


@pytest.mark.parametrize("kind", ["degree", "badge"])
def test_a_symbol_that_no_typeface_has_is_left_out_for_a_box_is_no_pdf_a(kind):
    text = f"Ada {UNPRINTABLE}\u200d{UNPRINTABLE}\ufe0f Lovelace"
    pdf = render(
        face(
            kind,
            recipient_name=text,
            title=f"{text} I",
            issuer_name=f"{text} II",
            description=f"{text} III",
            results=((f"{text} IV", f"{text} V"),),
            signatories=(Signatory(name=f"{text} VI", title=f"{text} VII"),),
            licence_number=f"{text} VIII",
        ),
        document=DOCUMENT,
    )

    assert words(pdf).count("Ada Lovelace") == 9
    assert boxes_in(pdf) == []


def test_a_symbol_that_is_left_out_of_one_certificate_leaves_the_others_of_its_batch_as_they_are():
    made = [face(recipient_name=name) for name in ("Ada", f"Ada {UNPRINTABLE}", "Łukasz")]

    together = render_many(made, [DOCUMENT] * 3)

    assert together == [render(one, document=DOCUMENT) for one in made]


def test_a_title_of_which_nothing_can_be_printed_is_refused_with_a_sentence():
    with pytest.raises(RenderingRefused, match="The title is empty, or has no letter"):
        render(face(title=f"{UNPRINTABLE} \u200d"), document=DOCUMENT)


def boxes_in(pdf: bytes) -> list[str]:
    """The fonts that show a box somewhere: WeasyPrint writes an encoding of its own for them."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary)]
        return [
            str(font.BaseFont)
            for font in fonts
            if font.get("/Subtype") == "/Type0" and font.Encoding != "/Identity-H"
        ]


@pytest.mark.parametrize("kind", list(faces.LAYOUTS))
@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "María José de la Santísima Trinidad Fernández de Córdoba y Álvarez de Toledo",
        "W" * 200,
        "Ada L " * 33,
    ],
)
def test_a_name_of_any_length_stays_above_what_stands_below_it(kind, name):
    long = replace(everything(kind), recipient_name=name, title="Advanced " * 20)
    laid_out = certificate.lay_out([faces.prepare(long)])

    boxes = {
        box.element.get("class").split()[0]: box
        for box in laid_out.pages[0]._page_box.descendants(placeholders=True)
        if box.element is not None and box.element.get("class") and box.element_tag in ("div", "p", "h1")
    }
    body, foot = boxes["body"], boxes["signatory"]
    assert len(laid_out.pages) == 1
    assert body.position_y + body.margin_height() <= foot.position_y


def test_a_batch_gives_the_same_files_as_one_by_one_in_order():
    looks = [
        ("degree", "#8c1e32"),
        ("badge", "#8c1e32"),
        ("degree", "#123a7a"),
        ("role_certification", "#8c1e32"),
        ("degree", "#8c1e32"),
    ]
    made = [
        face(
            kind,
            credential_id=uuid.UUID(int=n, version=4),
            recipient_name=f"Person {n}",
            issuer_colour=colour,
        )
        for n, (kind, colour) in enumerate(looks)
    ]
    documents = [b'{"n":%d}' % n for n in range(5)]

    together = render_many(made, documents)

    assert together == [render(one, document=document) for one, document in zip(made, documents, strict=True)]


def test_thirty_certificates_are_thirty_files_of_one_page_each():
    made = [face(credential_id=uuid.UUID(int=n, version=4), recipient_name=f"Person {n}") for n in range(30)]

    for n, pdf in enumerate(render_many(made, [DOCUMENT] * 30)):
        assert f"Person {n} has" in words(pdf)
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            assert len(opened.pages) == 1


def test_rendering_twice_gives_the_same_bytes():
    made = everything("micro_certification")

    assert render(made, document=DOCUMENT) == render(made, document=DOCUMENT)


HOSTILE = [
    '<img src="http://127.0.0.1:1/x">',
    '<link rel=attachment href="file:///etc/passwd">',
    "</style><style>@import url(file:///etc/passwd)",
    '"><iframe src=//127.0.0.1:1>',
    "{% include 'secret' %} {{ settings }}",
    "<table>" * 20,
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", ["degree", "micro_certification"])
def test_hostile_text_is_printed_as_the_text_it_is(kind, text):
    pdf = render(
        face(
            kind, recipient_name=text, title=text, issuer_name=text, description=text, results=((text, text),)
        ),
        document=DOCUMENT,
    )

    assert text.replace(" ", "") in words(pdf).replace(" ", "")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert list(opened.attachments) == ["credential.json"]


def test_five_thousand_letters_are_refused_and_in_prose_cut():
    with pytest.raises(RenderingRefused, match="The name is longer than 200 letters"):
        render(face(recipient_name="x" * 5000), document=DOCUMENT)

    assert "…" in words(render(face(description="word " * 1000), document=DOCUMENT))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/x.png",
        "https://badges.example/x.png",
        "file:///etc/passwd",
        "data:image/png;base64,AA==",
        "asset:etc",
    ],
)
@pytest.mark.parametrize(
    "markup", ['<img src="{}">', '<link rel=stylesheet href="{}">', '<p style="background:url({})">x']
)
def test_no_other_address_is_ever_fetched(address, markup):
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    from credentials.rendering.assets import AssetFetcher

    with pytest.raises(FatalURLFetchingError, match="may not load"):
        HTML(string=markup.format(address), url_fetcher=AssetFetcher()).write_pdf()


def test_a_stylesheet_of_ours_may_not_fetch_either():
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError, match=r"may not load 'https://badges.example/a.css'"):
        certificate.sheet_of("@import url(https://badges.example/a.css);")


def test_a_design_that_loads_from_elsewhere_refuses_the_certificate(settings, tmp_path):
    (tmp_path / "certificates").mkdir()
    (tmp_path / "certificates" / "macro.html").write_text('<img src="http://127.0.0.1:1/logo.png" alt="x">')
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]

    with pytest.raises(RenderingRefused, match=r"may not load 'http://127.0.0.1:1/logo.png'"):
        render(face(), document=DOCUMENT)


@pytest.mark.parametrize(
    "logo", [picture(), picture(mode="RGB"), picture(mode="RGB", kind="JPEG"), picture((3000, 800))]
)
def test_kept_pictures_are_pixel_by_pixel_those_of_weasyprint(logo):
    from weasyprint import HTML
    from weasyprint.images import RasterImage

    kept = drawings.raster(logo)
    data = drawings.smaller(logo)
    with Image.open(io.BytesIO(data)) as image:
        own = RasterImage(image, "own", data, None, {}, "from-image")
    style = "<style>@page { size: 8cm; margin: 5mm; background: #cde } img { width: 50mm }</style>"
    markup = f'{style}<img src="asset:logo" alt="x">'

    pages = [page(HTML(string=markup).write_pdf(cache={"asset:logo": one}), 100) for one in (kept, kept, own)]

    assert ImageChops.difference(pages[0], pages[2]).getbbox() is None
    assert ImageChops.difference(pages[1], pages[2]).getbbox() is None
    assert len(pages[2].getcolors(1_000_000)) > 2


def test_our_page_looks_like_the_one_that_plain_weasyprint_makes_of_the_same_svg(tmp_path):
    made = plain.people(1)[0]
    ours = page(render(made, document=DOCUMENT), 75).convert("L")
    theirs = page(plain.plainly(made, plain.static_files(made, tmp_path)), 75).convert("L")

    histogram = ImageChops.difference(ours, theirs).histogram()
    assert sum(histogram[96:]) / (ours.width * ours.height) < 0.002


def test_a_large_logo_is_made_no_larger_than_print_needs():
    with Image.open(io.BytesIO(drawings.smaller(picture((3000, 800))))) as image:
        assert image.size == (900, 240)


def test_all_certificates_of_a_process_share_one_font_configuration():
    certificate.render(face(), document=DOCUMENT)
    before = certificate.fonts()
    certificate.render(face("badge", issuer_colour="#00aa55"), document=DOCUMENT)

    assert certificate.fonts() is before


def test_templates_carry_no_style_attribute_and_no_address_but_assets():
    for template in Path("templates/certificates").iterdir():
        text = template.read_text()
        assert " style=" not in text
        assert "http" not in text


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_a_name_in_any_script_leaves_it_archivable_and_accessible(profile, tmp_path):
    files = render_many([face(recipient_name=name) for name in CLUSTERS.values()], [DOCUMENT] * len(CLUSTERS))

    found = {}
    for script, pdf in zip(CLUSTERS, files, strict=True):
        (file := tmp_path / f"{script}.pdf").write_bytes(pdf)
        found[script] = [
            failure.rule_id for failure in pdf_validator.validate_pdf(str(file), profile=profile).failures
        ]
    assert found == {script: [] for script in CLUSTERS}


AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
import django
django.setup()
from credentials.rendering.certificate import render
from tests.credentials.rendering.test_certificate import DOCUMENT, NAMES, face
with ThreadPoolExecutor(6) as pool:
    names = 4 * list(NAMES.values())
    drawn = list(pool.map(lambda name: render(face(recipient_name=name), document=DOCUMENT), names))
print(len(drawn))
"""


def test_threads_that_draw_at_once_do_not_end_the_process():
    done = subprocess.run([sys.executable, "-c", AT_ONCE], capture_output=True, text=True, timeout=120)

    assert (done.returncode, done.stdout) == (0, f"{4 * len(NAMES)}\n"), done.stderr
