"""The desk's pages about keys and the domain: who is asked again who they are, what is said, what happens."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from credentials import verifying
from credentials.models import Award, StatusList
from issuers import domains, keys
from issuers.models import DomainClaim, Issuer
from tests.factories import PASSWORD, make_award, make_issuer, make_member, make_version, owner_of

pytestmark = pytest.mark.django_db

REAUTHENTICATE = "/accounts/reauthenticate/"


@pytest.fixture
def issuer():
    return make_issuer("northfield")


def sign_in(client, user, *, proven: bool = True) -> None:
    """Somebody signed in, who with `proven` gave the password a moment ago."""
    client.force_login(user)
    if proven:
        client.post(REAUTHENTICATE, {"password": PASSWORD})


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def key_new(client, after="key-1", **kwargs):
    return client.post("/dashboard/northfield/keys/new/", {"after": after}, **kwargs)


def key_stolen(client, moment, number=1, **fields):
    sent = {"since": moment.strftime("%Y-%m-%dT%H:%M:%S"), "sure": "on"} | fields
    return client.post(f"/dashboard/northfield/keys/{number}/stolen/", sent)


# Who


@pytest.mark.parametrize(
    "page", ["keys/new/", "keys/1/stolen/", "settings/domain/", "settings/domain/give-up/"]
)
@pytest.mark.parametrize(("role", "code"), [("editor", 403), ("awarder", 403), ("auditor", 403), (None, 404)])
def test_only_owners_get_in(client, issuer, page, role, code):
    domains.claim(issuer, "northfield.example", by=owner_of(issuer))
    sign_in(client, make_member(issuer, role) if role else owner_of(make_issuer()))

    address = f"/dashboard/northfield/{page}"

    assert (client.get(address).status_code, client.post(address).status_code) == (code, code)


def test_a_new_key_needs_the_password_and_is_then_made_where_one_was(client, issuer):
    sign_in(client, owner_of(issuer), proven=False)

    asked = key_new(client)
    made_before = issuer.keys.count()
    done = client.post(asked.url, {"password": PASSWORD}, follow=True)

    assert asked.url.startswith(REAUTHENTICATE)
    assert (made_before, issuer.keys.count()) == (1, 2)
    assert "key-2 is made and signs from now on." in text_of(done)


def test_withdrawing_a_key_needs_the_password(client, issuer):
    sign_in(client, owner_of(issuer), proven=False)

    asked = key_stolen(client, issuer.keys.get().active_from)

    assert asked.url.startswith(REAUTHENTICATE)
    assert issuer.keys.get().compromised_at is None


# Keys


def test_the_page_of_keys_says_how_many_each_signed(client, issuer, django_assert_max_num_queries):
    version = make_version(issuer)
    make_award(version)
    make_award(version)
    keys.rotate(issuer, by=owner_of(issuer))
    sign_in(client, owner_of(issuer))
    client.get("/dashboard/northfield/keys/")

    with django_assert_max_num_queries(4):  # session, user, member, keys
        page = text_of(client.get("/dashboard/northfield/keys/"))

    assert [page.count(words) for words in ("Signed 2 credentials", "Signed 0 credentials")] == [1, 1]


def test_before_a_new_key_is_made_the_page_says_what_will_happen(client, issuer):
    make_award(make_version(issuer))
    sign_in(client, owner_of(issuer))

    page = text_of(client.get("/dashboard/northfield/keys/new/"))

    assert "key-1 retires. It stays published, and the credential that it signed goes on counting" in page


def test_pressing_twice_makes_one_key(client, issuer):
    sign_in(client, owner_of(issuer))

    key_new(client)
    again = key_new(client, follow=True)

    assert issuer.keys.count() == 2
    assert "A new key was made already." in text_of(again)


def test_a_stolen_key_is_withdrawn_and_the_page_counts_what_no_longer_does(client, issuer):
    award = make_award(make_version(issuer))
    sign_in(client, owner_of(issuer))

    done = key_stolen(client, issuer.keys.get().active_from - dt.timedelta(days=1))

    page = text_of(client.get(done.url))
    assert "key-1 is withdrawn; key-2 signs from now on. 1 credential no longer counts here." in page
    assert b"#key-2" in bytes(StatusList.objects.get(pk=award.status_list_id).document)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"since": "2999-01-01T00:00"}, "This moment has not come yet."),
        ({"since": "yesterday"}, "Write a day and a time, such as 2027-05-03 14:05."),
        ({"since": ""}, "It is empty, and it is needed."),
        ({"sure": ""}, "Tick this to go on."),
    ],
)
def test_a_withdrawal_that_cannot_be_is_refused_with_a_sentence(client, issuer, sent, said):
    sign_in(client, owner_of(issuer))

    page = text_of(key_stolen(client, timezone.now(), **sent))

    assert said in page
    assert issuer.keys.get().compromised_at is None


def test_a_key_that_there_is_not_is_not_found(client, issuer):
    sign_in(client, owner_of(issuer))

    assert client.get("/dashboard/northfield/keys/7/stolen/").status_code == 404


def test_no_key_is_added_that_would_make_the_did_document_too_long(client, issuer):
    sign_in(client, owner_of(issuer))
    while len(keys.document_of(issuer, and_another=True)) <= 8192:
        keys.make_key(issuer)
    number = issuer.keys.count()

    page = text_of(key_new(client, after=f"key-{number}"))

    assert "as many keys as other sites read" in page
    assert issuer.keys.count() == number
    assert number >= 15


def test_a_stolen_key_is_replaced_even_then(client, issuer):
    sign_in(client, owner_of(issuer))
    while len(keys.document_of(issuer, and_another=True)) <= 8192:
        keys.make_key(issuer)
    number = issuer.keys.count()

    key_stolen(client, timezone.now() - dt.timedelta(seconds=1), number=number)

    assert issuer.keys.active().get().number == number + 1


# The domain


def test_a_domain_is_claimed_and_the_page_shows_what_to_copy(client, issuer):
    sign_in(client, owner_of(issuer))

    client.post("/dashboard/northfield/settings/domain/", {"domain": "https://Northfield.example/about"})

    claim = DomainClaim.objects.get()
    page = text_of(client.get("/dashboard/northfield/settings/domain/"))
    assert "northfield.example is not proven yet" in page
    for copied in (
        "_testamur.northfield.example",
        claim.text,
        "https://northfield.example/.well-known/testamur.txt",
    ):
        assert f'data-copy="{copied}"' in page


def test_what_is_no_domain_is_refused_with_a_sentence(client, issuer):
    sign_in(client, owner_of(issuer))

    page = text_of(client.post("/dashboard/northfield/settings/domain/", {"domain": "127.0.0.1"}))

    assert "Write a domain of your own, such as northfield.example." in page
    assert DomainClaim.objects.count() == 0


def test_giving_up_asks_first(client, issuer):
    domains.claim(issuer, "northfield.example", by=owner_of(issuer))
    sign_in(client, owner_of(issuer))

    shown = client.get("/dashboard/northfield/settings/domain/give-up/").status_code
    kept = DomainClaim.objects.count()
    client.post("/dashboard/northfield/settings/domain/give-up/")

    assert (shown, kept, DomainClaim.objects.count()) == (200, 1, 0)


def test_without_a_claim_there_is_nothing_to_check_or_give_up(client, issuer):
    sign_in(client, owner_of(issuer))

    answers = [client.post(reverse(name, args=["northfield"])) for name in ("domain_check", "domain_give_up")]

    assert [answer.status_code for answer in answers] == [404, 404]


PROVEN = {"verified_domain": "proven.example", "domain_verified_at": timezone.now()}
LOST = {"lost_domain": "lost.example", "domain_lost_at": dt.datetime(2027, 5, 3, tzinfo=dt.UTC)}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Domain not proven"),
        (PROVEN, "proven.example"),
        (LOST, "lost.example stopped saying so on"),
    ],
    ids=["never", "proven", "lost"],
)
def test_the_domain_stands_beside_the_name_in_public(client, issuer, fields, said):
    award = make_award(make_version(issuer))
    Issuer.objects.filter(pk=issuer.pk).update(**fields)

    pages = [
        client.get(address, headers={"Accept": "text/html"})
        for address in (award.get_absolute_url(), "/issuers/northfield/")
    ]

    assert [said in text_of(page) for page in pages] == [True, True]


def test_a_proven_domain_stands_in_lists_and_on_what_can_be_earned(client, issuer):
    version = make_version(issuer)
    Issuer.objects.filter(pk=issuer.pk).update(**PROVEN)

    pages = [client.get(address) for address in ("/catalog/", version.achievement.get_absolute_url())]

    assert ["proven.example" in text_of(page) for page in pages] == [True, True]


def test_a_lost_domain_stands_wherever_it_stood_while_it_was_proven(client, issuer):
    award = make_award(make_version(issuer))
    Award.objects.filter(pk=award.pk).update(earner=owner_of(issuer))
    Issuer.objects.filter(pk=issuer.pk).update(**LOST)
    client.force_login(owner_of(issuer))

    pages = [client.get(address) for address in ("/catalog/", award.version.get_absolute_url(), "/me/")]

    assert ["lost.example" in text_of(page) for page in pages] == [True, True, True]
    assert ["3 May 2027" in text_of(page) for page in pages] == [True, True, True]


def test_the_report_says_that_a_proof_is_gone(issuer):
    award = make_award(make_version(issuer))
    Issuer.objects.filter(pk=issuer.pk).update(**LOST)

    report = verifying.verify_award(Award.objects.for_page().get(pk=award.pk))

    assert report.issuer_known.sentence == (
        "Northfield Institute is an issuer of this site. It had proven that it owns lost.example, but "
        "the proof was gone on 3 May 2027."
    )


def test_a_label_that_is_a_sentence_is_followed_by_no_colon(client, issuer):
    key = keys.make_key(issuer)
    sign_in(client, owner_of(issuer))

    page = client.post(reverse("key_stolen", args=[issuer.slug, key.number]), {"since": "2026-01-01T00:00"})

    assert "this key signed.</a> Tick this to go on." in text_of(page)
