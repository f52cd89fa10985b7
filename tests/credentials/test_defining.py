"""Draft, publish, begin the next version, retire."""

import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from credentials import defining
from credentials.kinds import KINDS
from credentials.models import Achievement, AchievementVersion
from issuers.images import reencode
from skills.models import Framework, Role, Skill
from tests.factories import make_award, make_draft, make_issuer, make_user, make_version, owner_of
from tests.issuers.pictures import picture

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SKILL = {
    "name": "Listening",
    "url": "https://northfield.example/skills/listening",
    "framework": "",
    "level": "B2",
}


def by(version):
    return owner_of(version.achievement.issuer)


def published(version):
    return defining.publish(version, by=by(version))


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_begins_with_the_defaults_of_its_kind(kind):
    version = make_draft(kind=kind)

    days = KINDS[kind].review_days
    assert (version.number, version.published_at, version.achievement.state) == (1, None, "draft")
    assert version.achievement_type == KINDS[kind].achievement_types[0]
    assert version.validity_days == KINDS[kind].validity_days
    assert version.review_by == (timezone.localdate() + timezone.timedelta(days=days) if days else None)


@pytest.mark.parametrize(
    ("kind", "needed"), [("role_certification", "role"), ("micro_certification", "assessment")]
)
def test_what_a_kind_needs_is_asked_for(kind, needed):
    with pytest.raises(ValidationError) as refusal:
        make_draft(kind=kind, **{needed: None if needed == "role" else ""})

    assert list(refusal.value.message_dict) == [needed]


def test_a_type_of_another_kind_is_refused():
    with pytest.raises(ValidationError) as refusal:
        make_draft(kind="badge", achievement_type="DoctoralDegree")

    assert list(refusal.value.message_dict) == ["achievement_type"]


@pytest.mark.parametrize("slug", sorted(defining.RESERVED_SLUGS))
def test_an_address_of_the_desk_is_refused(slug):
    with pytest.raises(ValidationError) as refusal:
        make_draft(slug=slug)

    assert list(refusal.value.message_dict) == ["slug"]


def test_an_address_is_taken_once_by_an_issuer_and_free_for_others():
    issuer = make_issuer()
    make_draft(issuer, slug="kindness")
    make_draft(make_issuer(), slug="kindness")

    with pytest.raises(ValidationError) as refusal:
        make_draft(issuer, slug="kindness")

    assert list(refusal.value.message_dict) == ["slug"]
    assert Achievement.objects.count() == 2


@pytest.mark.parametrize("field", ["name", "description", "criteria", "product"])
def test_a_control_character_is_refused_at_its_field_and_nothing_is_left(field):
    with pytest.raises(ValidationError) as refusal:
        make_draft(**{field: "be\x07ll"})

    assert list(refusal.value.message_dict) == [field]
    assert (Achievement.objects.count(), AchievementVersion.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        {"skills": [SKILL | {"name": "be\x07ll"}]},
        {"skills": [SKILL | {"level": "be\x07ll"}]},
        {"result_descriptions": [{"name": "be\x07ll", "result_type": "Result"}]},
        {"result_descriptions": [{"name": "Grade", "result_type": "Result", "allowed_values": ["be\x07ll"]}]},
        {"signatories": [{"name": "be\x07ll"}]},
        {"role": {"name": "be\x07ll", "url": "https://northfield.example/role"}},
        {"tags": ["be\x07ll"]},
    ],
    ids=lambda text: next(iter(text)),
)
def test_a_control_character_is_refused_in_what_stands_beside_the_text(text):
    with pytest.raises(ValidationError):
        make_draft(kind="role_certification", **text)


def test_a_field_that_no_version_has_is_a_mistake():
    with pytest.raises(TypeError):
        make_draft(colour="green")


def test_a_picture_needs_words():
    image = reencode(io.BytesIO(picture()))

    with pytest.raises(ValidationError) as refusal:
        make_draft(image=image)

    assert list(refusal.value.message_dict) == ["image_alt"]


# Skills and roles


def test_a_skill_of_our_own_stands_in_our_own_framework():
    issuer = make_issuer("northfield")

    version = make_draft(issuer, skills=[SKILL])

    link = version.versionskill_set.get()
    assert (link.skill.label, link.skill.uri, link.level) == ("Listening", SKILL["url"], "B2")
    assert link.skill.framework.name == "Skills of Northfield Institute"
    assert link.skill.framework.url.startswith("https://badges.example/issuers/northfield/#")


def test_a_skill_of_esco_stands_in_esco():
    url = "http://data.europa.eu/esco/skill/15d76317-c71a-4fa2-aadc-2ecc34e627b7"

    version = make_draft(skills=[SKILL | {"url": url}])

    link = version.versionskill_set.get()
    assert (link.skill.framework.name, link.stands_in) == ("ESCO", "ESCO")


