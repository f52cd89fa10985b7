"""An earner chooses what to show, to whom and in which order; two windows do no harm."""

import threading

import pytest
from django.db import connection

from credentials.models import Award
from portfolios import arranging, showing
from portfolios.models import Block, FormerHandle, Page, Profile
from tests.factories import make_award, make_user, make_version

pytestmark = pytest.mark.django_db
WORDS = {"name": "Ada", "headline": "", "about": "", "audience": "public"}


def make_profile(user=None, handle="ada-lovelace", **words) -> Profile:
    return arranging.write_profile(user or make_user(), handle=handle, **(WORDS | words))


def make_held(user, count=1) -> list[Award]:
    version = make_version()
    awards = [make_award(version) for _ in range(count)]
    Award.objects.filter(pk__in=[award.pk for award in awards]).update(earner=user)
    return list(Award.objects.filter(pk__in=[award.pk for award in awards]))


def order_of(profile) -> list:
    return [award.pk for award in showing.arranged(profile)]


def pks(*awards) -> list:
    return [award.pk for award in awards]


@pytest.fixture
def profile():
    return make_profile()


def test_a_reserved_handle_is_refused():
    with pytest.raises(arranging.HandleTaken, match="kept for the site itself"):
        make_profile(handle="adm1n")
    assert not Profile.objects.exists()


def test_a_handle_that_looks_like_anothers_is_refused(profile):
    with pytest.raises(arranging.HandleTaken, match="looks like one that is"):
        make_profile(handle="ada-1ove1ace")
    assert Profile.objects.get() == profile


def test_my_own_handle_is_no_obstacle(profile):
    make_profile(profile.user, handle="adalovelace", name="Ada King")

    profile.refresh_from_db()
    assert (profile.handle, profile.name) == ("adalovelace", "Ada King")


def test_a_handle_that_was_given_up_stays_its_owners(profile):
    make_profile(profile.user, handle="ada-king")

    with pytest.raises(arranging.HandleTaken):
        make_profile(handle="ada-lovelace")

    make_profile(profile.user, handle="ada-lovelace")
    assert list(FormerHandle.objects.values_list("handle", flat=True)) == ["ada-king"]


def test_the_suggested_handle_is_free(profile):
    assert arranging.free_handle("ada-lovelace", make_user()) == "ada-lovelace-2"
    assert arranging.free_handle("ada-lovelace", profile.user) == "ada-lovelace"


def test_what_is_ticked_is_shown_in_its_order(profile):
    one, two, three = make_held(profile.user, 3)

    arranging.arrange(profile, shown=[three, one], hidden=[two])
    assert order_of(profile) == pks(three, one)

    arranging.arrange(profile, shown=[one, two, three])
    assert order_of(profile) == pks(one, two, three)


def test_saving_twice_saves_once(profile):
    one, two = make_held(profile.user, 2)

    arranging.arrange(profile, shown=[two, one])
    arranging.arrange(profile, shown=[two, one])

    assert order_of(profile) == pks(two, one)
    assert list(Block.objects.values_list("position", flat=True)) == [0, 1]


def test_a_window_that_does_not_know_the_newest_credential_does_not_take_it_away(profile):
    one, two, newest = make_held(profile.user, 3)
    arranging.arrange(profile, shown=[one, two])
    arranging.add(profile, newest)

    arranging.arrange(profile, shown=[two], hidden=[one])

    assert order_of(profile) == pks(two, newest)


def test_adding_twice_adds_once_at_the_end(profile):
    one, two = make_held(profile.user, 2)

    for award in (one, two, one, two):
        arranging.add(profile, award)

    assert order_of(profile) == pks(one, two)


def test_more_than_a_page_shows_is_refused_and_nothing_changes(profile):
    version = make_version()
    ordered = make_held(profile.user, 2)
    arranging.arrange(profile, shown=ordered)
    # Rows that only have to be counted: their ids are those of no award that is looked at.
    crowd = [Award(version=version) for _ in range(arranging.MOST_SHOWN)]

    with pytest.raises(arranging.TooMany, match="at most 200 credentials; these are 202"):
        arranging.arrange(profile, shown=crowd)

    assert order_of(profile) == pks(*ordered)


@pytest.mark.parametrize(
    ("which", "by", "expected"),
    [(1, -1, "bac"), (1, 1, "acb"), (0, -1, "abc"), (2, 1, "abc"), (0, 1, "bac"), (2, -1, "acb")],
)
def test_a_move_stops_at_the_ends(which, by, expected):
    assert "".join(arranging.moved("abc", "abc"[which], by=by)) == expected


def test_choosing_who_sees_it_accepts_it():
    (award,) = make_held(make_user())

    arranging.show_to(award, Award.Visibility.PRIVATE)

    award.refresh_from_db()
    assert (award.visibility, award.acceptance) == ("private", "accepted")
    assert award.seen_at is not None


def test_keeping_says_when_it_was_first_seen_and_never_again():
    awards = make_held(make_user(), 2)

    assert arranging.keep(awards) == 2
    first = Award.objects.values_list("seen_at", flat=True)
    seen = list(first)
    assert arranging.keep(awards) == 0
    assert list(Award.objects.values_list("seen_at", flat=True)) == seen


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_people_who_want_one_handle_at_once_do_not_both_get_it():
    people, start, refused = [make_user(), make_user()], threading.Barrier(2), []

    def wish(user):
        try:
            start.wait(timeout=10)
            make_profile(user, handle="ada-lovelace")
        except arranging.HandleTaken as reason:
            refused.append(str(reason))
        finally:
            connection.close()

    at_once(wish, people)

    assert (Profile.objects.count(), len(refused)) == (1, 1)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_the_very_first_save_makes_one_profile():
    user, start, failed = make_user(), threading.Barrier(2), []

    def save(name):
        try:
            start.wait(timeout=10)
            arranging.arrange(make_profile(user, name=name), shown=[])
        except Exception as error:  # noqa: BLE001 (whatever it is, it is reported below)
            failed.append(error)
        finally:
            connection.close()

    at_once(save, ["Ada", "Ada"])

    assert (failed, Profile.objects.count(), Page.objects.count()) == ([], 1, 1)


def at_once(work, arguments) -> None:
    threads = [threading.Thread(target=work, args=[argument]) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
