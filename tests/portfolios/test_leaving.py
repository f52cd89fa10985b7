"""Taking everything along, and leaving: the account goes, and what was earned stays or goes as was said."""

import io
import json
import re
import zipfile
from html import unescape

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client

from credentials import awarding, erasing, verifying
from credentials.models import Award, ErasedAward, Row
from credentials.openbadges.verify import Verdict
from issuers import journal, membership
from issuers.membership import LastOwner
from issuers.models import Member
from portfolios import arranging, claiming, leaving
from portfolios.models import Profile
from tests.credentials.test_trust_views import REAUTHENTICATE, sign_in
from tests.factories import (
    PASSWORD,
    make_award,
    make_issuer,
    make_member,
    make_person,
    make_user,
    make_version,
    owner_of,
)
from tests.traces import traces_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NAME, EMAIL, OTHER, HANDLE = "Quirina Okonkwo", "quirina@left.example", "q@home.example", "quirina-okonkwo"
WALLET = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
LEAVE, EXPORT = "/me/leave/", "/me/leave/everything.zip"


@pytest.fixture(autouse=True)
def files_of_this_test(settings, tmp_path):
    settings.MEDIA_ROOT, settings.VAR = tmp_path / "media", tmp_path / "var"
    settings.MEDIA_ROOT.mkdir()
    settings.VAR.mkdir()


@pytest.fixture
def ada() -> User:
    """Somebody with two addresses, a name, codes, a portfolio, and credentials of two issuers."""
    user = make_user(EMAIL)
    user.first_name, user.last_name = NAME.split()
    user.save()
    EmailAddress.objects.create(user=user, email=OTHER, verified=True)
    RecoveryCodes.activate(user)
    make_award(name=NAME, email=EMAIL, subject_id=WALLET)
    make_award(name=NAME, email=OTHER)
    claiming.claim_all(user)
    words = {"name": NAME, "headline": NAME, "about": f"Write to {EMAIL}", "audience": "public"}
    arranging.write_profile(user, handle="q-before", **words)
    profile = arranging.write_profile(user, handle=HANDLE, **words)
    arranging.arrange(profile, shown=list(Award.objects.filter(earner=user)))
    return user


@pytest.fixture
def me(client, ada):
    sign_in(client, ada)
    return client


def traces() -> list[str]:
    return traces_of(NAME, EMAIL, OTHER, HANDLE, "q-before")


def page_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def opened(response) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


# Take everything with you


def test_the_file_holds_every_credential_as_it_was_signed(me, ada):
    box = opened(me.get(EXPORT))

    for award in Award.objects.filter(earner=ada):
        assert box.read(f"credentials/{award.pk}.json") == bytes(award.document)
        assert (
            verifying.verify_document(json.loads(box.read(f"credentials/{award.pk}.json"))).verdict == "valid"
        )
    assert len([name for name in box.namelist() if name.endswith(".jwt")]) == 1


def test_the_file_holds_profile_pages_and_addresses(me, ada):
    box = opened(me.get(EXPORT))

    profile = json.loads(box.read("profile.json"))
    assert (profile["handle"], profile["former_handles"]) == (HANDLE, ["q-before"])
    assert len(profile["pages"][0]["blocks"]) == 2
    assert {one["email"] for one in json.loads(box.read("addresses.json"))} == {EMAIL, OTHER}
    assert {one["awarded_to"] for one in json.loads(box.read("credentials.json"))} == {EMAIL, OTHER}


def test_nobody_gets_what_is_anothers(ada):
    stranger = Client()
    stranger.force_login(make_user())

    box = opened(stranger.get(EXPORT))

    assert [name for name in box.namelist() if name.startswith("credentials/")] == []


@pytest.mark.parametrize("number", [0, 5])
def test_the_file_asks_the_database_as_often_for_many(ada, number, django_assert_max_num_queries):
    for _ in range(number):
        make_award(email=EMAIL)
    claiming.claim_all(ada)

    with django_assert_max_num_queries(6):
        leaving.export(ada, io.BytesIO())


