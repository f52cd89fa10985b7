"""Out of a dropped file comes the credential, or one sentence for the person who dropped it."""

import ast
import json
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import qrcode
from pikepdf import AttachedFileSpec, Dictionary, Name, Pdf, Stream
from PIL import Image

from credentials import attachments, photographs, verifying
from credentials.extracting import MAX_BYTES, TookTooLong, Unreadable, document_in
from credentials.openbadges.baking import Generation, bake

CREDENTIAL = {"id": "https://badges.example/credentials/1", "name": "Žluťoučký"}
JSON = json.dumps(CREDENTIAL, ensure_ascii=False).encode()
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def make_pdf(files: dict[str, bytes], *, pages: int = 1, **save) -> bytes:
    pdf = Pdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    for name, data in files.items():
        pdf.attachments[name] = AttachedFileSpec(pdf, data, filename=name)
    buffer = BytesIO()
    pdf.save(buffer, **save)
    return buffer.getvalue()


def refused(data: bytes, name: str = "file") -> str:
    with pytest.raises(Unreadable) as complaint:
        document_in(data, name=name)
    return str(complaint.value)


def test_a_json_file_is_read():
    assert document_in(JSON, name="a.json") == (CREDENTIAL, "json", "")


def test_a_byte_order_mark_and_space_before_the_json_are_no_matter():
    assert document_in(b"\xef\xbb\xbf \n" + JSON, name="a.json") == (CREDENTIAL, "json", "")


def test_a_pdf_gives_what_is_attached_to_it():
    assert document_in(make_pdf({"credential.json": JSON}), name="a.pdf") == (CREDENTIAL, "pdf", "")


def test_the_bytes_say_what_a_file_is_and_not_its_name():
    assert document_in(make_pdf({"credential.json": JSON}), name="a.json")[1] == "pdf"
    assert document_in(JSON, name="a.pdf")[1] == "json"


def test_credential_json_goes_before_any_other_attachment():
    pdf = make_pdf({"a.json": b'{"id": "other"}', "credential.json": JSON})

    assert document_in(pdf, name="a.pdf")[0] == CREDENTIAL


def test_a_strangers_pdf_may_call_its_attachment_otherwise():
    pdf = make_pdf({"notes.txt": b"hello", "openbadge.json": JSON})

    assert document_in(pdf, name="a.pdf")[0] == CREDENTIAL


def test_a_pdf_with_packed_objects_is_read():
    pdf = make_pdf({"credential.json": JSON}, object_stream_mode=pikepdf.ObjectStreamMode.generate)

    assert document_in(pdf, name="a.pdf")[0] == CREDENTIAL


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.json", "The file is empty."),
        (b"  \n", "a.json", "The file is empty."),
        (PNG, "a.json", "The picture is not put together as a PNG must be."),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "a.svg",
            "There is no credential inside this picture.",
        ),
        (b"\xff\xd8\xff\xe0JFIF", "a.pdf", "This picture is damaged, or of a kind that we do not read."),
        (b"GIF89a", "a.gif", "“a.gif” is a picture of a kind that carries no credential."),
        (b"PK\x03\x04 docx", "a.docx", "“a.docx” is an archive or an office file."),
        (b"<!DOCTYPE html><html></html>", "a.html", "“a.html” is a web page, not a credential."),
        (b"name,email\nAda,ada@example.org", "a.csv", "“a.csv” is neither a PDF nor a JSON file, nor"),
        (b"hello", "", "This file is neither a PDF nor a JSON file, nor"),
        (b'{"id": ', "a.json", "It is not JSON: something is wrong in line 1."),
        (b"[1, 2]", "a.json", "It is JSON, but not a credential."),
        (
            b'{"a": 1, "a": 2}',
            "a.json",
            "It says “a” twice, so different readers would see different things.",
        ),
        (b"{" + b'"a":{' * 40, "a.json", "It is nested more than 32 levels deep."),
        (b'{"a": "\xff"}', "a.json", "It is not written in UTF-8, as JSON must be."),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(data, name, sentence):
    assert refused(data, name).startswith(sentence)


