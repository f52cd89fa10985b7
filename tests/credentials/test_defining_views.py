"""The desk's pages where it is said what can be earned."""

import io
import re

import pytest
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from PIL import Image

from credentials import defining
from credentials.icons import ICONS
from credentials.kinds import KINDS
from credentials.models import Achievement, AchievementVersion
from issuers.models import Issuer
from tests.factories import (
    make_award,
    make_draft,
    make_issuer,
    make_member,
    make_version,
    owner_of,
)
from tests.issuers.pictures import HOSTILE, picture, upload

pytestmark = pytest.mark.django_db


def address(name, version):
    issuer, achievement = version.achievement.issuer.slug, version.achievement.slug
    arguments = {"desk": [issuer], "achievement_kinds": [issuer], "achievement_define": [issuer, "badge"]}
    return reverse(name, args=arguments.get(name, [issuer, achievement]))


@pytest.fixture
def draft():
    """Version 1 is published, version 2 is a draft: every address of the desk has something to show."""
    version = make_version(make_issuer("northfield"), slug="kindness", name="Kindness")
    return defining.new_version(version.achievement, by=owner_of(version.achievement.issuer))


@pytest.mark.parametrize("slug", sorted(defining.RESERVED_SLUGS))
def test_the_desks_own_pages_are_no_achievements(slug):
    try:
        name = resolve(f"/dashboard/northfield/{slug}/").url_name
    except Resolver404:
        name = None

    assert name != "achievement_desk"


# The four kinds, each through its form

COMMON = {
    "name": "Data Kindness",
    "slug": "",
    "description": "Looks after data\r\nand people.",
    "criteria": "- an audit\r\n- a **defence**",
    "language": "en",
    "skills-0-name": "Listening",
    "skills-0-url": "https://northfield.example/listening",
    "skills-0-level": "advanced",
    "skills-4-name": "Anonymising",
    "skills-4-url": "https://northfield.example/anonymising",
    "skills-4-framework": "Ward skills",
}
OF_KIND = {
    "degree": {
        "achievement_type": "MasterDegree",
        "field_of_study": "Clinical data",
        "credits_available": "180",
        "eqf_level": "7",
        "workload_hours": "5400",
        "results-0-name": "Classification",
        "results-0-result_type": "Result",
        "results-0-allowed_values": "Pass, Merit, Distinction",
        "results-1-name": "GPA",
        "results-1-result_type": "GradePointAverage",
        "results-1-value_min": "1.0",
        "results-1-value_max": "4.0",
        "signatories-0-name": "Amara Nwosu",
        "signatories-0-title": "Dean",
    },
    "role_certification": {
        "achievement_type": "Certification",
        "validity_days": "1095",
        "role_name": "Data steward",
        "role_url": "https://northfield.example/roles/steward",
        "renewal": "Sit the renewal exam.",
        "results-0-name": "Score",
        "results-0-result_type": "RawScore",
        "results-0-value_min": "0",
        "results-0-required_value": "70",
        "results-0-value_max": "100",
    },
    "micro_certification": {
        "achievement_type": "MicroCredential",
        "validity_days": "365",
        "assessment": "practical",
        "supervised": "on",
        "participation": "online",
        "product": "Veil",
        "product_release": "4.2",
        "quality_assurance": "Two assessors.",
    },
    "badge": {
        "achievement_type": "Competency",
        "validity_days": "0",
        "review_by": "2030-01-31",
        "sub_type": "contribution",
    },
}


def define(client, kind, **typed):
    issuer = Issuer.objects.filter(slug="northfield").first() or make_issuer("northfield")
    client.force_login(owner_of(issuer))
    return client.post(f"/dashboard/northfield/define/{kind}/", COMMON | OF_KIND[kind] | typed)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_defined_looked_at_and_published(client, kind):
    defined = define(client, kind)
    looked = client.get(defined["Location"])
    published = client.post(defined["Location"], {"sure": "1"})

    version = AchievementVersion.objects.get()
    assert defined["Location"] == "/dashboard/northfield/data-kindness/draft/"
    assert b'<h1 class="title"><bdi lang="en">Data Kindness</bdi></h1>' in looked.content
    assert b"<strong>defence</strong>" in looked.content
    assert published["Location"] == "/dashboard/northfield/data-kindness/"
    assert (version.published_at is not None, version.achievement.state) == (True, "active")
    assert client.get("/issuers/northfield/data-kindness/").status_code == 200
    assert (version.kind, version.achievement_type) == (kind, OF_KIND[kind]["achievement_type"])
    assert version.description == "Looks after data\nand people."
    assert [
        (link.skill.label, link.skill.framework.name, link.level) for link in version.versionskill_set.all()
    ] == [
        ("Listening", "Skills of Northfield Institute", "advanced"),
        ("Anonymising", "Ward skills", ""),
    ]


