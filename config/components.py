"""The parts that every page is built of: one tag, one template, one CSS class of the same name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import nh3
from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from lucide.templatetags.lucide import lucide
from markdown_it import MarkdownIt

from credentials.kinds import KINDS
from credentials.models import ENDS_SOON

register = template.Library()

# Words, shapes and colours of what a credential is worth today


@dataclass(frozen=True)
class Standing:
    word: str | Promise
    icon: str
    kind: str  # the colour: valid, info, warn or stop


STANDINGS = {
    "valid": Standing(_("Valid"), "badge-check", "valid"),
    "expired": Standing(_("Expired"), "calendar-x", "warn"),
    "suspended": Standing(_("Suspended"), "circle-pause", "warn"),
    "revoked": Standing(_("Revoked"), "octagon-x", "stop"),
    "superseded": Standing(_("Superseded"), "circle-arrow-right", "info"),
    "not_yet_valid": Standing(_("Not yet valid"), "hourglass", "info"),
    "unknown": Standing(_("Could not check"), "circle-question-mark", "warn"),
    "invalid": Standing(_("Not valid"), "octagon-x", "stop"),
}

TAKEN_BACK = {"revoked", "superseded"}  # that its key was withdrawn adds nothing to it

# Of a credential inside of a record: a good signature of somebody unknown is not green
STRANGER = Standing(_("Signature good, issuer unknown"), "circle-question-mark", "info")

OUTCOMES = {
    "passed": Standing(_("Passed"), "check", "valid"),
    "failed": Standing(_("Failed"), "x", "stop"),
    "unknown": Standing(_("Could not check"), "circle-question-mark", "warn"),
}

ANSWERS = {"passed": _("Yes"), "failed": _("No"), "unknown": _("Could not check")}

NOTICE_ICONS = {
    "info": "info",
    "done": "check",
    "valid": "badge-check",
    "warn": "triangle-alert",
    "stop": "octagon-x",
}

# Django's message levels as kinds of notice. What was done is not green: green is for what was verified.
MESSAGE_KINDS = {"debug": "info", "info": "info", "success": "done", "warning": "warn", "error": "stop"}


def outcome_look(outcome: str) -> Standing:
    """How an Outcome is shown; whatever is not known to be passed or failed is unknown."""
    return OUTCOMES.get(outcome, OUTCOMES["unknown"])


def inner_look(report) -> Standing:
    """How a credential inside of a record is shown."""
    if report.verdict == "valid" and report.issuer_known.outcome != "passed":
        return STRANGER
    return STANDINGS.get(report.verdict, STANDINGS["unknown"])


# Small things


@register.simple_tag
@cache
def icon(name: str, size: int = 20) -> str:
    """A line icon that says nothing to a screen reader: the word beside it does."""
    return lucide(name, size=size, aria_hidden="true", focusable="false", **{"class": "icon"})


@register.inclusion_tag("components/button.html")
def button(
    label,
    href="",
    kind="primary",
    type="submit",
    name="",
    value="",
    icon="",
    form="",
    id="",
    about="",
    **data,
):
    """A link when it has an address, else a button; `data_copy="…"` becomes `data-copy="…"`.

    `about` is read aloud after the label, where several buttons of a page say the same.
    """
    return {
        "label": label,
        "about": about,
        "href": href,
        "kind": kind,
        "type": type,
        "name": name,
        "value": value,
        "icon": icon,
        "form": form,
        "id": id,
        "data": {key.replace("_", "-"): text for key, text in data.items()},
    }


@register.simple_tag
def day(when: date | datetime | None, format: str = "DATE_FORMAT") -> str:
    """A date in the reader's language, in one piece, readable by machines too; nothing for None."""
    if not when:
        return ""
    local = _local(when) if isinstance(when, datetime) and timezone.is_aware(when) else when
    machine = local.isoformat(timespec="seconds") if isinstance(local, datetime) else local.isoformat()
    return format_html(
        '<time class="day" datetime="{}">{}</time>', machine, date_format(local, format, use_l10n=True)
    )


def _local(moment: datetime) -> datetime:
    """In the reader's time zone; as it was written where the calendar ends before that zone does."""
    try:
        return timezone.localtime(moment)
    except OverflowError:
        return moment