def test_more_than_ten_megabytes_are_not_looked_at():
    assert refused(b"{" + b" " * MAX_BYTES).startswith("The file is larger than 10 MB.")


@pytest.mark.parametrize("files", [{}, {"notes.txt": b"hello"}, {"list.json": b"[1, 2]"}])
def test_a_pdf_without_a_credential_says_what_to_do_instead(files):
    assert refused(make_pdf(files)).startswith("There is no credential inside this PDF.")


def test_a_pdf_whose_credential_is_broken_says_so():
    assert (
        refused(make_pdf({"credential.json": JSON[:-1]})) == "It is not JSON: something is wrong in line 1."
    )


def test_a_locked_pdf_says_so():
    locked = make_pdf({"credential.json": JSON}, encryption=pikepdf.Encryption(user="secret", owner="secret"))

    assert refused(locked) == "This PDF is locked with a password, so what is in it cannot be read."


def test_a_pdf_of_too_many_pages_is_refused():
    assert (
        refused(make_pdf({}, pages=201))
        == "This PDF has more than 200 pages. A certificate has one or a few."
    )


@pytest.mark.parametrize("cut", [8, 40, 200, -20])
def test_a_damaged_pdf_is_refused_with_a_sentence(cut):
    sentence = refused(make_pdf({})[:cut])

    assert sentence.startswith(("This PDF is damaged", "There is no credential inside this PDF"))


def test_an_attachment_larger_than_a_megabyte_is_no_credential():
    large = make_pdf({"credential.json": b'{"a": "' + b"x" * attachments.MAX_ATTACHMENT + b'"}'})

    assert refused(large) == "What is attached to this PDF is larger than 1 MB, so it is no credential."


def bomb(filters: int) -> bytes:
    """A PDF whose attachment is 256 MB of zeros, deflated `filters` times."""
    squeezer = zlib.compressobj(9)
    data = b"".join(squeezer.compress(bytes(2**20)) for _ in range(256)) + squeezer.flush()
    for _ in range(filters - 1):
        data = zlib.compress(data, 9)
    pdf = Pdf.new()
    pdf.add_blank_page()
    stream = Stream(pdf, b"")
    stream.write(data, filter=pikepdf.Array([Name.FlateDecode] * filters), type_check=False)
    stream.Type = Name.EmbeddedFile
    spec = Dictionary(Type=Name.Filespec, F="credential.json", UF="credential.json", EF=Dictionary(F=stream))
    names = pikepdf.Array(["credential.json", pdf.make_indirect(spec)])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))
    buffer = BytesIO()
    pdf.save(buffer, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return buffer.getvalue()


@pytest.mark.parametrize("filters", [1, 2])
def test_a_pdf_that_unpacks_to_a_thousandfold_is_refused(filters):
    data = bomb(filters)
    assert len(data) < 2_000_000

    assert refused(data).startswith("This PDF ")


def with_many_names(count: int) -> bytes:
    """A small PDF with a list of attachments that takes seconds to be read."""
    pdf = Pdf.new()
    pdf.add_blank_page()
    stream = Stream(pdf, b"{}")
    spec = pdf.make_indirect(Dictionary(Type=Name.Filespec, F="a", UF="a", EF=Dictionary(F=stream)))
    names = pikepdf.Array([item for number in range(count) for item in (f"{number:07}", spec)])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))
    buffer = BytesIO()
    pdf.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


def test_a_pdf_that_uses_up_its_time_is_said_to_take_too_long_and_is_unknown():
    slow = with_many_names(1_000_000)
    assert len(slow) < MAX_BYTES

    with pytest.raises(TookTooLong, match="This PDF takes too long to read"):
        document_in(slow, name="a.pdf")
    report = verifying.verify_anything(slow, name="a.pdf")

    assert (report.verdict, report.checks[0].outcome) == ("unknown", "unknown")
    assert report.reason == "This PDF takes too long to read, so we stopped."


