"""The earner's pages: what is new, what is held, what is shown, and what strangers get of it."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from credentials.models import Award
from portfolios import arranging, showing
from portfolios.models import Block, Profile
from tests.factories import make_award, make_issuer, make_user, make_version

pytestmark = pytest.mark.django_db
ME, PORTFOLIO = "/me/", "/me/portfolio/"
WORDS = {
    "handle": "ada-lovelace",
    "name": "Ada Lovelace",
    "headline": "Writes programs",
    "about": "For *engines*.",
    "audience": "public",
}


@pytest.fixture
def ada():
    return make_user("ada@example.org")


@pytest.fixture
def me(client, ada):
    """Ada's browser, signed in."""
    client.force_login(ada)
    return client


@pytest.fixture
def stranger():
    from django.test import Client

    return Client()


def make_profile(user, **words):
    return arranging.write_profile(user, **(WORDS | words))


def award_to(user, version=None, **fields) -> Award:
    award = make_award(version, **fields)
    Award.objects.filter(pk=award.pk).update(earner=user, claimed_at=timezone.now())
    return Award.objects.get(pk=award.pk)


def page_of(response) -> str:
    """The text of a page, without markup."""
    assert response.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def outline(*awards, show=(), **words) -> dict:
    """What the portfolio's form sends."""
    ticked = [str(award.pk) for award in show]
    return WORDS | {"order": [str(award.pk) for award in awards], "show": ticked} | words


def named(response, *awards) -> list:
    """Those awards in the order in which a page names them."""
    html = response.content.decode()
    return sorted((a for a in awards if str(a.pk) in html), key=lambda a: html.index(str(a.pk)))


# What I hold


@pytest.mark.parametrize("address", [ME, PORTFOLIO])
def test_a_stranger_is_asked_to_sign_in(client, address):
    response = client.get(address)

    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next={address}"


def test_an_award_that_came_after_the_address_was_verified_is_claimed_by_looking(me, ada):
    award = make_award(email="ada@example.org")

    text = page_of(me.get(ME))

    award.refresh_from_db()
    assert award.earner == ada
    assert "1 credential came since you last looked." in text


def test_looking_twice_changes_nothing_and_what_is_new_stays_new(me, ada):
    award = award_to(ada)

    first, second = page_of(me.get(ME)), page_of(me.get(ME))

    assert first == second
    award.refresh_from_db()
    assert (award.seen_at, award.acceptance) == (None, "offered")


def test_who_holds_nothing_is_told_what_to_do(me):
    text = page_of(me.get(ME))

    assert "Nothing here yet" in text
    assert "Add an e-mail address" in text


def test_a_new_credential_offers_its_next_steps_and_is_kept_by_one_button(me, ada):
    award = award_to(ada)
    text = page_of(me.get(ME))
    assert [
        words for words in ("Copy its link", "Add to my portfolio", "Just keep it") if words not in text
    ] == []

    for _ in range(2):
        assert me.post(reverse("me_keep"), {"award": str(award.pk)}).url == ME

    award.refresh_from_db()
    assert (award.acceptance, award.seen_at is not None) == ("accepted", True)
    assert "Just keep it" not in page_of(me.get(ME))


def test_all_that_is_new_is_kept_at_once(me, ada):
    awards = [award_to(ada) for _ in range(3)]

    me.post(reverse("me_keep"), {"all": "yes"})

    assert Award.objects.filter(earner=ada, seen_at__isnull=True).count() == 0
    assert len(awards) == Award.objects.filter(acceptance="accepted").count()


def test_keeping_leaves_the_new_ones_of_others_alone(me, ada):
    award_to(ada)
    foreign = award_to(make_user())

    me.post(reverse("me_keep"), {"all": "yes"})
    assert me.post(reverse("me_keep"), {"award": str(foreign.pk)}).status_code == 404

    foreign.refresh_from_db()
    assert foreign.seen_at is None


def test_what_ends_within_sixty_days_is_said_and_what_ends_later_is_not(me, ada):
    today = timezone.now().date()
    award_to(ada, make_version(name="Ends soon"), valid_until=today + dt.timedelta(30))
    award_to(ada, make_version(name="Ends late"), valid_until=today + dt.timedelta(90))

    warning = page_of(me.get(ME)).split("Ends within 60 days")[1].split("My addresses")[0]

    assert "Ends soon" in warning
    assert "Ends late" not in warning


def test_every_standing_is_shown_as_it_is(me, ada):
    award = award_to(ada)
    Award.objects.filter(pk=award.pk).update(revoked_at=timezone.now())

    assert "Revoked" in page_of(me.get(ME))


