"""Components say what they are in words, escape what people wrote and need no inline style or script."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.urls import reverse

from config import components, styleguide
from credentials.models import Standing

TAGS = sorted(path.stem for path in (settings.BASE_DIR / "templates/components").glob("*.html"))


class Page(HTMLParser):
    """Every element with its attributes, and the visible text."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def classes(self) -> set[str]:
        return {name for _tag, attrs in self.elements for name in (attrs.get("class") or "").split()}

    @property
    def inline(self) -> list[tuple[str, str]]:
        """What a strict content security policy forbids."""
        return [
            (tag, name)
            for tag, attrs in self.elements
            for name in [*attrs, *(["(element)"] if tag == "style" else [])]
            if name == "style" or name.startswith("on") or name == "(element)"
        ] + [(tag, "no src") for tag, attrs in self.elements if tag == "script" and "src" not in attrs]


def render(source: str, **context) -> Page:
    return Page(Template(source).render(Context(context)))


@pytest.fixture(scope="module")
def shown() -> Page:
    request = RequestFactory().get("/styleguide/")
    return Page(styleguide.styleguide(request).content.decode())


class Form(forms.Form):
    name = forms.CharField(label="Name", help_text="Printed on the certificate.")
    many = forms.MultipleChoiceField(
        label="Skills", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label="Note", required=False)


# The whole


def test_the_styleguide_shows_every_component():
    request = RequestFactory().get("/styleguide/")
    page = Page(styleguide.styleguide(request).content.decode())

    frame = {"nav", "nav_account"}  # parts of the base page, not tags
    assert set(TAGS) - frame - page.classes == set()


def test_the_styleguide_has_no_inline_style_or_script(shown):
    assert shown.inline == []


def test_the_styleguide_shows_every_standing_in_a_word_and_with_a_shape(shown):
    words = [str(look.word) for look in components.STANDINGS.values()]

    assert [word for word in words if word not in shown.text] == []


def test_every_standing_of_the_model_has_its_look():
    assert [standing for standing in Standing.values if standing not in components.STANDINGS] == []


def test_each_standing_has_a_shape_of_its_own():
    shapes = [components.STANDINGS[standing].icon for standing in Standing.values]

    assert len(set(shapes)) == len(shapes)


def test_only_what_is_valid_is_green():
    green = [word for word, look in components.STANDINGS.items() if look.kind == "valid"]

    assert green == ["valid"]


def test_no_template_has_an_inline_style_or_script():
    found = []
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        if "certificates" in path.parts or "mail" in path.parts:
            continue  # drawn by WeasyPrint, or read in a mail program
        source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", path.read_text())
        found += [(path.name, *what) for what in Page(source).inline]

    assert found == []


# One by one


def test_a_button_with_an_address_is_a_link_and_without_one_a_button():
    page = render('{% button "Go" href="/there/" %}{% button "Send" name="then" value="draft" kind="stop" %}')

    assert [
        (tag, attrs.get("href"), attrs.get("name"), attrs["class"])
        for tag, attrs in page.elements
        if tag in {"a", "button"}
    ] == [
        ("a", "/there/", None, "button button--primary"),
        ("button", None, "then", "button button--stop"),
    ]


def test_a_button_says_what_it_is_about_to_those_who_do_not_see_the_row():
    assert render('{% button "Remove" about="ada@demo.example" %}').text == "Remove ada@demo.example"


def test_a_label_is_escaped():
    page = render("{% button label %}", label="<b>Go</b>")

    assert (page.text, "b" in [tag for tag, _ in page.elements]) == ("<b>Go</b>", False)


def test_a_day_is_readable_by_people_and_machines():
    page = render("{% day when %}", when=datetime(2026, 3, 14, 9, 30, tzinfo=UTC))

    assert (page.text, page.elements[0][1]["datetime"]) == ("14 March 2026", "2026-03-14T09:30:00+00:00")


def test_no_day_is_nothing():
    assert render("{% day when %}", when=None).elements == []