def test_a_degree_says_what_it_is_worth_and_who_signs(client):
    define(client, "degree")

    version = AchievementVersion.objects.get()
    described = [{key: one[key] for key in one if key != "id"} for one in version.result_descriptions]
    assert (version.field_of_study, version.credits_available, version.eqf_level) == ("Clinical data", 180, 7)
    assert (version.validity_days, version.workload_hours) == (0, 5400)
    assert described == [
        {
            "name": "Classification",
            "result_type": "Result",
            "allowed_values": ["Pass", "Merit", "Distinction"],
            "value_min": "",
            "value_max": "",
            "required_value": "",
        },
        {
            "name": "GPA",
            "result_type": "GradePointAverage",
            "allowed_values": [],
            "value_min": "1.0",
            "value_max": "4.0",
            "required_value": "",
        },
    ]
    assert defining.signatories_of(version) == [{"name": "Amara Nwosu", "title": "Dean"}]


def test_the_others_say_what_they_need(client):
    for number, kind in enumerate(["role_certification", "micro_certification", "badge"]):
        define(client, kind, slug=f"one-{number}")

    role, micro, badge = AchievementVersion.objects.order_by("pk")
    assert (role.role.label, role.validity_days, role.renewal) == (
        "Data steward",
        1095,
        "Sit the renewal exam.",
    )
    assert (micro.assessment, micro.supervised, micro.participation) == ("practical", True, "online")
    assert (micro.product, micro.product_release) == ("Veil", "4.2")
    assert (badge.sub_type, badge.review_by, badge.validity_days) == (
        "contribution",
        timezone.datetime(2030, 1, 31).date(),
        0,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_asks_only_for_what_its_kind_needs(client, kind):
    issuer = make_issuer("northfield")
    client.force_login(owner_of(issuer))

    form = client.get(f"/dashboard/northfield/define/{kind}/").context["form"]

    optional = {field for one in KINDS.values() for field in one.fields} - {"results", "signatories", "role"}
    assert set(form.fields) & optional == KINDS[kind].fields & optional
    assert ("role_name" in form.fields) == ("role" in KINDS[kind].fields)
    assert (form.results is not None) == ("results" in KINDS[kind].fields)
    assert (form.signatories is not None) == ("signatories" in KINDS[kind].fields)


@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        ("badge", {"name": ""}, ["name"]),
        ("badge", {"name": "جائزة"}, ["slug"]),
        ("badge", {"slug": "members"}, ["slug"]),
        ("badge", {"slug": "No Good"}, ["slug"]),
        ("badge", {"name": "be\x07ll"}, ["name"]),
        ("badge", {"criteria": "be\x00ll"}, ["criteria"]),
        ("badge", {"achievement_type": "DoctoralDegree"}, ["achievement_type"]),
        ("badge", {"validity_days": "12345"}, ["validity_days"]),
        ("badge", {"language": "xx-none"}, ["language"]),
        ("badge", {"review_by": "soon"}, ["review_by"]),
        ("badge", {"skills-0-url": "javascript:alert(1)"}, ["__all__"]),
        ("badge", {"skills-0-url": "http://northfield.example/x"}, ["__all__"]),
        ("badge", {"skills-0-name": ""}, ["__all__"]),
        ("badge", {"skills-0-level": "be\x07ll"}, ["__all__"]),
        ("degree", {"eqf_level": "9"}, ["eqf_level"]),
        ("degree", {"credits_available": "many"}, ["credits_available"]),
        ("degree", {"results-0-allowed_values": "Pass, Pass"}, ["__all__"]),
        ("degree", {"results-0-value_min": "1"}, ["__all__"]),
        ("degree", {"results-1-value_min": "9"}, ["__all__"]),
        ("degree", {"results-1-value_max": "much"}, ["__all__"]),
        ("degree", {"results-0-required_value": "Fail"}, ["__all__"]),
        ("degree", {"results-0-result_type": "Nonsense"}, ["__all__"]),
        ("degree", {"signatories-0-name": ""}, ["__all__"]),
        ("role_certification", {"role_name": ""}, ["role_name"]),
        ("role_certification", {"role_url": "ftp://x.example"}, ["role_url"]),
        ("micro_certification", {"assessment": ""}, ["assessment"]),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(client, kind, typed, wrong):
    answer = define(client, kind, **typed)

    assert (answer.status_code, sorted(answer.context["form"].errors)) == (200, wrong)
    assert "Looks after data" in answer.content.decode()
    assert "https://northfield.example/anonymising" in answer.content.decode()
    assert Achievement.objects.count() == 0


def test_a_role_that_others_call_otherwise_stays_as_it_was_typed(client):
    define(client, "role_certification")

    answer = define(client, "role_certification", slug="second", role_name="Steward of data")

    assert b"<p>Steward of data</p>" in client.get(answer["Location"]).content


def test_a_skill_that_is_given_twice_is_refused_at_its_row(client):
    twice = {"skills-4-url": COMMON["skills-0-url"], "skills-4-level": "basic"}

    answer = define(client, "badge", **twice)

    assert answer.context["form"].non_field_errors() == [
        "Skills, line 5, its web address: This address stands in two lines. "
        "Keep the one with the level that is proven."
    ]


def test_an_address_that_is_taken_is_told_and_a_second_click_makes_nothing(client):
    define(client, "badge")

    answer = define(client, "badge")

    assert list(answer.context["form"].errors) == ["slug"]
    assert Achievement.objects.count() == 1


# Pictures


def test_a_picture_is_drawn_anew_and_shown_to_members_before_it_is_published(client):
    answer = define(
        client, "badge", image=upload(picture("JPEG", size=(2400, 1200))), image_alt="A green square"
    )

    version = AchievementVersion.objects.get()
    shown = re.findall(r'<img class="picture" src="([^"]+)"', client.get(answer["Location"]).content.decode())
    member = client.get(shown[0])
    client.logout()
    assert (version.image.width, version.image.height) == (1200, 600)
    assert Image.open(io.BytesIO(member.getvalue())).size == (1200, 600)
    assert client.get(shown[0]).status_code == 404


def test_a_picture_needs_words(client):
    answer = define(client, "badge", image=upload(picture()))

    assert list(answer.context["form"].errors) == ["image_alt"]
    assert "Choose the picture again" in answer.content.decode()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_picture_is_refused_and_what_was_typed_stays(client, hostile):
    answer = define(client, "badge", image=upload(HOSTILE[hostile]), image_alt="Nothing good")

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["image"])
    assert 'value="Data Kindness"' in answer.content.decode()
    assert Achievement.objects.count() == 0