def test_addresses_say_whether_they_are_verified(me, ada):
    ada.emailaddress_set.create(email="ada@work.example", verified=False)

    text = page_of(me.get(ME))

    assert "ada@example.org Verified" in text
    assert "ada@work.example Not verified" in text


def test_what_others_hold_is_not_on_my_page(me):
    award_to(make_user(), make_version(name="Somebody else’s"))
    make_award(make_version(name="Nobody’s yet"), email="eve@example.org")

    text = page_of(me.get(ME))

    assert "Somebody else’s" not in text
    assert "Nobody’s yet" not in text


def test_a_long_list_has_pages_and_a_search(me, ada):
    version = make_version(name="Common one")
    awards = [award_to(ada, version) for _ in range(25)]
    rare = award_to(ada, make_version(make_issuer(name="Kompass Verein"), name="Rare one"))
    arranging.keep([*awards, rare])

    pages = [page_of(me.get(ME, {"page": number})) for number in (1, 2, 99)]
    assert [text.count("Common one Northfield") + text.count("Rare one Kompass") for text in pages] == [
        20,
        6,
        6,
    ]
    found = page_of(me.get(ME, {"q": "kompass rare"}))
    assert (found.count("Rare one Kompass"), found.count("Common one Northfield")) == (1, 0)
    assert "None of yours has these words" in page_of(me.get(ME, {"q": "<script>"}))


# Who sees a credential


@pytest.mark.parametrize("visibility", ["private", "link", "public"])
def test_i_choose_who_sees_a_credential(me, ada, visibility):
    award = award_to(ada)

    response = me.post(reverse("me_visibility", args=[award.pk]), {"visibility": visibility})

    award.refresh_from_db()
    assert award.visibility == visibility
    assert response.url == f"/me/#credential-{award.pk}"


def test_a_visibility_that_does_not_exist_changes_nothing(me, ada):
    award = award_to(ada)

    response = me.post(reverse("me_visibility", args=[award.pk]), {"visibility": "everybody"}, follow=True)

    award.refresh_from_db()
    assert award.visibility == "link"
    assert "choose who can see it from the list" in page_of(response)


@pytest.mark.parametrize("name", ["me_visibility", "me_add"])
def test_the_credential_of_another_is_not_found(me, ada, name):
    make_profile(ada)
    foreign = award_to(make_user())

    response = me.post(reverse(name, args=[foreign.pk]), {"visibility": "private"})

    foreign.refresh_from_db()
    assert (response.status_code, foreign.visibility) == (404, "link")
    assert not Block.objects.exists()


def test_a_form_cannot_send_me_to_another_site(me, ada):
    award = award_to(ada)

    response = me.post(
        reverse("me_visibility", args=[award.pk]), {"visibility": "link", "next": "https://evil.example/"}
    )

    assert response.url == f"/me/#credential-{award.pk}"


# My portfolio


def test_the_first_portfolio_suggests_the_name_on_my_credential_and_a_free_handle(me, ada):
    award_to(ada, name="Ada Lovelace")
    make_profile(make_user(), handle="ada-lovelace")

    html = me.get(PORTFOLIO).content.decode()

    assert 'value="Ada Lovelace"' in html
    assert 'value="ada-lovelace-2"' in html


def test_the_form_begins_with_what_is_saved_and_not_with_a_suggestion(me, ada):
    award_to(ada, name="A Former Name")
    make_profile(ada, handle="countess")

    html = me.get(PORTFOLIO).content.decode()

    assert 'value="Ada Lovelace"' in html
    assert 'value="countess"' in html
    assert "A Former Name" not in html


def test_saving_makes_the_portfolio_and_a_second_click_changes_nothing(me, ada):
    one, two = award_to(ada), award_to(ada)

    for _ in range(2):
        assert me.post(PORTFOLIO, outline(one, two, show=[two])).url == PORTFOLIO

    profile = Profile.objects.get()
    assert (profile.user, profile.handle, profile.audience) == (ada, "ada-lovelace", "public")
    assert showing.arranged(profile) == [two]


def test_the_move_buttons_work_without_script_and_what_was_typed_is_saved(me, ada):
    one, two, three = (award_to(ada) for _ in range(3))
    me.post(PORTFOLIO, outline(one, two, three, show=[one, two, three]))

    response = me.post(
        PORTFOLIO,
        outline(one, two, three, show=[one, two, three], move=f"up:{three.pk}", headline="Typed meanwhile"),
    )

    profile = Profile.objects.get()
    assert response.url == f"{PORTFOLIO}#credential-{three.pk}"
    assert showing.arranged(profile) == [one, three, two]
    assert profile.headline == "Typed meanwhile"
    assert named(me.get(PORTFOLIO), one, two, three) == [one, three, two]


