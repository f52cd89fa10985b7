"""The issuer's desk where credentials are awarded: rosters, batches, single awards, revoking."""

import csv
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credentials import access, awarding, bringing, roster, standing, tasks
from credentials.forms.issuing import (
    FILE_TOO_LARGE,
    PASTED_TOO_LARGE,
    AwardForm,
    MatchForm,
    OrderForm,
    RevokeForm,
    RevokeManyForm,
    RosterForm,
)
from credentials.forms.verification import SmallFilesInMemory
from credentials.models import Award, Batch, Roster
from credentials.spreadsheets import harmless
from issuers import limits
from issuers.access import AWARDERS, OWNERS, issuer_to_award, issuer_to_read, keep_within

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROBLEMS_A_PAGE = 25
LINE = re.compile(r"[0-9]{1,9}")
ROWS_A_PAGE = 50
SHOWN_TO_REVOKE = 10
WEIGHTS = ("fix", "choice", "note")
MOST_SHOWN = {False: 2_000, True: 5_000}  # characters of a cell to correct, by whether it has lines
ALWAYS_SHOWN = frozenset({"name", "given_name", "family_name", "email"})


@csrf_exempt  # `_bring` checks the token, once it is settled how much of the upload is kept
@login_required
@require_http_methods(["GET", "POST"])
def roster_add(request, issuer, achievement):
    version = access.version_to_award(request.user, issuer, achievement)
    most = roster.MOST_BYTES
    request.upload_handlers = [SmallFilesInMemory(request, limit=most, in_all=most)]
    try:
        return _bring(request, version)
    except RequestDataTooBig:
        return _roster_page(request, version, RosterForm.refusing("pasted", PASTED_TOO_LARGE), status=413)


@csrf_protect
def _bring(request, version):
    form = RosterForm(request.POST, request.FILES) if request.method == "POST" else RosterForm()
    if request.upload_too_large:
        return _roster_page(request, version, RosterForm.refusing("file", FILE_TOO_LARGE), status=413)
    if form.is_valid():
        keep_within(limits.ROSTERS, request, issuer=version.achievement.issuer)
        data, name = form.source()
        try:
            brought = bringing.bring(version, data=data, name=name, by=request.user)
        except roster.RosterRefused as complaint:
            form.add_error("file" if form.cleaned_data["file"] else "pasted", str(complaint))
        else:
            return redirect("roster_match", version.achievement.issuer.slug, brought.pk)
    return _roster_page(request, version, form)