# Leave


def test_nothing_of_whoever_leaves_and_erases_is_left_in_any_column_or_file(ada):
    assert len(traces()) > 15

    done = leaving.leave(ada, erase=True)

    assert traces() == []
    assert (done, ErasedAward.objects.count()) == (leaving.Left(erased=2), 2)
    assert not User.objects.filter(pk=ada.pk).exists()


def test_the_second_of_two_clicks_at_once_finds_nobody(ada):
    leaving.leave(ada, erase=True)

    assert leaving.leave(ada, erase=True) == leaving.Left()


def test_credentials_stay_checkable_where_that_was_wished(ada):
    first, second = Award.objects.filter(earner=ada).order_by("awarded_at", "pk")
    Award.objects.filter(pk=first.pk).update(visibility=Award.Visibility.PUBLIC)
    Award.objects.filter(pk=second.pk).update(visibility=Award.Visibility.PRIVATE)

    done = leaving.leave(ada)

    left = Award.objects.filter(pk__in=[first.pk, second.pk])
    assert done == leaving.Left(kept=2)
    assert set(left.values_list("pk", "visibility", "earner", "claimed_at")) == {
        (first.pk, "link", None, None),
        (second.pk, "private", None, None),
    }
    assert verifying.verify_award(Award.objects.for_page().get(pk=first.pk)).verdict == Verdict.VALID
    assert {place.split(":")[0].rpartition(".")[0] for place in traces()} == {
        "credentials.award", "credentials.delivery", "credentials.row"
    }  # fmt: skip


def test_who_comes_back_with_the_same_address_has_them_again(ada):
    leaving.leave(ada)

    assert claiming.claim_all(make_user(EMAIL)) == 1


def test_an_account_that_acted_for_an_issuer_is_left_without_a_name(ada):
    issuer = make_issuer()
    membership.invite(issuer, ada, role="awarder", by=owner_of(issuer))
    ada.groups.add(Group.objects.create(name="editors"))
    awarding.award(make_version(issuer), make_person(), by=ada)
    batch = awarding.order(make_version(issuer), people=[make_person()], roster_name="a.csv", by=ada)

    leaving.leave(ada, erase=True)

    nobody = User.objects.get(pk=ada.pk)
    assert traces() == []
    assert (nobody.is_active, nobody.has_usable_password(), nobody.email) == (False, False, "")
    assert (nobody.username.startswith("left-"), nobody.groups.count()) == (True, 0)
    assert not Member.objects.filter(user=ada).exists()
    assert batch.ordered_by == nobody
    assert journal.first_broken(issuer) is None


def test_what_the_administration_wrote_of_the_account_goes(ada):
    LogEntry.objects.create(
        user=make_user(), content_type=ContentType.objects.get_for_model(User), object_id=str(ada.pk),
        object_repr=EMAIL, action_flag=CHANGE,
    )  # fmt: skip

    leaving.leave(ada, erase=True)

    assert traces() == []


def test_the_last_owner_stays_and_is_told_what_to_do_first(ada):
    issuer = make_issuer(by=ada, name="Halyard")

    with pytest.raises(LastOwner) as refused:
        leaving.leave(ada, erase=True)

    assert str(refused.value) == (
        f"{EMAIL} is the last owner of Halyard: nobody could look after what was awarded. Make somebody else "
        "an owner first, at the desk under Members."
    )
    assert Award.objects.filter(earner=ada).count() == 2
    assert issuer.members.count() == 1


def test_an_owner_who_is_not_alone_may_leave(ada):
    issuer = make_issuer(by=ada)
    make_member(issuer, "owner")

    leaving.leave(ada)

    assert issuer.members.count() == 1


def test_nobody_gets_the_handle_of_whoever_left(ada):
    leaving.leave(ada, erase=True)

    taken = "This handle is taken, or looks like one that is; choose another."
    alike = (HANDLE, "q-before", "quirina0k0nkwo")
    assert [arranging.why_not(handle, make_user()) for handle in alike] == [taken] * 3
    assert not Profile.objects.exists()