def test_a_move_with_a_mistake_elsewhere_loses_nothing_that_was_typed(me, ada):
    one, two = award_to(ada), award_to(ada)

    response = me.post(
        PORTFOLIO, outline(one, two, show=[one, two], move=f"down:{one.pk}", handle="Ä", headline="Typed")
    )

    assert "Use 3 to 40 small letters" in page_of(response)
    assert 'value="Typed"' in response.content.decode()
    assert named(response, one, two) == [two, one]
    assert response.content.decode().count("checked") >= 2
    assert not Profile.objects.exists()


@pytest.mark.parametrize("move", ["sideways:x", "up", "up:not-an-id", ":", "down:"])
def test_a_move_that_makes_no_sense_is_a_save(me, ada, move):
    one, two = award_to(ada), award_to(ada)

    assert me.post(PORTFOLIO, outline(one, two, show=[one, two], move=move)).status_code == 302
    assert showing.arranged(Profile.objects.get()) == [one, two]


@pytest.mark.parametrize("field", ["order", "show"])
@pytest.mark.parametrize("whose", ["another’s", "nobody’s", "nonsense"])
def test_what_is_not_mine_cannot_be_put_into_my_portfolio(me, ada, field, whose):
    mine = award_to(ada)
    other = {"another’s": award_to(make_user()).pk, "nobody’s": make_award().pk}.get(whose, "nonsense")

    data = outline(mine, show=[mine])
    data[field] = [*data[field], str(other)]
    response = me.post(PORTFOLIO, data)

    assert response.status_code == 404
    assert not Profile.objects.exists()
    assert not Block.objects.exists()


@pytest.mark.parametrize(
    ("handle", "sentence"),
    [
        ("adm1n", "kept for the site itself"),
        ("ada-1ovelace", "taken, or looks like one that is"),
        ("a", "Use 3 to 40 small letters"),
        ("ada lovelace", "Use 3 to 40 small letters"),
        ("x" * 41, "at most 40 characters"),
        ("", "It is empty, and it is needed"),
    ],
)
def test_a_handle_that_cannot_be_had_says_why_and_keeps_what_was_typed(me, ada, handle, sentence):
    make_profile(make_user(), handle="ada-lovelace")

    response = me.post(PORTFOLIO, outline(handle=handle, about="A **long** story"))

    assert sentence in page_of(response)
    assert "A **long** story" in response.content.decode()
    assert not Profile.objects.filter(user=ada).exists()


@pytest.mark.parametrize("field", ["name", "headline", "about"])
def test_what_nobody_can_see_stays_out_of_a_portfolio(me, ada, field):
    response = me.post(PORTFOLIO, outline(**{field: "Bell\x07"}))

    assert "(U+0007) after “Bell”. Remove it" in page_of(response)
    assert not Profile.objects.filter(user=ada).exists()


def test_the_owner_is_told_what_others_do_not_see(me, ada):
    award = award_to(ada)
    me.post(PORTFOLIO, outline(award, show=[award]))
    Award.objects.update(revoked_at=timezone.now())

    assert "Its issuer revoked it. Others do not see it here" in page_of(me.get(PORTFOLIO))


def test_adding_without_a_portfolio_leads_to_one_with_the_credential_ticked(me, ada):
    award, other = award_to(ada), award_to(ada)

    response = me.post(reverse("me_add", args=[award.pk]))
    assert response.url == f"{PORTFOLIO}?add={award.pk}"

    shown = page_of(me.get(response.url)).split("Not shown")
    assert shown[0].count("Move up") == 1
    assert named(me.get(response.url), award, other) == [award, other]


def test_adding_to_a_portfolio_adds_once(me, ada):
    award = award_to(ada)
    profile = make_profile(ada)

    for _ in range(2):
        assert me.post(reverse("me_add", args=[award.pk])).url == f"/me/#credential-{award.pk}"

    assert showing.arranged(profile) == [award]
    assert "On my portfolio" in page_of(me.get(ME))


def test_a_private_credential_on_the_portfolio_says_so_and_leads_to_where_that_is_changed(me, ada):
    award = award_to(ada, make_version(name="100 % & more"))
    me.post(PORTFOLIO, outline(award, show=[award]))
    Award.objects.update(visibility="private")

    assert "On my portfolio, but left out for others" in page_of(me.get(ME))
    link = re.search(r'href="(/me/\?q=[^"]+)#', me.get(PORTFOLIO).content.decode())[1]
    assert str(award.pk) in me.get(unescape(link)).content.decode()