@register.inclusion_tag("components/kind_name.html")
def kind_name(kind: str):
    known = KINDS.get(kind)
    return {"kind": known} if known else {"kind": {"name": kind}}


@register.inclusion_tag("components/standing.html")
def standing(award):
    """The standing of an award, or of the word itself (`{% standing "revoked" %}`)."""
    value = str(getattr(award, "standing", award))
    void = getattr(award, "key_withdrawn", False) and value not in TAKEN_BACK
    if void:
        value = "invalid"
    return {"look": STANDINGS.get(value, STANDINGS["unknown"]), "value": value, "void": void}


@register.inclusion_tag("components/domain.html")
def domain(issuer, short=False):
    """The domain that an issuer has proven or lost, beside its name; `short=True` in a row."""
    return {"issuer": issuer, "short": short}


@register.inclusion_tag("components/seal.html")
def seal(award, size="m"):
    """The seal of an award, decoration beside its words; `seal_url` of the award, else its own address."""
    return {"src": getattr(award, "seal_url", "") or reverse("seal", args=[award.pk]), "size": size}


@register.inclusion_tag("components/progress.html")
def progress(value, max, label):
    return {"value": value, "max": max, "label": label}


# Forms


@register.inclusion_tag("components/field.html")
def field(bound, placeholder=True):
    """Label, help, control and what is wrong with it, in that order, tied together for screen readers."""
    widget = bound.field.widget
    if not placeholder:
        widget.attrs.pop("placeholder", None)
    input_type = getattr(widget, "input_type", "textarea" if hasattr(widget, "attrs") else "")
    several = bound.use_fieldset
    if input_type in {"text", "textarea"}:
        widget.attrs.setdefault("dir", "auto")  # people type in their own script
    return {
        "field": bound,
        "hidden": bound.is_hidden,
        "tick": input_type == "checkbox" and not several,
        "file": input_type == "file",
        "several": several,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form):
    """What has to be mended, at the top, each a link to its place."""
    fields = [form[name] for name in form.errors if name in form.fields] if form.is_bound else []
    general = form.non_field_errors() if form.is_bound else []
    return {"general": general, "fields": fields, "count": len(fields) + len(general)}


# Blocks with content


@register.simple_block_tag
def notice(content, kind="info", title="", role=""):
    return render_to_string(
        "components/notice.html",
        {"content": content, "kind": kind, "title": title, "role": role, "icon": NOTICE_ICONS[kind]},
    )


@register.simple_block_tag
def facts(content):
    return render_to_string("components/facts.html", {"content": content})


@register.simple_block_tag
def fact(content, label):
    return render_to_string("components/fact.html", {"content": content, "label": label})


@register.simple_block_tag
def section(content, title, id="", aside=""):
    """A part of a page: its heading beside it where there is room, above it where there is none."""
    return render_to_string(
        "components/section.html", {"content": content, "title": title, "id": id, "aside": aside}
    )


@register.simple_block_tag
def empty(content, title, icon="circle-dashed"):
    return render_to_string("components/empty.html", {"content": content, "title": title, "icon": icon})


@register.filter
def message_kind(level: str) -> str:
    """Django's word for how serious a message is, as a kind of notice."""
    return MESSAGE_KINDS.get(level, "info")


# Rows and lists


@register.inclusion_tag("components/award_row.html")
def award_row(award, level=3, recipient=False):
    """One credential in a list; `recipient=True` for the issuer's lists, where people are looked for."""
    ends = award.valid_until
    counts = award.standing == "valid" and not getattr(award, "key_withdrawn", False)
    soon = bool(ends) and counts and ends - timezone.now() < ENDS_SOON
    return {"award": award, "level": level, "recipient": recipient, "soon": soon, "counts": counts}


@register.inclusion_tag("components/achievement_row.html")
def achievement_row(achievement, level=3, href=""):
    return {"achievement": achievement, "level": level, "href": href or achievement.get_absolute_url()}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context, page_obj):
    """Earlier and later pages; every other part of the address (search, filters) stays."""
    numbers = page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    return {"request": context["request"], "page": page_obj, "numbers": list(numbers)}