def test_a_field_ties_label_help_and_error_to_its_control():
    page = render("{% field form.name %}", form=Form({"name": ""}))
    controls = [attrs for tag, attrs in page.elements if tag == "input"]
    ids = {attrs["id"] for _tag, attrs in page.elements if attrs.get("id")}

    assert controls[0]["aria-invalid"] == "true"
    assert controls[0]["aria-describedby"].split() == ["id_name_helptext", "id_name_error"]
    assert ids == {"id_name", "id_name_helptext", "id_name_error"}


def test_several_choices_are_a_group_with_a_legend():
    page = render("{% field form.many %}", form=Form())

    assert [tag for tag, _ in page.elements if tag in {"fieldset", "legend"}] == ["fieldset", "legend"]


def test_a_field_that_may_be_left_out_says_so():
    assert render("{% field form.note %}", form=Form()).text == "Note optional"


def test_the_summary_of_errors_leads_to_each_field():
    page = render("{% form_errors form %}", form=Form({"name": "", "many": []}))

    assert [attrs["href"] for tag, attrs in page.elements if tag == "a"] == ["#id_name", "#id_many"]
    assert page.text.startswith("2 things need mending.")


def test_a_form_that_was_not_sent_has_no_summary():
    assert render("{% form_errors form %}", form=Form()).elements == []


def test_a_tally_takes_words_one_after_another_or_a_list():
    one = render('{% tally 309 "ready" "valid" 2 "must be fixed" "stop" 311 "rows" %}')
    other = render(
        "{% tally numbers %}",
        numbers=[(309, "ready", "valid"), (2, "must be fixed", "stop"), (311, "rows")],
    )

    assert one.elements == other.elements
    assert one.text == "ready 309 must be fixed 2 rows 311"


def test_the_pager_keeps_the_filters_of_the_address():
    request = RequestFactory().get("/catalog/?q=data&page=2")
    context = RequestContext(request, {"page_obj": Paginator(range(30), 10).page(2)})
    page = Page(Template("{% pager page_obj %}").render(context))

    links = [attrs["href"] for tag, attrs in page.elements if tag == "a"]
    assert links == ["?q=data&page=1", "?q=data&page=1", "?q=data&page=2", "?q=data&page=3", "?q=data&page=3"]


def test_one_page_needs_no_pager():
    page_obj = Paginator(range(3), 10).page(1)

    assert render("{% pager page_obj %}", request=RequestFactory().get("/"), page_obj=page_obj).elements == []


def test_steps_say_where_one_is():
    page = render('{% steps 2 "Choose|Add people|Award" %}')

    assert "Step 2 of 3: Add people" in page.text
    assert [attrs.get("aria-current") for tag, attrs in page.elements if tag == "li"] == [None, "step", None]


def test_messages_of_what_was_done_are_not_green():
    assert components.message_kind("success") == "done"


# The Report


def outcomes_of(page: Page) -> list[str]:
    return [
        attrs["data-outcome"]
        for _tag, attrs in page.elements
        if "report__answer" in (attrs.get("class") or "").split()
    ]


def report_named(name: str):
    return dict(styleguide.sample_reports(datetime(2026, 3, 14, tzinfo=UTC)))[name]


def test_a_report_gives_three_answers_and_never_one_tick():
    page = render("{% report report %}", report=report_named("Valid"))

    assert outcomes_of(page) == ["passed", "passed", "passed"]


def test_what_could_not_be_checked_is_never_shown_as_passed():
    page = render("{% report report %}", report=report_named("Not wholly checked"))

    kinds = [attrs["class"].split()[-1] for _tag, attrs in page.elements if "data-check" in attrs]
    assert outcomes_of(page) == ["passed", "unknown", "unknown"]
    assert kinds == ["is-valid", "is-valid", "is-warn", "is-warn"]


def test_an_outcome_that_nobody_knows_looks_unknown():
    assert components.outcome_look("splendid") == components.OUTCOMES["unknown"]