def _roster_page(request, version, form, *, status=200):
    context = {"version": version, "form": form}
    return render(request, "credentials/issuing/roster_add.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def roster_match(request, issuer, pk):
    brought = access.roster_to_check(request.user, issuer, pk)
    if brought.batch:
        return redirect(brought.batch)
    form = MatchForm(request.POST if request.method == "POST" else None, brought=brought)
    if form.is_valid():
        bringing.match(brought, matching=form.matching, day_first=form.day_first())
        return redirect("roster_check", issuer, pk)
    context = {"roster": brought, "version": brought.version, "form": form}
    return render(request, "credentials/issuing/roster_match.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def roster_check(request, issuer, pk):
    brought = access.roster_to_check(request.user, issuer, pk)
    if brought.batch:
        return redirect(brought.batch)
    if request.method == "POST":
        bringing.mend(brought, **_corrections(request.POST, brought))
        messages.success(request, "Saved and checked again.")
        return redirect(f"{request.path}?{urlencode({'page': request.POST.get('page', '1')})}")
    try:
        checked = bringing.check(brought)
    except roster.RosterRefused as complaint:
        return _match_again(request, issuer, pk, complaint)
    page = Paginator(_complaints_by_line(checked), PROBLEMS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "roster": brought,
        "version": brought.version,
        "page": page,
        "problems": _problems(brought, page),
        "tally": _tally(brought, checked),
    }
    return render(request, "credentials/issuing/roster_check.html", context)


@login_required
@require_GET
def roster_refused(request, issuer, pk):
    """The rows that must be fixed, as a spreadsheet with the reasons."""
    brought = access.roster_to_check(request.user, issuer, pk)
    if brought.batch:
        return redirect(brought.batch)
    try:
        complaints = bringing.check(brought).complaints
    except roster.RosterRefused as complaint:
        return _match_again(request, issuer, pk, complaint)
    data = roster.write_refused(bringing.sheet_of(brought), complaints)
    stem = brought.name.rpartition(".")[0] or brought.name
    return HttpResponse(
        data,
        content_type=XLSX,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(stem, safe='')}-fix.xlsx"},
    )


@login_required
@require_http_methods(["GET", "POST"])
def roster_order(request, issuer, pk):
    """The last question, with the number in it; then the order."""
    brought = access.roster_to_check(request.user, issuer, pk)
    if brought.batch:
        return redirect(brought.batch)
    try:
        if request.method == "POST":
            return _order(request, brought)
        tally = _tally(brought, bringing.check(brought))
    except roster.RosterRefused as complaint:
        messages.error(request, str(complaint))
        return redirect("roster_check", issuer, pk)
    if not tally.ready:
        messages.error(request, bringing.NOBODY)
        return redirect("roster_check", issuer, pk)
    context = {"roster": brought, "version": brought.version, "tally": tally}
    return render(request, "credentials/issuing/roster_order.html", context)


def _order(request, brought):
    form = OrderForm(request.POST)
    count = form.cleaned_data["count"] if form.is_valid() else 0
    try:
        batch = bringing.order(brought, count=count, by=request.user)
    except bringing.AlreadyOrdered as before:
        return redirect(before.batch)
    except bringing.NumberChanged as changed:
        messages.warning(request, str(changed))
        return redirect(request.path)
    tasks.award_batch.delay_on_commit(batch.pk)
    return redirect(batch)


def _match_again(request, issuer, pk, complaint):
    messages.error(request, str(complaint))
    return redirect("roster_match", issuer, pk)


@login_required
@require_GET
def batches(request, issuer):
    found = issuer_to_read(request.user, issuer)
    ordered = Batch.objects.filter(version__achievement__issuer=found).select_related(
        "version__achievement__issuer", "ordered_by"
    )
    ordered = ordered.annotate(awarded=Count("rows", filter=Q(rows__state="awarded")))
    ordered = ordered.order_by("-ordered_at", "-pk")
    page = Paginator(ordered, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "credentials/issuing/batches.html", {"issuer": found, "page": page})


@login_required
@require_GET
def batch(request, issuer, pk):
    """How far a batch is. The page can be left and come back to; a part of it is polled."""
    desk, found = issuer_to_read(request.user, issuer), access.batch_to_read(request.user, issuer, pk)
    rows = found.rows.filter(state__in=["refused", "held"]).order_by("-state", "number")
    context = {
        "batch": found,
        "version": found.version,
        "issuer": desk,
        "progress": awarding.progress(found),
        "rows": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "may_award": desk.my_role in AWARDERS,
    }
    page = "_progress" if request.htmx else "batch"
    return render(request, f"credentials/issuing/{page}.html", context)


@login_required
@require_POST
def batch_resume(request, issuer, pk):
    found = access.batch_to_run(request.user, issuer, pk)
    awarding.resume(found, by=request.user)
    tasks.award_batch.delay_on_commit(found.pk)
    return redirect(found)


@login_required
@require_GET
def batch_results(request, issuer, pk):
    """What became of each row, as CSV."""
    found = access.batch_to_read(request.user, issuer, pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="batch-{found.pk}.csv"'
    response.write("\ufeff")
    write = csv.writer(response).writerow
    write(["line", "name", "email", "result", "reason", "credential"])
    for row in found.rows.select_related("award").defer("award__document").order_by("number").iterator(2000):
        award = getattr(row, "award", None)
        said = [
            row.data.get("name", ""),
            row.data.get("email", ""),
            row.get_state_display(),
            row.complaint,
            award.url if award else "",
        ]
        write([row.number, *map(harmless, said)])
    return response


@login_required
@require_http_methods(["GET", "POST"])
def award_one(request, issuer, achievement):
    version = access.version_to_award(request.user, issuer, achievement)
    form = AwardForm(request.POST if request.method == "POST" else None, version=version)
    if form.is_valid():
        keep_within(limits.AWARDS, request, issuer=version.achievement.issuer)
        try:
            award = awarding.award(version, form.person, by=request.user)
        except awarding.CannotBeAwarded as complaint:
            form.add_error(None, str(complaint))
        else:
            tasks.send_waiting.delay_on_commit()
            messages.success(
                request, f"{award.recipient_name} holds “{award.name}” now. A mail is on its way."
            )
            return redirect("award_desk", issuer, award.pk)
    return render(request, "credentials/issuing/award_one.html", {"version": version, "form": form})


@login_required
@require_GET
def awards(request, issuer):
    """Every award of an issuer, with a search over names and addresses and filters that the address holds."""
    found = issuer_to_read(request.user, issuer)
    sought, chosen = _sought(request.GET)
    context = {
        "issuer": found,
        "page": Paginator(_listed(found, sought, chosen), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "achievements": found.achievements.for_rows(),
        "q": sought,
        "chosen": chosen,
        "may_revoke": found.suspended_at is None and found.my_role in AWARDERS,
    }
    return render(request, "credentials/issuing/awards.html", context)


def _sought(asked) -> tuple[str, str]:
    """The words and the achievement that a list of awards is asked for."""
    return _typed(asked.get("q", "")), _typed(asked.get("achievement", ""))


def _listed(issuer, words: str, achievement: str):
    """An issuer's awards that match a search, newest first."""
    found = Award.objects.for_cards().filter(version__achievement__issuer=issuer)
    if words:
        found = found.filter(Q(recipient_name__icontains=words) | Q(recipient_email__icontains=words))
    return found.filter(version__achievement__slug=achievement) if achievement else found


@login_required
@require_http_methods(["GET", "POST"])
def awards_revoke(request, issuer):
    """Take back many at once: those that the address names, or with `all` every one that its search finds."""
    found = issuer_to_award(request.user, issuer)
    chosen = standing.to_revoke(found, _chosen(request.GET, found))
    number = chosen.count()
    if not number:
        messages.warning(request, "Choose at least one credential that is not revoked yet.")
        return redirect("awards", issuer)
    form = RevokeManyForm(request.POST if request.method == "POST" else None, number=number)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            standing.revoke_many(found, chosen, number=number, reason=reason, by=request.user)
        except standing.NumberChanged as changed:
            messages.warning(request, str(changed))
            return redirect(request.get_full_path())
        tasks.send_waiting.delay_on_commit()
        messages.success(request, f"{number:,} revoked. Whoever checks them from now on is told so.")
        return redirect("awards", issuer)
    context = {"issuer": found, "form": form, "number": number, "some": chosen[:SHOWN_TO_REVOKE]}
    return render(request, "credentials/issuing/awards_revoke.html", context)


def _chosen(asked, issuer):
    """The awards that somebody ticked, or all that their search finds."""
    if "all" in asked:
        return _listed(issuer, *_sought(asked))
    return Award.objects.for_cards().filter(
        pk__in=[pk for text in asked.getlist("award") if (pk := _uuid(text))]
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@login_required
@require_GET
def award_desk(request, issuer, pk):
    desk, award = issuer_to_read(request.user, issuer), access.award_to_read(request.user, issuer, pk)
    context = {
        "award": award,
        "issuer": desk,
        "deliveries": award.deliveries.order_by("created_at"),
        "results": award.results.all(),
        "may_award": desk.my_role in AWARDERS,
        "may_erase": desk.my_role in OWNERS and desk.suspended_at is None,
    }
    return render(request, "credentials/issuing/award_desk.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def award_revoke(request, issuer, pk):
    award = access.award_to_manage(request.user, issuer, pk)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if award.revoked_at:
        messages.warning(request, str(standing.AlreadyRevoked(award)))
        return redirect("award_desk", issuer, pk)
    if form.is_valid():
        try:
            standing.revoke(award, reason=form.cleaned_data["reason"], by=request.user)
        except standing.AlreadyRevoked as before:
            messages.warning(request, str(before))
        except Award.DoesNotExist as erased:
            raise Http404("No such credential.") from erased
        else:
            tasks.send_waiting.delay_on_commit()
            messages.success(request, "It is revoked. Whoever checks it from now on is told so.")
        return redirect("award_desk", issuer, pk)
    context = {"award": award, "issuer": award.issuer, "form": form}
    return render(request, "credentials/issuing/award_revoke.html", context)


@dataclass
class Problem:
    """A line that needs somebody: its sentences, what of it can be corrected here, or the choice to make."""

    line: int
    weight: str
    sentences: list[str]
    cells: list[dict]
    choice: str


@dataclass
class Tally:
    """What the check of rows comes to. `ready` are the people; the others count rows."""

    ready: list[awarding.Person]
    choice: int  # wait for a choice
    skipped: int  # left out by choice
    fix: int  # must be mended first
    rows: int

    @property
    def left_out(self) -> int:
        return self.choice + self.skipped + self.fix

    @property
    def numbers(self) -> list[tuple[int, str, str]]:
        """Each number with its words and its kind, as a tally shows them."""
        numbers = [
            (len(self.ready), "ready", "valid"),
            (self.choice, "needs a choice" if self.choice == 1 else "need a choice", "warn"),
            (self.fix, "must be fixed", "stop"),
            (self.skipped, "skipped by you", ""),
            (self.rows, "row in the roster" if self.rows == 1 else "rows in the roster", ""),
        ]
        return [number for number in numbers if number[0] or number[1] != "skipped by you"]


def _tally(brought: Roster, checked: roster.Checked) -> Tally:
    asked = bringing.lines_to_choose(checked)
    answers = [brought.choices[str(line)] for line in asked if str(line) in brought.choices]
    return Tally(
        ready=bringing.people(checked, brought.choices),
        choice=len(asked) - len(answers),
        skipped=answers.count(bringing.SKIP),
        fix=len(bringing.lines_to_fix(checked)),
        rows=len(brought.sheet["rows"]),
    )


def _complaints_by_line(checked: roster.Checked) -> list[list[roster.Complaint]]:
    """The complaints of each line: first what must be fixed, then what needs a choice, then what is said."""
    lines: dict[int, list[roster.Complaint]] = {}
    for complaint in checked.complaints:
        lines.setdefault(complaint.line, []).append(complaint)
    return sorted(lines.values(), key=lambda said: (WEIGHTS.index(_weight(said)), said[0].line))


def _weight(said: Iterable[roster.Complaint]) -> str:
    return min((complaint.weight for complaint in said), key=WEIGHTS.index)


def _problems(brought: Roster, complaints_by_line: Iterable[list[roster.Complaint]]) -> list[Problem]:
    lines = {said[0].line: said for said in complaints_by_line}
    texts = {line: cells for line, cells in bringing.sheet_of(brought).rows if line in lines}
    return [
        Problem(
            line=line,
            weight=_weight(said),
            sentences=[complaint.reason for complaint in said],
            cells=_cells(brought, texts[line], {complaint.field for complaint in said}),
            choice=brought.choices.get(str(line), bringing.SKIP),
        )
        for line, said in lines.items()
    ]


def _cells(brought: Roster, cells: list[str], wrong: set[str]) -> list[dict]:
    """The name, the address and whatever is wrong of a line, each as a cell that can be corrected.

    If the complaint is of the whole row, its columns may have slipped: all that are matched are shown.
    """
    results = {roster.RESULT_PREFIX + key: name for key, name in bringing.result_columns(brought.version)}
    shown = []
    for number, name in sorted((int(number), name) for number, name in brought.matching.items()):
        if name in wrong or name in ALWAYS_SHOWN or "" in wrong:
            text = cells[number] if number < len(cells) else ""
            column = roster.COLUMNS.get(name)
            has_lines = column is not None and column.has_lines
            shown.append(
                {
                    "field": name,
                    "label": column.label if column else results[name],
                    "text": Truncator(text).chars(MOST_SHOWN[has_lines]),
                    "wrong": name in wrong,
                    "has_lines": has_lines,
                }
            )
    return shown


def _corrections(posted, brought: Roster) -> dict:
    """{edits, choices} out of `cell-<line>-<field>`, each beside its `was-…`, and `choice-<line>`."""
    edits: dict[int, dict[str, str]] = {}
    choices: dict[int, str] = {}
    known = set(brought.matching.values())
    for key, text in posted.items():
        what, _, rest = key.partition("-")
        line, _, name = rest.partition("-")
        if not LINE.fullmatch(line):
            continue
        if what == "choice":
            choices[int(line)] = text
        elif what == "cell" and name in known and text != posted.get(f"was-{rest}"):
            edits.setdefault(int(line), {})[name] = _typed(text)[: roster.LONGEST_CELL]
    return {"edits": edits, "choices": choices}


def _typed(text: str) -> str:
    """What somebody typed, without the one character that PostgreSQL cannot keep."""
    return text.replace("\x00", "").strip()