@register.inclusion_tag("components/steps.html")
def steps(current: int, labels):
    """Where one is in a wizard. Steps count from 1; labels are a list or words with `|` between them."""
    names = labels.split("|") if isinstance(labels, str) else list(labels)
    return {"current": int(current), "labels": names, "name": names[int(current) - 1], "count": len(names)}


@dataclass
class Number:
    value: int
    label: str = ""
    kind: str = ""


def as_numbers(parts: Iterable) -> list[Number]:
    """`309, "ready", "valid", 2, "rows"` or a list of such tuples, as numbers with their words."""
    numbers: list[Number] = []
    for part in parts:
        if isinstance(part, list | tuple):
            numbers.append(Number(*part))
        elif isinstance(part, int):
            numbers.append(Number(part))
        elif numbers[-1].label:
            numbers[-1].kind = part
        else:
            numbers[-1].label = part
    return numbers


@register.inclusion_tag("components/tally.html")
def tally(*parts):
    """`{% tally 309 "ready" "valid" 2 "must be fixed" "stop" %}` or one list of (number, words, kind)."""
    given = parts[0] if len(parts) == 1 and isinstance(parts[0], list | tuple) else parts
    return {"numbers": as_numbers(given)}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*parts):
    """The way back up: label, address, label, address …; a last label alone is this page."""
    return {
        "links": [(parts[i], parts[i + 1] if i + 1 < len(parts) else "") for i in range(0, len(parts), 2)]
    }


# What a check found


@register.inclusion_tag("components/report.html")
def report(report, level=3):
    """The three answers, never one tick, then every check line by line; jargon last and folded away."""
    questions = [
        (_("Is it unchanged since it was signed?"), report.unchanged),
        (_("Is it still valid?"), report.still_valid),
        (_("Do we know who issued it?"), report.issuer_known),
    ]
    return {
        "report": report,
        "level": level,
        "answers": [
            (question, answer, outcome_look(answer.outcome), ANSWERS.get(answer.outcome, ANSWERS["unknown"]))
            for question, answer in questions
        ],
        "checks": [(check, outcome_look(check.outcome)) for check in report.checks],
        "details": [check for check in report.checks if check.detail],
        "inner": [(one, inner_look(one)) for one in report.inner],
        "inner_level": min(level + 1, 6),
    }


# Text that people wrote

TEXT_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "a"}
ALLOWED_TAGS = TEXT_TAGS | {"h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
_markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
_markdown_without_tables = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
_plain = MarkdownIt("zero", {"html": False})
MOST_EMPTY_CELLS = 1_000
MOST_MARKS = 1_000  # brackets, stars and the like; twenty thousand hold a page up for half a second


def _lowered_headings(tokens):
    """A person's `# heading` must not outrank the page's own: h1 becomes h3, nothing passes h6."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    return tokens


def _reader(text: str) -> MarkdownIt:
    """Plain paragraphs where there are more marks than anybody means; no tables where they cost more than
    they say: short rows are filled up to the width of the first, and a few kilobytes become a hundred
    thousand cells."""
    if sum(map(text.count, "[*_<&`")) > MOST_MARKS:
        return _plain
    pipes = text.count("|")
    widest = max((line.count("|") for line in text.split("\n")), default=0)
    filled = (widest + 1) * (text.count("\n") + 1)
    return _markdown if filled <= MOST_EMPTY_CELLS + 2 * pipes else _markdown_without_tables


@register.simple_tag
def markdown(text: str | None) -> SafeString:
    """Markdown as safe HTML: no raw HTML, no pictures, links to https and mailto only, none relative."""
    reader = _reader(text or "")
    tokens = _lowered_headings(reader.parse(text or ""))
    html = nh3.clean(
        reader.renderer.render(tokens, reader.options, {}),
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "mailto"},
        url_relative="deny",
        link_rel="nofollow noopener",
    )
    clean = mark_safe(html)  # noqa: S308 (nh3 let only ALLOWED_TAGS through)
    return format_html('<div class="markdown" dir="auto">{}</div>', clean) if html.strip() else SafeString("")