def test_the_program_that_opens_pdfs_imports_nothing_of_ours():
    nodes = list(ast.walk(ast.parse(Path(attachments.__file__).read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    from_ = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}

    assert plain | from_ == {"io", "json", "pikepdf", "re", "resource"}


TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJuYW1lIjoiQSJ9.c2lnbmF0dXJl"
ADDRESS = "https://badges.example/credentials/8b1f6c1e-0f7f-4a83-9d53-000000000003/"


def drawn(picture: Image.Image, kind: str = "PNG", **how) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def code_of(text: str) -> Image.Image:
    return qrcode.make(text).get_image().convert("RGB")


def photo_of(text: str, *, paper=(900, 1300), place=(420, 880), **turned) -> Image.Image:
    """A code in the corner of a grey sheet, not quite straight."""
    sheet = Image.new("RGB", paper, "#e8e4dc")
    sheet.paste(code_of(text).resize((300, 300)), place)
    return sheet.rotate(7, expand=True, fillcolor="#776655", **turned)


def test_a_token_is_read():
    assert document_in(TOKEN.encode() + b"\n", name="a.jwt") == (TOKEN, "jwt", "")


@pytest.mark.parametrize("name", ["credential.jwt", "other.txt"])
def test_a_pdf_may_carry_a_token(name):
    assert document_in(make_pdf({name: TOKEN.encode()}), name="a.pdf") == (TOKEN, "pdf", "")


BLANK = drawn(Image.new("RGB", (64, 64), "white"))
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.mark.parametrize(("picture", "carrier"), [(BLANK, "png"), (SVG, "svg")])
def test_a_baked_picture_gives_what_it_carries(picture, carrier):
    text = JSON.decode()
    assert document_in(bake(picture, text), name="a") == (CREDENTIAL, carrier, "")
    assert document_in(bake(picture, TOKEN), name="a") == (TOKEN, carrier, "")
    hosted = bake(picture, ADDRESS, Generation.LEGACY)
    assert document_in(hosted, name="a") == (None, carrier, ADDRESS)


@pytest.mark.parametrize(
    "data",
    [
        drawn(photo_of(ADDRESS), "JPEG", quality=60),
        drawn(photo_of(ADDRESS), "WEBP"),
        drawn(code_of(ADDRESS)),
        drawn(photo_of(ADDRESS).transpose(Image.Transpose.ROTATE_90), "JPEG"),
    ],
    ids=["jpeg", "webp", "png", "on its side"],
)
def test_a_photo_of_a_code_gives_the_address_to_look_up(data):
    assert document_in(data, name="photo") == (None, "qr", ADDRESS)


def test_a_code_may_hold_the_credential_itself():
    assert document_in(drawn(code_of(TOKEN)), name="a.png") == (TOKEN, "qr", "")


def two_codes() -> Image.Image:
    sheet = photo_of(ADDRESS)
    sheet.paste(code_of("https://other.example/").resize((300, 300)), (60, 120))
    return sheet


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (BLANK, "There is no credential inside this picture, and no QR code in it can be read."),
        (drawn(code_of("BEGIN:VCARD")), "The QR code in this picture holds no address of a credential."),
        (drawn(code_of("http://badges.example/1")), "The QR code in this picture holds no address"),
        (drawn(two_codes()), "There are several QR codes in this picture."),
        (drawn(photo_of(ADDRESS), "JPEG")[:2000], "This picture is damaged"),
        (bake(BLANK, "hello"), "What is inside of this file is no credential."),
        (bake(BLANK, "{"), "It is not JSON: something is wrong in line 1."),
    ],
)
def test_a_picture_without_a_credential_says_what_to_do_instead(data, sentence):
    assert refused(data).startswith(sentence)


def test_a_small_file_with_very_many_dots_is_refused_before_it_is_unpacked():
    huge = drawn(Image.new("1", (20_000, 20_000)))
    assert len(huge) < 100_000

    assert refused(huge) == "The picture has more than 25 million dots. Bring a smaller one."


def test_the_program_that_opens_pictures_imports_nothing_of_ours():
    nodes = list(ast.walk(ast.parse(Path(photographs.__file__).read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    from_ = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}

    assert plain | from_ == {"PIL", "io", "resource", "warnings", "zxingcpp"}