def test_the_same_skill_of_two_achievements_is_one():
    issuer = make_issuer()
    make_draft(issuer, skills=[SKILL])
    make_draft(issuer, skills=[SKILL | {"name": "listening"}])

    assert (Skill.objects.count(), Framework.objects.count()) == (1, 1)


def test_each_issuer_calls_a_skill_a_framework_and_a_role_as_it_does():
    role = {"name": "Nurse", "url": "https://northfield.example/roles/nurse"}
    make_draft(kind="role_certification", skills=[SKILL], role=role)

    version = make_draft(
        make_issuer(name="Halyard"),
        kind="role_certification",
        skills=[SKILL | {"name": "LISTENING well", "framework": "ASN framework"}],
        role=role | {"name": "nurse"},
    )

    link = defining.new_version(published(version).achievement, by=by(version)).versionskill_set.get()
    assert (link.called, link.stands_in) == ("LISTENING well", "ASN framework")
    assert version.role_called == "nurse"
    assert (Skill.objects.get().label, Role.objects.get().label) == ("Listening", "Nurse")


def test_a_framework_that_is_not_named_is_the_issuers_own_whoever_used_the_address_first():
    make_draft(make_issuer(name="Halyard"), skills=[SKILL])

    link = make_draft(skills=[SKILL]).versionskill_set.get()

    assert link.stands_in == "Skills of Northfield Institute"


def test_frameworks_of_different_names_are_different():
    names = ["C", "C++", "c", "技能框架", "Навыки", "ESCO v1.2", "ESCO v1.3"]
    addresses = [f"https://northfield.example/{number}" for number in range(len(names))]
    skills = [SKILL | {"framework": name, "url": url} for name, url in zip(names, addresses, strict=True)]

    version = make_draft(skills=skills)

    links = version.versionskill_set.all()
    assert [link.stands_in for link in links] == names
    assert [link.skill.framework.name for link in links] == names


def test_what_was_saved_before_words_were_kept_has_those_of_the_skill():
    version = make_draft(skills=[SKILL])
    version.versionskill_set.update(name="", framework="")

    link = version.versionskill_set.get()

    assert (link.called, link.stands_in) == ("Listening", "Skills of Northfield Institute")


def test_a_skill_at_two_levels_is_refused():
    with pytest.raises(ValidationError, match="“Listening”: This address stands in two lines"):
        make_draft(skills=[SKILL, SKILL | {"level": "C1"}])


# Results


def test_a_result_keeps_its_id_while_it_is_edited():
    version = make_draft(kind="degree", result_descriptions=[{"name": "Grade", "result_type": "Result"}])
    first = version.result_descriptions[0]["id"]

    edited = defining.edit(
        version,
        by=by(version),
        result_descriptions=[
            {"id": first, "name": "Classification", "result_type": "Result"},
            {"id": "urn:uuid:00000000-0000-0000-0000-000000000000", "name": "GPA", "result_type": "Percent"},
        ],
    )

    ids = [described["id"] for described in edited.result_descriptions]
    assert ids[0] == first
    assert ids[1] != "urn:uuid:00000000-0000-0000-0000-000000000000"
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one) for one in ids)


# Editing and publishing


def test_a_draft_is_edited_and_what_was_not_said_stays():
    version = make_draft(description="Once.")

    defining.edit(version, by=by(version), name="Kindness")

    version.refresh_from_db()
    assert (version.name, version.description) == ("Kindness", "Once.")


def test_the_address_may_change_until_version_1_is_published():
    version = make_draft(slug="kindnes", signatories=[{"name": "Dean"}])

    edited = defining.edit(version, by=by(version), slug="kindness")
    defining.publish(edited, by=by(version))
    draft = defining.new_version(edited.achievement, by=by(version))

    with pytest.raises(defining.Refused):
        defining.edit(draft, by=by(version), slug="other")
    assert edited.achievement.slug == "kindness"
    assert defining.signatories_of(edited) == [{"name": "Dean", "title": ""}]


def test_publishing_opens_the_achievement():
    version = make_draft()

    published = defining.publish(version, by=by(version))

    assert published.published_at is not None
    assert (published.achievement.state, published.achievement.current) == ("active", published)


@pytest.mark.parametrize("do", [defining.edit, defining.publish, defining.discard])
def test_a_published_version_refuses_every_change_with_a_sentence(do):
    version = make_version()
    before = AchievementVersion.objects.values().get()

    with pytest.raises(defining.Refused, match=r"published and can never be edited.*Make a new version"):
        do(version, by=by(version))

    assert AchievementVersion.objects.values().get() == before


