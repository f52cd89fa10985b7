"""A portfolio puts forward what stands, and tells its owner what it leaves out."""

import datetime as dt

import pytest
from django.utils import timezone

from credentials import defining
from credentials.models import Award, VersionSkill
from issuers.models import SigningKey
from portfolios import arranging, showing
from skills.models import Framework, Skill
from tests.factories import make_award, make_draft, make_user, make_version, owner_of

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 1, 15)


def make_portfolio(*awards):
    user = make_user()
    Award.objects.filter(pk__in=[award.pk for award in awards]).update(earner=user)
    profile = arranging.write_profile(
        user, handle="ada-lovelace", name="Ada", headline="", about="", audience="public"
    )
    arranging.arrange(profile, shown=awards)
    return profile


def change(award, **fields) -> Award:
    Award.objects.filter(pk=award.pk).update(**fields)
    return Award.objects.for_cards().get(pk=award.pk)


def make_skilled_version(*labels):
    draft = make_draft()
    framework = Framework.objects.get_or_create(url="https://skills.example/", defaults={"name": "Skills"})[0]
    for label in labels:
        skill = Skill.objects.get_or_create(
            uri=f"https://skills.example/{label}", defaults={"label": label, "framework": framework}
        )[0]
        VersionSkill.objects.create(version=draft, skill=skill)
    return defining.publish(draft, by=owner_of(draft.achievement.issuer))


def test_what_stands_is_on_display_in_the_owners_order():
    version = make_version()
    one, two = make_award(version), make_award(version)

    assert showing.on_display(make_portfolio(two, one)) == [two, one]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"revoked_at": timezone.now()}, "Its issuer revoked it."),
        ({"suspended_at": timezone.now()}, "Its issuer suspended it."),
        ({"visibility": "private"}, "Only you and its issuer may see it."),
    ],
)
def test_what_does_not_stand_or_is_private_is_left_out_and_its_owner_is_told(fields, sentence):
    award = make_award()
    profile = make_portfolio(award)
    assert showing.on_display(profile) == [award]

    award = change(award, **fields)

    assert showing.on_display(profile) == []
    assert showing.arranged(profile) == [award]
    assert showing.why_left_out(award).startswith(sentence)


def test_what_a_thief_may_have_signed_is_left_out_and_says_so():
    award = make_award()
    profile = make_portfolio(award)
    SigningKey.objects.filter(pk=award.signing_key_id).update(compromised_at=award.recorded_at)

    assert showing.on_display(profile) == []
    (shown,) = showing.arranged(profile)
    assert showing.why_left_out(shown).startswith("Its key was withdrawn.")


def test_what_was_replaced_is_left_out_and_says_so():
    version = make_version()
    old, new = make_award(version), make_award(version)
    profile = make_portfolio(old, new)
    change(new, replaces=old)

    old = change(old, revoked_at=timezone.now())

    assert showing.on_display(profile) == [new]
    assert showing.why_left_out(old).startswith("It was replaced by a newer one.")


def test_an_expired_credential_is_shown_but_proves_no_skill_today():
    version = make_skilled_version("auditing")
    expired = make_award(version, awarded_on=TODAY - dt.timedelta(800), valid_until=TODAY - dt.timedelta(30))
    shown = showing.on_display(make_portfolio(expired))

    assert shown == [expired]
    assert showing.why_left_out(expired) == ""
    assert showing.skills_proven(shown) == []


def test_skills_are_rolled_up_with_what_proves_each_the_best_proven_first():
    both, one = (
        make_award(make_skilled_version("auditing", "coding")),
        make_award(make_skilled_version("coding")),
    )
    shown = showing.on_display(make_portfolio(both, one))

    proven = [(skill.name, skill.awards) for skill in showing.skills_proven(shown)]

    assert proven == [("coding", [both, one]), ("auditing", [both])]


def test_a_credential_that_is_another_persons_is_not_displayed_even_if_a_block_names_it():
    award = make_award()
    profile = make_portfolio(award)

    change(award, earner=make_user())

    assert showing.on_display(profile) == []
    assert showing.arranged(profile) == []


def test_a_portfolio_is_read_in_two_queries_however_long_it_is(django_assert_num_queries):
    version = make_skilled_version("auditing", "coding")
    profile = make_portfolio(*[make_award(version) for _ in range(3)])

    with django_assert_num_queries(2):
        awards = showing.on_display(profile)
        assert len(showing.skills_proven(awards)) == 2
        assert [award.standing for award in awards] == ["valid"] * 3