def test_a_picture_stays_until_it_is_taken_away(client):
    define(client, "badge", image=upload(picture()), image_alt="A square")
    edit = "/dashboard/northfield/data-kindness/edit/"
    typed = COMMON | OF_KIND["badge"] | {"image_alt": "A square"}

    client.post(edit, typed)
    stayed = bool(AchievementVersion.objects.get().image)
    client.post(edit, typed | {"remove_image": "on"})

    assert (stayed, bool(AchievementVersion.objects.get().image)) == (True, False)


# Drafts, publishing, the next version


def test_a_draft_is_edited_with_what_was_said_before_in_its_form(client):
    define(client, "degree")
    form = client.get("/dashboard/northfield/data-kindness/edit/").context["form"]
    before = AchievementVersion.objects.get().result_descriptions
    emptied = ["skills-0-name", "skills-0-url", "skills-0-level"]
    emptied += ["results-1-name", "results-1-value_min", "results-1-value_max"]
    typed = COMMON | OF_KIND["degree"] | dict.fromkeys(emptied, "")
    typed |= {"name": "Data Kindness (Hons)", "results-0-id": before[0]["id"]}

    client.post("/dashboard/northfield/data-kindness/edit/", typed)

    version = AchievementVersion.objects.get()
    assert (form.initial["name"], form.initial["slug"]) == ("Data Kindness", "data-kindness")
    assert [row.initial.get("name") for row in form.results.forms] == ["Classification", "GPA", None, None]
    assert version.name == "Data Kindness (Hons)"
    assert version.result_descriptions == before[:1]
    assert [skill.label for skill in version.skills.all()] == ["Anonymising"]


