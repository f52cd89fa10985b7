"""How long certificates take, beside WeasyPrint used as its tutorial shows. For the bench, not a test."""

import base64
import io
import statistics
import time
import uuid
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.template.loader import render_to_string
from PIL import Image, ImageDraw

from credentials.rendering import certificate, drawings, faces, fonts, papers, qr, seal
from tests.benchmarks import Row

ROUNDS = 3
DOCUMENT = b'{"type":["VerifiableCredential","OpenBadgeCredential"],"filler":"' + b"x" * 3800 + b'"}'


def logo() -> bytes:
    image = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for step in range(60):
        pen.ellipse(
            (step * 4, step * 2, 590 - step * 4, 390 - step * 2), fill=(140 - step, 30 + step * 3, 50, 255)
        )
    return _png(image)


def signature() -> bytes:
    image = Image.new("RGBA", (500, 180), (0, 0, 0, 0))
    line = [(20 + step * 4, 90 + (step * 37 % 110) - 55) for step in range(110)]
    ImageDraw.Draw(image).line(line, fill=(20, 30, 90, 255), width=5)
    return _png(image)


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def people(count: int) -> list[certificate.CertificateFace]:
    """Degrees with a logo, two signatories, one signature and two results."""
    badge, hand = logo(), signature()
    made = []
    for number in range(count):
        identifier = uuid.UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC834) % 2**128, version=4)
        made.append(
            certificate.CertificateFace(
                credential_id=identifier,
                kind="degree",
                title="Bachelor of Science in Computer Science",
                recipient_name=f"{('Ada', 'Zoë', 'Łukasz', 'Nguyễn')[number % 4]} Lovelace-Hopper {number}",
                issuer_name="Northfield University",
                issuer_logo=badge,
                issuer_colour="#123a7a",
                description="A programme of 180 credits over three years, with a thesis defended in public.",
                results=(("Classification", "First-class honours"), ("GPA", "3.90")),
                awarded_on=date(2026, 6, 12),
                signatories=(
                    certificate.Signatory(name="The Rector", title="Rector", signature=hand),
                    certificate.Signatory(name="The Dean", title="Dean of Engineering"),
                ),
                url=f"https://badges.example/credentials/{identifier}/",
                short_url=f"badges.example/credentials/{identifier}",
            )
        )
    return made


def naive(count: int) -> float:
    """Seconds for `count` of the same pages by plain WeasyPrint: all parsed each time, nothing attached."""
    made = people(count)
    with TemporaryDirectory() as folder:
        files = static_files(made[0], Path(folder))
        started = time.perf_counter()
        for face in made:
            plainly(face, files)
        return time.perf_counter() - started


def ours(count: int) -> float:
    """Seconds for `count` certificates as PDF/A-3a with the credential attached, in a warm process."""
    made = people(count)
    started = time.perf_counter()
    certificate.render_many(made, [DOCUMENT] * count)
    return time.perf_counter() - started


def rows(naive_pages: int = 6, our_pages: int = 50) -> list[Row]:
    """Medians of interleaved rounds, after one unmeasured page of each."""
    naive(1), ours(1)
    measured = [(naive(naive_pages) / naive_pages, ours(our_pages) / our_pages) for _ in range(ROUNDS)]
    baseline, mine = (statistics.median(column) for column in zip(*measured, strict=True))
    return [Row(block="certificate, PDF/A-3a with the credential", baseline=baseline, ours=mine, target=7)]


def static_files(face: certificate.CertificateFace, folder: Path) -> dict[str, str]:
    """Address of each thing that all pages share, as files beside the template."""
    sheet = faces.prepare(face)
    contents = {
        "paper.svg": svg_of(papers.paper(sheet.layout, sheet.tones).form).encode(),
        "logo.png": drawings.smaller(face.issuer_logo),
        "signature.png": drawings.smaller(face.signatories[0].signature),
        **{f"{name}.ttf": fonts.font_bytes(name) for name in fonts.NAMES},
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name.rsplit(".", 1)[0]: (folder / name).as_uri() for name in contents}


def plainly(face: certificate.CertificateFace, files: dict[str, str]) -> bytes:
    """One page by WeasyPrint's own means."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    sheet = faces.prepare(face)
    drawn = seal.svg(face.credential_id, kind=face.kind, hue=sheet.tones.dark)
    sources = {
        f"asset:seal-{face.credential_id}": data_address(drawn),
        f"asset:qr-{face.credential_id}": data_address(qr.svg(face.url)),
        f"asset:logo-{face.credential_id}": files["logo"],
        f"asset:signature-{face.credential_id}-1": files["signature"],
    }
    markup = render_to_string(f"certificates/{sheet.layout}.html", {"sheets": [sheet]})
    for asset, source in sources.items():
        markup = markup.replace(f'"{asset}"', f'"{source}"')
    style = "".join(
        render_to_string(f"certificates/{name}.css", {"tones": sheet.tones})
        for name in ("base", sheet.layout, "tones")
    )
    for name, source in files.items():
        style = style.replace(f"url(asset:{name})", f"url({source})")
    font_config = FontConfiguration()
    return HTML(string=markup).write_pdf(
        stylesheets=[CSS(string=style, font_config=font_config)], font_config=font_config
    )


def data_address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def svg_of(form: drawings.Form) -> str:
    """The same drawing as SVG, so that both ways draw one picture."""
    left, top, right, bottom = form.box
    shared: list[str] = []
    body = "".join(elements_of(form, shared))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {right - left} {bottom - top}" '
        'fill="none">'
        f"<defs>{''.join(shared)}</defs>{body}</svg>"
    )


def elements_of(form: drawings.Form, shared: list[str], of: str = "") -> Iterator[str]:
    """SVG elements for the few operators that our drawings use."""
    for name, part in form.parts.items():
        children = "".join(elements_of(part, shared, of + name))
        shared.append(f'<g id="{of}{name}" stroke-linejoin="round">{children}</g>')
    state, stack, numbers, path = {"stroke": "", "fill": "", "stroke-width": "", "transform": ""}, [], [], []
    commands = {
        "m": "M{} {}",
        "l": "L{} {}",
        "c": "C{} {} {} {} {} {}",
        "re": "M{0} {1}h{2}v{3}h-{2}z",
        "h": "z",
    }
    for token in zlib.decompress(form.payload).decode().split():
        if token.startswith("/"):
            used = token[1:]
        elif token in commands:
            path.append(commands[token].format(*numbers))
        elif token == "q":
            stack.append(dict(state))
        elif token == "Q":
            state = stack.pop()
        elif token in ("RG", "rg", "g"):
            channels = numbers * (3 if token == "g" else 1)
            colour = f"rgb({','.join(str(round(255 * float(n))) for n in channels)})"
            state["stroke" if token == "RG" else "fill"] = colour
        elif token == "w":
            state["stroke-width"] = numbers[0]
        elif token == "cm":
            state["transform"] += f" matrix({' '.join(numbers)})"
        elif token == "Do":
            yield f'<use href="#{of}{used}"{_attributes(state, "stroke", "stroke-width", "transform")}/>'
        elif token in ("S", "s", "f"):
            end = "z" if token == "s" else ""
            kept = ("fill", "transform") if token == "f" else ("stroke", "stroke-width", "transform")
            yield f'<path d="{"".join(path)}{end}"{_attributes(state, *kept)}/>'
            path = []
        elif token in ("W", "n", "j"):
            path = [] if token == "n" else path
        else:
            numbers.append(token)
            continue
        numbers = []


def _attributes(state: dict[str, str], *names: str) -> str:
    return "".join(f' {name}="{state[name].strip()}"' for name in names if state[name])