def test_every_session_of_theirs_ends_and_no_other(ada):
    clients = [Client(), Client(), Client()]
    other = make_user()
    for client, user in zip(clients, (ada, ada, other), strict=True):
        client.force_login(user)

    leaving.leave(ada)

    assert [one.get_decoded()["_auth_user_id"] for one in Session.objects.all()] == [str(other.pk)]


def test_what_an_old_address_got_is_erased_and_not_what_its_next_owner_has(ada):
    EmailAddress.objects.filter(email=OTHER).delete()
    successor = make_user("next@left.example")
    EmailAddress.objects.create(user=successor, email=OTHER, verified=True)
    theirs = make_award(email=OTHER)
    claiming.claim_all(successor)

    leaving.leave(ada, erase=True)

    assert list(Award.objects.values_list("pk", flat=True)) == [theirs.pk]
    assert Row.objects.get(award=theirs).state == "awarded"


# The page


def test_the_page_leads_from_my_credentials_and_says_what_each_choice_means(me):
    assert LEAVE in me.get("/me/").content.decode()

    page = page_of(me.get(LEAVE))

    assert "One file with your 2 signed credentials" in page
    assert "If your credentials stay" in page
    assert "If you erase them too" in page


def test_leaving_signs_out_and_says_what_happened_once(me, ada):
    response = me.post(LEAVE, {"credentials": "erase", "sure": "on"}, follow=True)

    assert "2 credentials were erased." in page_of(response)
    assert me.get("/me/").url.startswith("/accounts/login/")
    assert me.get("/me/left/").url == "/"
    assert (traces(), User.objects.filter(pk=ada.pk).exists()) == ([], False)


def test_without_a_choice_they_stay(me):
    response = me.post(LEAVE, {"credentials": "keep", "sure": "on"}, follow=True)

    assert "2 credentials stay with their issuers" in page_of(response)
    assert Award.objects.count() == 2


def test_without_the_tick_nobody_leaves(me, ada):
    page = page_of(me.post(LEAVE, {"credentials": "erase"}))

    assert "Tick this to go on." in page
    assert User.objects.filter(pk=ada.pk).exists()