def test_nothing_is_published_without_the_tick(client, draft):
    client.force_login(owner_of(draft.achievement.issuer))

    answer = client.post(address("achievement_draft", draft))

    draft.refresh_from_db()
    assert "Tick the box first" in answer.content.decode()
    assert draft.published_at is None


def test_what_is_published_has_no_form_any_more(client):
    version = make_version(make_issuer("northfield"), slug="kindness")
    client.force_login(owner_of(version.achievement.issuer))

    looked = client.get(address("achievement_edit", version))
    changed = client.post(address("achievement_edit", version), COMMON | OF_KIND["badge"])

    assert {looked["Location"], changed["Location"]} == {address("achievement_desk", version)}
    assert AchievementVersion.objects.get().name == version.name


def test_a_new_version_begins_with_the_old_words_and_leaves_the_old_page_standing(client):
    define(client, "badge")
    client.post("/dashboard/northfield/data-kindness/draft/", {"sure": "1"})

    begun = client.post("/dashboard/northfield/data-kindness/new-version/")
    form = client.get(begun["Location"]).context["form"]
    client.post(begun["Location"], COMMON | OF_KIND["badge"] | {"name": "Data Kindness 2", "slug": "other"})
    client.post("/dashboard/northfield/data-kindness/draft/", {"sure": "1"})

    names = list(AchievementVersion.objects.order_by("number").values_list("number", "name"))
    assert (form.initial["name"], "slug" in form.fields) == ("Data Kindness", False)
    assert names == [(1, "Data Kindness"), (2, "Data Kindness 2")]
    assert (
        '<h1 class="title"><bdi lang="en">Data Kindness</bdi></h1>'
        in client.get("/issuers/northfield/data-kindness/v1/").content.decode()
    )


def test_it_is_retired_and_offered_again(client):
    version = make_award().version
    client.force_login(owner_of(version.achievement.issuer))
    retire = address("achievement_retire", version)

    asked = client.get(retire).content.decode()
    client.post(retire)
    retired = Achievement.objects.get().state
    client.post(retire, {"again": "1"})

    assert "The 1 credential that is valid today stays valid" in asked
    assert (retired, Achievement.objects.get().state) == ("retired", "active")


# Lists


def test_the_desk_shows_what_needs_somebody(client, draft):
    issuer = draft.achievement.issuer
    due = make_version(issuer, name="Old hat", review_by=timezone.localdate())
    client.force_login(owner_of(issuer))

    context = client.get("/dashboard/northfield/").context

    assert [list(context[part]) for part in ("drafts", "to_review", "stopped")] == [[draft], [due], []]


def test_a_version_that_was_followed_is_not_looked_at_again(client):
    version = make_version(make_issuer("northfield"), review_by=timezone.localdate())
    owner = owner_of(version.achievement.issuer)
    draft = defining.new_version(version.achievement, by=owner)
    defining.publish(
        defining.edit(draft, by=owner, review_by=timezone.localdate() + timezone.timedelta(days=9)), by=owner
    )
    client.force_login(owner)

    assert list(client.get("/dashboard/northfield/").context["to_review"]) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["Data", "Kindness"]),
        ("?q=kind", ["Kindness"]),
        ("?kind=degree", ["Data"]),
        ("?q=zebra", []),
        ("?kind=zebra", ["Data", "Kindness"]),
        ("?page=99", ["Data", "Kindness"]),
    ],
)
def test_what_can_be_earned_is_searched(client, asked, found):
    issuer = make_issuer("northfield")
    make_version(issuer, kind="degree", slug="aaa", name="Data")
    make_version(issuer, slug="bbb", name="Kindness")
    make_version(name="Somebody else's")
    client.force_login(owner_of(issuer))

    page = client.get(f"/dashboard/northfield/{asked}").context["page"]

    assert [achievement.name for achievement in page] == found


