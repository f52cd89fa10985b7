"""Search and facets: what is found, what is counted, and what the page says when nothing is."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from credentials import catalog, defining, standing
from credentials.catalog import Wanted
from credentials.models import VersionSkill
from skills.models import Framework, Skill
from tests.factories import make_award, make_draft, make_issuer, make_version, owner_of

pytestmark = pytest.mark.django_db


def names(**asked) -> list[str]:
    return [achievement.name for achievement in catalog.search(Wanted(**asked))]


def with_skill(label: str, **text):
    draft = make_draft(**text)
    framework, _ = Framework.objects.get_or_create(name="ESCO", url="http://data.europa.eu/esco")
    skill = Skill.objects.create(framework=framework, uri=f"http://data.europa.eu/{label}", label=label)
    VersionSkill.objects.create(version=draft, skill=skill)
    return defining.publish(draft, by=owner_of(draft.achievement.issuer))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["Epidemiology", "Facilitation", "Welding"]),
        ("weld", ["Welding"]),
        ("WELD", ["Welding"]),
        ("moderate", ["Facilitation"]),
        ("clinical coding", ["Epidemiology"]),
        ("kompass", ["Facilitation", "Welding"]),
        ("kompass weld", ["Welding"]),
        ("weld epidemiology", []),
        ("100%", []),
    ],
)
def test_every_word_is_looked_for_in_name_text_skills_and_issuer(words, found):
    kompass = make_issuer(name="Kompass e. V.")
    make_version(kompass, name="Welding")
    make_version(kompass, name="Facilitation", description="How to moderate a group.")
    with_skill("clinical coding", name="Epidemiology")

    assert names(words=words) == found


def test_facets_narrow_together():
    kompass = make_issuer("kompass")
    make_version(kompass, kind="badge", name="Badge of Kompass")
    make_version(kompass, kind="degree", name="Degree of Kompass")
    make_version(kind="micro_certification", name="Somebody's micro-certification")

    assert names(kind="badge") == ["Badge of Kompass"]
    assert names(scale="micro") == ["Badge of Kompass", "Somebody's micro-certification"]
    assert names(scale="macro", issuer="kompass") == ["Degree of Kompass"]
    assert names(scale="micro", kind="degree") == []
    assert names(kind="nonsense") == []


def test_a_facet_counts_what_each_of_its_values_would_leave():
    kompass = make_issuer("kompass", name="Kompass")
    make_version(kompass, kind="badge")
    make_version(kompass, kind="degree")
    make_version(make_issuer("other", name="Other"), kind="badge")

    facets = catalog.facets(Wanted(kind="badge"))

    assert [(c.value, c.count) for c in facets.kinds if c.count] == [("degree", 1), ("badge", 2)]
    assert [c.value for c in facets.kinds if c.chosen] == ["badge"]
    assert {c.value: c.count for c in facets.scales} == {"macro": 0, "micro": 2}
    assert [(c.value, c.count) for c in facets.issuers] == [("kompass", 1), ("other", 1)]


def test_only_what_can_be_earned_is_found():
    make_draft(name="Draft")
    retired = make_version(name="Retired").achievement
    defining.retire(retired, by=owner_of(retired.issuer))
    suspended = make_issuer()
    make_version(suspended, name="Of a suspended issuer")
    suspended.suspended_at = timezone.now()
    suspended.save()
    make_version(name="Active")

    assert names() == ["Active"]


def test_an_achievement_is_found_by_its_newest_words_only():
    version = make_version(name="Old words")
    owner = owner_of(version.achievement.issuer)
    draft = defining.new_version(version.achievement, by=owner)
    defining.edit(draft, by=owner, name="New words")

    assert names(words="old") == ["Old words"]
    defining.publish(draft, by=owner)

    assert (names(words="old"), names(words="new")) == ([], ["New words"])


def test_held_by_counts_people_with_a_credential_that_stands():
    version = make_version()
    make_award(version, email="a@example.org")
    make_award(version, email="a@example.org", again=True)
    revoked = make_award(version, email="b@example.org")
    standing.revoke(revoked, reason="Copied.", by=owner_of(revoked.issuer))

    assert catalog.held_by(version.achievement) == 1


# The page


def test_the_page_says_how_many_and_keeps_the_search_in_its_links(client):
    make_version(kind="badge", name="Welding with gas")
    make_version(kind="degree", name="Welding science")

    html = client.get(reverse("catalog"), {"q": "welding", "kind": "badge"}).content.decode()

    assert "1 credential for" in " ".join(re.sub("<[^>]+>", "", html).split())
    assert 'href="/catalog/?q=welding"' in html  # takes the kind away, keeps the words
    assert 'href="/catalog/?q=welding&amp;kind=degree"' in html
    assert "Welding science" not in html


def test_the_page_explains_the_four_kinds_in_a_sentence_each(client):
    html = client.get(reverse("catalog")).content.decode()

    assert "A degree covers a whole field of study" in html
    assert "A role certification says that somebody can do a whole job" in html
    assert "A micro-certification proves a few skills" in html
    assert "A badge shows one skill" in html


def test_no_hits_say_what_to_do(client):
    make_version()

    html = client.get(reverse("catalog"), {"q": "zzz"}).content.decode()

    assert "Nothing matches all of this" in html
    assert '<a class="button button--secondary" href="/catalog/">' in html


def test_an_empty_catalogue_says_so_and_not_that_the_search_failed(client):
    html = client.get(reverse("catalog")).content.decode()

    assert "Nothing can be earned here yet" in html
    assert "Nothing matches" not in html


def test_a_page_that_does_not_exist_shows_the_last(client):
    make_version(name="Welding")

    assert "Welding" in client.get(reverse("catalog"), {"page": "99"}).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_catalogue_needs_the_same_queries_for_one_and_for_three(client, count, django_assert_num_queries):
    for _ in range(count):
        make_version(make_issuer())

    with django_assert_num_queries(7):
        client.get(reverse("catalog"))


@pytest.mark.parametrize(
    "asked", [{"q": "\x00"}, {"q": "a " * 500}, {"kind": "'"}, {"page": "-1"}, {"issuer": "é" * 900}]
)
def test_whatever_is_asked_the_page_answers(client, asked):
    assert client.get(reverse("catalog"), asked).status_code == 200
