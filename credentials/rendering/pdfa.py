"""What WeasyPrint 70 leaves to be put right in a PDF/A-3 with an attachment (STANDARDS.md P3-01 to P3-06)."""

from collections.abc import Callable
from functools import partial
from typing import BinaryIO

import pydyf

MEDIA_TYPE = "application/vc+ld+json"

# PDF/UA-1 says in the XMP packet that it is PDF/UA-1, and PDF/A wants the schema of that word described there
UNIVERSAL_ACCESS = b"""<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


def finish(document, pdf: pydyf.PDF, media_type: str = MEDIA_TYPE) -> None:
    """Called by WeasyPrint just before the file is written.

    The attachment gets its media type and its relationship and is listed once; the XMP packet says PDF/UA
    too and stays uncompressed; every glyph stands for a character; every stream ends where its Length says.
    """
    files = [
        part for part in pdf.objects if isinstance(part, pydyf.Dictionary) and part.get("Type") == "/Filespec"
    ]
    for file in files:
        file["AFRelationship"] = "/Data"
        content = pdf.objects[int(file["EF"]["F"].split()[0])]
        content.extra["Subtype"] = "/" + media_type.replace("/", "#2f")
    pdf.catalog["AF"] = pydyf.Array([file.reference for file in files])
    packet = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    head, end, tail = packet.stream[0].rpartition(b"</rdf:RDF>")
    packet.stream[0] = head + UNIVERSAL_ACCESS + end + tail
    packet.compress = False
    for font in pdf.objects:
        if isinstance(font, pydyf.Dictionary) and font.get("Type") == "/Font" and "ToUnicode" in font:
            _give_every_glyph_a_character(pdf.objects[int(font["ToUnicode"].split()[0])])
    pdf.write_line = partial(_write_line, pdf.write_line)


SILENT = b"<200b>"  # ZERO WIDTH SPACE


def _give_every_glyph_a_character(to_unicode: pydyf.Stream) -> None:
    """In Indic scripts a cluster of letters may be drawn by several glyphs, and the text stands at the first.

    An empty text for the others makes the map malformed (ISO 19005-3, 6.2.11.7); they get one that says
    nothing.
    """
    lines = to_unicode.stream
    to_unicode.stream = [
        line.removesuffix(b"<>") + SILENT if line.endswith(b" <>") else line for line in lines
    ]


END_OF_STREAM = b"\nendstream\nendobj"


def _write_line(write: Callable, content: bytes, output: BinaryIO) -> None:
    """Write a part of the file, a stream with CR LF before its end.

    With a bare LF, data that ends in CR would seem a byte shorter than its Length says (ISO 19005-3, 6.1.7),
    and compressed data does so once in 256 times.
    """
    if content.endswith(END_OF_STREAM):
        content = content.removesuffix(END_OF_STREAM) + b"\r" + END_OF_STREAM
    write(content, output)