def test_awards_are_found_by_name_address_number_and_id(client):
    version = make_version(make_issuer("northfield"), slug="kindness")
    ada = make_award(version, name="Ada Byron", email="ada@example.org", licence_number="L-77")
    make_award(version, name="Grace Murray", email="grace@example.org")
    client.force_login(owner_of(version.achievement.issuer))

    for words in ("byron", "ada@example.org", "L-77", str(ada.pk)):
        page = client.get(address("achievement_desk", version), {"q": words}).context["page"]
        assert list(page) == [ada], words


def queries_of(client, url) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_desk_costs_the_same_for_one_and_three(client):
    issuer = make_issuer("northfield")
    make_award(make_version(issuer))
    make_draft(issuer)
    client.force_login(owner_of(issuer))
    one = queries_of(client, "/dashboard/northfield/")
    for _ in range(2):
        make_award(make_version(issuer))
        make_draft(issuer)

    assert queries_of(client, "/dashboard/northfield/") == one


def test_an_achievements_desk_costs_the_same_for_one_and_three(client):
    version = make_version(make_issuer("northfield"))
    make_award(version)
    client.force_login(owner_of(version.achievement.issuer))
    url = address("achievement_desk", version)
    one = queries_of(client, url)
    for _ in range(2):
        make_award(version)

    assert queries_of(client, url) == one


def test_somebody_who_only_reads_is_offered_nothing_to_press(client, draft):
    client.force_login(make_member(draft.achievement.issuer, "auditor"))

    pages = [
        client.get(address(name, draft)).content.decode()
        for name in ("desk", "achievement_desk", "achievement_draft")
    ]

    forms = [re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', page) for page in pages]
    pressed = re.findall(
        r"Define a credential|Publish version 2|Award to|Award one|Make a new|Retire<", "".join(pages)
    )
    assert {action for found in forms for action in found} <= {"/theme/", "/accounts/logout/"}
    assert pressed == []


def test_a_suspended_issuer_can_be_read_and_offers_nothing(client, draft):
    issuer = draft.achievement.issuer
    Issuer.objects.filter(pk=issuer.pk).update(suspended_at=timezone.now())
    client.force_login(owner_of(issuer))

    page = client.get("/dashboard/northfield/").content.decode()

    assert ("This issuer is suspended" in page, "Award one" in page) == (True, False)
    assert client.post(address("achievement_draft", draft), {"sure": "1"}).status_code == 403


# The symbol of the drawn picture


def test_a_symbol_is_chosen_shown_again_and_taken_back(client):
    define(client, "badge", icon="handshake")
    edit = "/dashboard/northfield/data-kindness/edit/"
    chosen = re.findall(r'name="icon" value="([^"]*)"[^>]*checked', client.get(edit).content.decode())
    before = AchievementVersion.objects.get().icon
    client.post(edit, COMMON | OF_KIND["badge"] | {"icon": ""})

    assert (chosen, before, AchievementVersion.objects.get().icon) == (["handshake"], "handshake", "")


def test_every_symbol_stands_in_the_form_as_a_picture_with_words(client):
    client.force_login(owner_of(make_issuer("northfield")))

    page = client.get("/dashboard/northfield/define/badge/").content.decode()

    choices = re.findall(
        r'<label class="symbols__choice" for="([^"]+)"><input type="radio" name="icon" value="([^"]*)"'
        r'[^>]*id="([^"]+)"[^>]*><svg[^>]*aria-hidden="true".*?</svg><span>([^<]+)</span></label>',
        page,
        re.DOTALL,
    )
    assert [(value, words) for _, value, _, words in choices] == [
        ("", "None"), *((name, words.capitalize()) for name, words in ICONS.items()),
    ]  # fmt: skip
    assert all(label == control for label, _, control, _ in choices)


def test_a_symbol_that_is_not_offered_comes_back_with_a_complaint(client):
    page = define(client, "badge", icon="skull")

    assert list(page.context["form"].errors) == ["icon"]
    assert b'id="id_icon_error"' in page.content
    assert not AchievementVersion.objects.exists()