def test_the_database_refuses_what_goes_round_the_verb():
    version = make_version()

    with pytest.raises(IntegrityError), transaction.atomic():
        AchievementVersion.objects.filter(pk=version.pk).update(name="Other")


def test_a_new_version_is_a_draft_of_the_same_words():
    version = make_version(
        kind="degree",
        skills=[SKILL],
        signatories=[{"name": "Dean", "title": "Dean"}],
        result_descriptions=[{"name": "Grade", "result_type": "Result"}],
        image=reencode(io.BytesIO(picture())),
        image_alt="A square",
        tags=["ward"],
    )

    draft = defining.new_version(version.achievement, by=by(version))

    same = [*sorted(defining.TEXT - {"image"}), "role", "role_name", "result_descriptions"]
    assert [getattr(draft, name) for name in same] == [getattr(version, name) for name in same]
    assert (draft.number, draft.published_at, draft.image.name) == (2, None, version.image.name)
    assert list(draft.skills.all()) == list(version.skills.all())
    assert defining.signatories_of(draft) == [{"name": "Dean", "title": "Dean"}]


def test_a_new_version_that_was_begun_is_gone_on_with():
    version = make_version()

    first, second = (defining.new_version(version.achievement, by=by(version)) for _ in range(2))

    assert (first, version.achievement.versions.count()) == (second, 2)


def test_awards_keep_their_version_when_the_next_is_published():
    award = make_award()
    draft = defining.new_version(award.version.achievement, by=by(award.version))
    defining.edit(draft, by=by(award.version), name="Another name")
    defining.publish(draft, by=by(award.version))

    award.refresh_from_db()
    assert (award.version.number, award.name) == (1, "Clinical Data Stewardship")
    assert award.version.achievement.current.name == "Another name"


def test_signatories_change_when_the_version_is_published_and_not_before():
    version = make_version(kind="degree", signatories=[{"name": "Old Dean"}])
    achievement = version.achievement
    draft = defining.new_version(achievement, by=by(version))

    defining.edit(draft, by=by(version), signatories=[{"name": "New Dean"}])
    achievement.refresh_from_db()
    before = achievement.design.signatories[0]["name"]
    defining.publish(draft, by=by(version))
    achievement.refresh_from_db()

    assert (before, achievement.design.signatories[0]["name"]) == ("Old Dean", "New Dean")


# Throwing away, retiring


def test_a_first_draft_that_is_thrown_away_leaves_nothing():
    version = make_draft(kind="degree", signatories=[{"name": "Dean"}])

    defining.discard(version, by=by(version))

    assert (Achievement.objects.count(), version.achievement.issuer.designs.count()) == (0, 0)


def test_a_later_draft_that_is_thrown_away_leaves_what_is_published():
    version = make_version()
    draft = defining.new_version(version.achievement, by=by(version))

    defining.discard(draft, by=by(version))

    assert list(version.achievement.versions.all()) == [version]


def test_what_is_retired_is_in_no_catalogue_and_begins_no_version():
    version = make_version()

    retired = defining.retire(version.achievement, by=by(version))

    assert (retired.state, Achievement.objects.in_catalog().count()) == ("retired", 0)
    with pytest.raises(defining.Refused):
        defining.new_version(retired, by=by(version))


def test_retiring_can_be_undone_once():
    version = make_version()
    retired = defining.retire(version.achievement, by=by(version))

    again = defining.offer_again(retired, by=by(version))

    assert again.state == "active"
    with pytest.raises(defining.Refused):
        defining.offer_again(retired, by=by(version))


def test_a_draft_cannot_be_retired():
    version = make_draft()

    with pytest.raises(defining.Refused):
        defining.retire(version.achievement, by=by(version))


def test_the_journal_tells_the_whole_story():
    editor = make_user()
    version = make_draft()
    issuer, achievement = version.achievement.issuer, version.achievement
    told = issuer.journal.count()

    defining.edit(version, by=editor, name="Kindness")
    defining.publish(version, by=editor)
    draft = defining.new_version(achievement, by=editor)
    defining.discard(draft, by=editor)
    defining.retire(achievement, by=editor)
    defining.offer_again(achievement, by=editor)

    entries = issuer.journal.order_by("number")[told:]
    assert [entry.verb for entry in entries] == [
        "edited", "published", "began", "discarded", "retired", "offered again",
    ]  # fmt: skip
    assert {entry.actor for entry in entries} == {editor}


@pytest.mark.parametrize("icon", ["skull", "circle-x", "../leaf"])
def test_a_symbol_that_is_not_offered_is_refused(icon):
    with pytest.raises(ValidationError) as refusal:
        make_draft(icon=icon)

    assert refusal.value.message_dict == {"icon": ["Choose one of the symbols, or none."]}