def test_sending_it_twice_does_it_once(me):
    answers = [me.post(LEAVE, {"credentials": "erase", "sure": "on"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert ErasedAward.objects.count() == 2


def test_the_password_is_asked_for_before_it_is_done(client, ada):
    sign_in(client, ada, proven=False)

    asked = client.post(LEAVE, {"credentials": "erase", "sure": "on"})
    before = Award.objects.filter(earner=ada).count()
    done = client.post(asked.url, {"password": PASSWORD}, follow=True)

    assert asked.url.startswith(REAUTHENTICATE)
    assert (before, traces()) == (2, [])
    assert "2 credentials were erased." in page_of(done)


def test_the_last_owner_reads_it_on_the_page(me, ada):
    make_issuer(by=ada, name="Halyard")

    pages = [page_of(me.get(LEAVE)), page_of(me.post(LEAVE, {"credentials": "keep", "sure": "on"}))]

    assert all("is the last owner of Halyard" in page for page in pages)


# The operator


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("erase", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_there_is_and_erases_nothing(ada):
    slugs = sorted(award.issuer.slug for award in Award.objects.all())

    said = run(EMAIL.upper())

    assert sorted(line.split(":")[0].removeprefix("- ") for line in said.splitlines()[:2]) == slugs
    assert said.splitlines()[2:] == [
        "- 1 account, with profile, pages and addresses",
        "Nothing was erased yet. Say --yes to erase all of it; it cannot be undone.",
    ]
    assert Award.objects.count() == 2


def test_the_command_erases_the_account_and_everything_everywhere(ada):
    said = run(EMAIL, "--yes")

    assert said.splitlines()[-1].startswith("All of it is erased.")
    assert traces() == []


def test_the_command_erases_somebody_without_an_account():
    award = make_award(name=NAME, email=EMAIL)

    said = run(EMAIL, "--yes")

    assert said.splitlines()[0] == (
        f"- {award.issuer.slug}: 1 credential, 0 rows that became none, 0 rosters not ordered yet"
    )
    assert traces() == []


def test_an_account_that_never_proved_the_address_stays_without_it(ada):
    liar = make_user("liar@left.example")
    EmailAddress.objects.create(user=liar, email="victim@left.example", verified=False)
    make_award(email="victim@left.example")

    run("victim@left.example", "--yes")

    assert traces_of("victim@left.example") == []
    assert User.objects.filter(pk=liar.pk).exists()


def test_the_command_refuses_the_last_owner_and_erases_nothing(ada):
    make_issuer(by=ada, name="Halyard")

    with pytest.raises(CommandError, match=r"is the last owner of Halyard.* Nothing was erased\."):
        run(EMAIL, "--yes")

    assert Award.objects.filter(earner=ada).count() == 2


def test_the_command_knows_nobody():
    assert run("nobody@left.example", "--yes") == "This site knows nobody with this address.\n"


def test_what_is_no_address_is_said_in_a_sentence():
    with pytest.raises(CommandError, match="is not an e-mail address: it has no @"):
        run("ada")


def test_members_are_named_at_the_journal_for_as_long_as_their_account_is_there(client, ada):
    issuer = make_issuer()
    membership.invite(issuer, ada, role="auditor", by=owner_of(issuer))
    client.force_login(owner_of(issuer))
    address = f"/dashboard/{issuer.slug}/journal/"

    before = page_of(client.get(address, {"q": EMAIL}))
    leaving.leave(ada)
    after = page_of(client.get(address))

    assert f"joined {EMAIL} (auditor)" in before
    assert f"left account {ada.pk} (auditor)" in after
    assert EMAIL not in after
    assert erasing.issuers_that_know(erasing.Whose(addresses=frozenset({EMAIL}))) != []


def test_an_account_is_found_by_a_domain_in_its_own_letters():
    """Accounts keep an address as it was typed, awards as its key: both are one person's."""
    user = make_user("quirina@bücher.example")
    make_award(name=NAME, email="quirina@bücher.example")

    call_command("erase", "quirina@bücher.example", "--yes")

    assert not User.objects.filter(pk=user.pk).exists()
    assert traces_of("bücher", "xn--bcher-kva", NAME) == []


def test_what_waits_for_another_account_with_such_a_domain_is_not_erased():
    leaver = make_user(OTHER)
    given_up = EmailAddress.objects.create(user=leaver, email="quirina@bücher.example", verified=True)
    held = make_award(name=NAME, email="quirina@bücher.example")
    claiming.claim_all(leaver)
    given_up.delete()
    make_user("quirina@bücher.example")
    waiting = make_award(name="Somebody else", email="quirina@bücher.example")

    leaving.leave(leaver, erase=True)

    assert list(Award.objects.filter(pk__in=[held.pk, waiting.pk])) == [waiting]


def test_what_the_admin_wrote_down_about_an_address_goes_too(ada):
    operator = make_user("operator@site.example")
    for one in (*EmailAddress.objects.filter(user=ada), *Authenticator.objects.filter(user=ada)):
        LogEntry.objects.create(
            user=operator,
            content_type=ContentType.objects.get_for_model(one),
            object_id=str(one.pk),
            object_repr=f"{one} {EMAIL}",
            action_flag=CHANGE,
        )

    leaving.leave(ada, erase=True)

    assert traces() == []


@pytest.fixture
def many():
    """So many accounts that the next one's number has other digits in base 36, as allauth writes it."""
    User.objects.bulk_create([User(username=f"somebody {number}") for number in range(40)])


def test_whoever_only_began_to_sign_in_is_forgotten_too(many, ada):
    """With a second factor that was not given yet, the session has the address and no account."""
    TOTP.activate(ada, generate_totp_secret())
    Client().post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert any(place.startswith("session:") for place in traces())

    leaving.leave(ada, erase=True)

    assert traces() == []