# Text that people wrote


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Head", "<h3>Head</h3>"),
        ("##### Deep", "<h6>Deep</h6>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](http://plain.example)", '<p><a rel="nofollow noopener">a</a></p>'),
        ("[a](/admin/)", '<p><a rel="nofollow noopener">a</a></p>'),
        (
            "[a](https://safe.example/)",
            '<p><a href="https://safe.example/" rel="nofollow noopener">a</a></p>',
        ),
        ("[a](mailto:a@b.example)", '<p><a href="mailto:a@b.example" rel="nofollow noopener">a</a></p>'),
        ("![a](https://spy.example/pixel.png)", "<p></p>"),
        ("~~gone~~ **bold**", "<p><s>gone</s> <strong>bold</strong></p>"),
    ],
)
def test_markdown_is_safe(text, html):
    inside = re.sub(r'^<div class="markdown" dir="auto">|</div>$', "", str(components.markdown(text)))

    assert inside.strip() == html


@pytest.mark.parametrize("mark", ["[", "![", "_a", "[a](b", "*a_ "])
def test_a_text_of_marks_alone_is_shown_as_it_is(mark):
    text = mark * (20_000 // len(mark))

    assert components.markdown(text) == f'<div class="markdown" dir="auto"><p>{text.strip()}</p>\n</div>'


@pytest.mark.parametrize("text", ["", None, "   "])
def test_no_text_is_nothing(text):
    assert components.markdown(text) == ""


# The frame, and the account pages


ACCOUNT_PAGES = ["account_email", "account_change_password", "account_logout", "mfa_index"]
ENTRANCES = ["account_login", "account_signup", "account_reset_password", "account_email_verification_sent"]


@pytest.fixture
def ada(db):
    user = get_user_model().objects.create_user("ada", "ada@demo.example", "demo")
    EmailAddress.objects.create(user=user, email="ada@demo.example", verified=True, primary=True)
    EmailAddress.objects.create(user=user, email="old@school.example", verified=True)
    EmailAddress.objects.create(user=user, email="new@work.example", verified=False)
    return user


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_way_in_has_no_inline_style_or_script(client, db, name):
    page = Page(client.get(reverse(name)).content.decode())

    assert (page.inline, "site__name" in page.classes) == ([], True)


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_account_pages_have_no_inline_style_or_script(client, ada, name):
    client.force_login(ada)
    page = Page(client.get(reverse(name)).content.decode())

    assert (page.inline, "site__name" in page.classes) == ([], True)


def test_every_address_can_be_acted_on_by_itself(client, ada):
    client.force_login(ada)
    page = Page(client.get(reverse("account_email")).content.decode())

    addresses = [
        attrs["value"] for _tag, attrs in page.elements if attrs.get("name") == "email" and "value" in attrs
    ]
    actions = [attrs["name"] for _tag, attrs in page.elements if attrs.get("name", "").startswith("action_")]
    assert addresses == ["ada@demo.example", "new@work.example", "old@school.example"]
    assert actions == ["action_send", "action_remove", "action_primary", "action_remove", "action_add"]


def test_removing_an_address_asks_for_the_password_and_then_removes_that_one(client, ada):
    client.force_login(ada)
    asked = client.post(reverse("account_email"), {"email": "old@school.example", "action_remove": ""})
    page = Page(client.get(asked.url).content.decode())

    client.post(asked.url, {"password": "demo", "next": reverse("account_email")})

    left = EmailAddress.objects.filter(user=ada).order_by("email").values_list("email", flat=True)
    assert (page.inline, "Is it still you?" in page.text) == ([], True)
    assert list(left) == ["ada@demo.example", "new@work.example"]


def test_the_chosen_theme_is_in_the_page_before_it_is_drawn(client, db):
    client.post(reverse("theme"), {"theme": "dark", "next": reverse("account_login")})
    page = Page(client.get(reverse("account_login")).content.decode())

    assert dict(page.elements)["html"]["data-theme"] == "dark"
    assert [attrs["value"] for _t, attrs in page.elements if attrs.get("aria-pressed") == "true"] == ["dark"]


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "410", "500"])
def test_a_refusal_says_what_happened_and_where_to_go(code):
    source = (Path(settings.BASE_DIR) / f"templates/{code}.html").read_text()
    page = render(source)

    assert page.inline == []
    assert ("a", "/") in [
        (tag, attrs.get("href")) for tag, attrs in page.elements if "button" in (attrs.get("class") or "")
    ]