# What others see


def make_shown(ada, *awards, **words):
    profile = make_profile(ada, **words)
    arranging.arrange(profile, shown=awards)
    return profile


def test_a_stranger_sees_the_name_the_words_and_the_credentials_in_order(stranger, ada):
    one = award_to(ada, make_version(name="First earned"))
    two = award_to(ada, make_version(name="Second earned"))
    make_shown(ada, two, one)

    response = stranger.get("/@ada-lovelace/")

    assert [
        words
        for words in ("Ada Lovelace", "Writes programs", "For engines")
        if words not in page_of(response)
    ] == []
    assert named(response, one, two) == [two, one]
    assert "<em>engines</em>" in response.content.decode()
    assert '<meta name="robots" content="index, follow">' in response.content.decode()


def test_a_portfolio_by_link_is_seen_and_kept_from_search_engines(stranger, ada):
    make_shown(ada, audience="link")

    assert '<meta name="robots" content="noindex">' in stranger.get("/@ada-lovelace/").content.decode()


def test_a_private_portfolio_is_answered_exactly_like_one_that_never_was(stranger, me, ada):
    make_shown(ada, audience="private")

    private, absent = stranger.get("/@ada-lovelace/"), stranger.get("/@nobody-here/")

    assert (private.status_code, absent.status_code) == (404, 404)
    assert private.content.replace(b"ada-lovelace", b"") == absent.content.replace(b"nobody-here", b"")
    assert "Only you see this page" in page_of(me.get("/@ada-lovelace/"))


def test_the_owner_is_told_who_sees_it(me, ada, stranger):
    make_shown(ada)

    assert "This is how others see it" in page_of(me.get("/@ada-lovelace/"))
    assert "This is how others see it" not in page_of(stranger.get("/@ada-lovelace/"))


@pytest.mark.parametrize("fields", [{"visibility": "private"}, {"revoked_at": timezone.now()}])
def test_what_is_private_or_revoked_is_not_on_the_public_page_not_even_for_its_owner(
    me, stranger, ada, fields
):
    award = award_to(ada, make_version(name="Kept back"))
    make_shown(ada, award)
    assert "Kept back" in page_of(stranger.get("/@ada-lovelace/"))

    Award.objects.update(**fields)

    for visitor in (stranger, me):
        assert "Kept back" not in page_of(visitor.get("/@ada-lovelace/"))


def test_no_portfolio_tells_the_name_or_address_that_a_credential_was_awarded_to(stranger, ada):
    award = award_to(ada, name="A Former Name", email="former@example.org")
    make_shown(ada, award)

    html = stranger.get("/@ada-lovelace/").content.decode()

    assert "Former" not in html
    assert "former@" not in html


def test_an_old_address_leads_to_the_new_one(stranger, ada):
    make_shown(ada, handle="ada-lovelace")
    make_profile(ada, handle="countess")

    response = stranger.get("/@ada-lovelace/")

    assert (response.status_code, response.url) == (302, "/@countess/")


@pytest.mark.parametrize("handle", ["ADA-LOVELACE", "ada_lovelace", "x" * 500, "-"])
def test_an_address_that_nobody_has_is_not_found(stranger, ada, handle):
    make_shown(ada)

    assert stranger.get(f"/@{handle}/").status_code == 404


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](https://evil.example/x.png)"]
)
def test_what_people_write_is_text(stranger, ada, hostile):
    make_shown(ada, name=hostile, headline=hostile, about=hostile)

    html = stranger.get("/@ada-lovelace/").content.decode()

    assert re.findall(r"<script>|href=.javascript|<img[^>]+evil", html) == []


# As quick with three as with one


@pytest.mark.parametrize("address", [ME, PORTFOLIO, "/@ada-lovelace/"])
def test_three_credentials_cost_no_more_queries_than_one(me, ada, address, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert me.get(address).status_code == 200
        return len(captured)

    soon = timezone.now().date() + dt.timedelta(20)
    version = make_version()
    make_shown(ada, award_to(ada, version, valid_until=soon), award_to(ada, version))
    arranging.keep(Award.objects.filter(earner=ada)[:1])
    with_two = queries()
    for _ in range(4):
        make_shown(ada, *Award.objects.filter(earner=ada), award_to(ada, version, valid_until=soon))
    arranging.keep(Award.objects.filter(earner=ada)[:2])

    assert queries() == with_two
