"""What everybody is told: on the home page, by an achievement, by a credential in each of its standings."""

import datetime as dt
import html
import json
import re
import uuid

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from credentials import baked, defining, standing
from credentials.models import Award, Rendering, StatusList
from credentials.rendering import emblem, seal, shelf
from credentials.views.public import file_name, validity
from issuers import keys
from issuers.models import Issuer, SigningKey
from tests.factories import (
    make_award,
    make_draft,
    make_issuer,
    make_member,
    make_user,
    make_version,
    owner_of,
)

pytestmark = pytest.mark.django_db
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
NOTICE = re.compile(r'<div class="notice is-(\w+)"[^>]*>.*?<p class="notice__title">(.*?)</p>', re.S)


def get(client, url, accept=BROWSER, **headers):
    return client.get(url, headers={"accept": accept} | headers)


def page_of(client, award):
    response = get(client, award.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    """The text of a page as somebody reads it."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def said(html: str) -> tuple[str, str]:
    """(colour, title) of the panel at the top."""
    return NOTICE.search(html).groups()


def days(number: int) -> dt.date:
    return timezone.now().date() + dt.timedelta(days=number)


# The page of a credential


def test_a_valid_credential_is_green_and_names_its_holder_and_issuer(client):
    html = page_of(client, make_award(name="Amara Nwosu"))

    assert said(html) == ("valid", "Valid. Signature, issuer and status were checked just now.")
    assert "Issued by Northfield Institute to Amara Nwosu" in words(html)
    assert html.index("notice is-valid") < html.index("<h1") < html.index("attest__seal")


def test_an_expired_credential_says_until_when_it_was_valid(client):
    html = page_of(client, make_award(awarded_on=days(-900), valid_until=dt.date(2025, 8, 31)))

    assert said(html) == ("warn", "Expired")
    assert "It was valid until 31 August 2025" in words(html)


def test_a_credential_that_is_not_valid_yet_says_when_it_begins(client):
    html = page_of(client, make_award(awarded_on=days(20)))

    assert said(html) == ("info", "Not yet valid")
    assert "begins to count on" in words(html)


def test_a_revoked_credential_says_when_and_why_and_offers_no_certificate(client):
    award = make_award()
    standing.revoke(award, reason="The audit was copied.", by=owner_of(award.issuer))

    html = page_of(client, award)

    assert said(html) == ("stop", "Revoked")
    assert "The reason given: The audit was copied." in words(html)
    assert "Download PDF" not in html


def test_a_replaced_credential_leads_to_the_one_that_counts(client):
    award = make_award()
    newer = make_award(award.version, email="other@example.org")
    standing.revoke(award, reason="The name was misspelt.", by=owner_of(award.issuer))
    Award.objects.filter(pk=newer.pk).update(replaces=award)

    html = page_of(client, award)

    assert said(html) == ("info", "Replaced")
    assert f'<a href="{newer.get_absolute_url()}">See the one that counts</a>' in html


def test_a_suspended_credential_does_not_count_for_now(client):
    award = make_award()
    Award.objects.filter(pk=award.pk).update(suspended_at=timezone.now())

    html = page_of(client, award)

    assert said(html) == ("warn", "Suspended")
    assert "is-valid" not in html[: html.index("<h1")]


def test_a_credential_whose_list_is_missing_is_never_green(client):
    award = make_award()
    StatusList.objects.update(document=None)

    html = page_of(client, award)

    assert said(html) == ("warn", "Could not be checked wholly")


def test_a_credential_whose_key_was_withdrawn_shows_nothing_of_itself(client):
    award = make_award(name="Amara Nwosu")
    award.issuer.keys.update(compromised_at=award.recorded_at)

    html = page_of(client, award)

    assert said(html) == ("stop", "Not valid")
    assert "Amara Nwosu" not in html
    assert award.name not in html


def test_the_page_shows_what_was_signed_and_every_check_line_by_line(client):
    version = make_version(
        criteria="A **supervised** audit.",
        result_descriptions=[
            {"name": "Score", "result_type": "Percent", "value_min": "0", "value_max": "100"}
        ],
    )
    key = version.result_descriptions[0]["id"]
    award = make_award(
        version, results={key: "93"}, evidence_url="https://example.org/a.pdf", licence_number="L-7"
    )

    html = page_of(client, award)

    assert "<strong>supervised</strong>" in html
    assert re.search(r"<dt>Score</dt><dd><bdi>93</bdi></dd>", html)
    assert 'href="https://example.org/a.pdf"' in html
    assert "Licence number L-7" in words(html)
    assert html.count('class="report__check ') == 8
    assert 'class="report__check is-warn' not in html


def test_names_are_isolated_so_that_their_direction_disturbs_nothing(client):
    html = page_of(client, make_award(name="فاطمة الزهراء"))

    assert '<strong class="holder"><bdi>فاطمة الزهراء</bdi></strong>' in html


def test_the_issuer_says_whether_it_has_proven_its_domain(client):
    award = make_award()
    assert "Domain not proven" in page_of(client, award)

    issuer = award.issuer
    issuer.verified_domain = "northfield.example"
    issuer.save()

    assert "Has proven that it owns northfield.example" in page_of(client, award)


def test_one_sentence_explains_a_digital_credential_to_a_newcomer(client):
    html = page_of(client, make_award())

    assert "A digital credential is a statement signed by its issuer" in html
    assert f'href="{reverse("verify")}#how"' in html


def test_check_it_yourself_leads_to_the_check_of_this_address(client):
    award = make_award()

    assert f'href="{reverse("verify")}?q={award.url}"' in page_of(client, award)


def test_the_earner_is_told_that_it_is_theirs_and_nobody_else_is(client):
    award, ada = make_award(), make_user()
    Award.objects.filter(pk=award.pk).update(earner=ada)
    assert "This is yours." not in page_of(client, award)

    client.force_login(ada)

    assert "This is yours." in page_of(client, award)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/vc+ld+json", "application/vc+ld+json"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/vc+ld+json, application/ld+json, application/json", "application/vc+ld+json"),
        ("*/*", "application/vc+ld+json"),
        (None, "application/vc+ld+json"),
        ("text/html", "text/html; charset=utf-8"),
        (BROWSER, "text/html; charset=utf-8"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("image/png", "text/html; charset=utf-8"),
    ],
)
def test_the_address_of_a_credential_negotiates(client, accept, expected):
    award = make_award()

    response = client.get(award.get_absolute_url(), headers={"accept": accept} if accept else {})

    assert response["Content-Type"] == expected
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize("suffix", ["/", ".json"])
def test_the_document_is_served_byte_for_byte_to_any_site(client, suffix):
    award = make_award(name="Zoë Ångström")

    response = client.get(f"/credentials/{award.pk}{suffix}", headers={"accept": "application/vc+ld+json"})

    assert response.content == bytes(Award.objects.get(pk=award.pk).document)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["ETag"] == f'"{award.document_sha256}"'


def test_a_document_that_somebody_has_is_not_sent_again(client):
    award = make_award()

    response = client.get(
        f"/credentials/{award.pk}.json", headers={"if-none-match": f'"{award.document_sha256}"'}
    )

    assert (response.status_code, response.content) == (304, b"")
    assert response["Access-Control-Allow-Origin"] == "*"


def test_a_page_that_did_not_change_is_not_sent_again_until_its_check_is_old(client):
    award = make_award()
    with time_machine.travel(dt.datetime(2030, 1, 1, 12, 0, 1, tzinfo=dt.UTC), tick=False):
        first = get(client, award.get_absolute_url())
    with time_machine.travel(dt.datetime(2030, 1, 1, 12, 4, 0, tzinfo=dt.UTC), tick=False):
        again = get(client, award.get_absolute_url(), **{"if-none-match": first["ETag"]})
    with time_machine.travel(dt.datetime(2030, 1, 1, 12, 5, 1, tzinfo=dt.UTC), tick=False):
        later = get(client, award.get_absolute_url(), **{"if-none-match": first["ETag"]})

    assert (again.status_code, later.status_code) == (304, 200)


def test_a_revocation_is_seen_by_whoever_has_the_page_already(client):
    award = make_award()
    with time_machine.travel(timezone.now().replace(minute=1), tick=False):
        etag = get(client, award.get_absolute_url())["ETag"]
        standing.revoke(award, reason="Copied.", by=owner_of(award.issuer))
        response = get(client, award.get_absolute_url(), **{"if-none-match": etag})

    assert response.status_code == 200
    assert said(response.content.decode())[1] == "Revoked"


def test_search_engines_keep_only_what_its_earner_made_public(client):
    award = make_award()
    html = get(client, award.get_absolute_url())
    assert html["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html.content.decode()

    Award.objects.filter(pk=award.pk).update(visibility=Award.Visibility.PUBLIC)

    html = get(client, award.get_absolute_url())
    assert "X-Robots-Tag" not in html
    assert '<meta name="robots" content="index, follow">' in html.content.decode()


def test_a_link_that_is_shared_shows_title_holder_and_issuer(client):
    award = make_award(name="Amara Nwosu")

    html = page_of(client, award)

    assert f'<meta property="og:title" content="{award.name} · Amara Nwosu">' in html
    assert f'<meta property="og:url" content="https://badges.example/credentials/{award.pk}/">' in html


@pytest.mark.parametrize(
    "name", ["credential", "credential_json", "seal", "certificate_pdf", "certificate_status"]
)
def test_a_private_credential_is_there_for_its_earner_and_issuer_only(client, name):
    award, ada, stranger = make_award(), make_user(), make_user()
    Award.objects.filter(pk=award.pk).update(visibility=Award.Visibility.PRIVATE, earner=ada)
    url = reverse(name, args=[award.pk])
    absent = reverse(name, args=[uuid.uuid4()])

    assert (client.get(url).status_code, client.get(absent).status_code) == (404, 404)
    client.force_login(stranger)
    assert client.get(url).status_code == 404
    for theirs in (ada, make_member(award.issuer, "auditor")):
        client.force_login(theirs)
        assert client.get(url).status_code in (200, 302)


@pytest.mark.parametrize("accept", [BROWSER, "application/json"])
def test_what_is_private_is_kept_by_no_cache(client, accept):
    award, ada = make_award(), make_user()
    Award.objects.filter(pk=award.pk).update(visibility=Award.Visibility.PRIVATE, earner=ada)
    client.force_login(ada)

    assert get(client, award.get_absolute_url(), accept)["Cache-Control"] == "private, no-store"


def test_a_stranger_needs_one_query_no_cookie_and_less_than_25_kb(client, django_assert_num_queries):
    award = make_award(name="W" * 76)
    page_of(client, award)  # templates are compiled

    with django_assert_num_queries(1):
        response = get(client, award.get_absolute_url())

    assert len(response.content) < 25_000
    assert response.cookies == {}
    assert "sessionid" not in client.cookies


def test_a_page_that_did_not_change_costs_one_query(client, django_assert_num_queries):
    award = make_award()
    with time_machine.travel(timezone.now().replace(minute=1), tick=False):
        etag = get(client, award.get_absolute_url())["ETag"]
        with django_assert_num_queries(1):
            response = get(client, award.get_absolute_url(), **{"if-none-match": etag})

    assert response.status_code == 304


# Files of a credential


def test_the_seal_is_drawn_from_the_id_and_kept_for_ever(client):
    award = make_award(make_version(kind="degree"))

    response = client.get(reverse("seal", args=[award.pk]))

    assert response.content.decode() == seal.svg(award.pk, kind="degree")
    assert response["Content-Type"] == "image/svg+xml"
    assert "immutable" in response["Cache-Control"]


def test_a_certificate_that_is_not_drawn_yet_is_waited_for_and_then_delivered(client):
    award = make_award(name="Amara Nwosu")
    pdf, waiting = (reverse(name, args=[award.pk]) for name in ("certificate_pdf", "certificate_status"))

    assert client.get(pdf).url == waiting
    page = client.get(waiting).content.decode()
    assert "The certificate is being drawn" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page

    shelf.draw(Rendering.objects.get().pk)

    assert f'content="0; url={pdf}"' in client.get(waiting).content.decode()
    response = client.get(pdf)
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf"
    assert "Amara%20Nwosu.pdf" in response["Content-Disposition"]


def test_the_waiting_page_asks_from_within_and_loads_itself_anew_when_it_is_drawn(client):
    award = make_award()
    url = reverse("certificate_status", args=[award.pk])

    assert client.get(url, headers={"hx-request": "true"}).status_code == 204
    Rendering.objects.update(state="failed")

    assert client.get(url, headers={"hx-request": "true"})["HX-Refresh"] == "true"


def test_asking_twice_for_a_certificate_orders_it_once(client):
    award = make_award()

    for _ in range(3):
        client.get(reverse("certificate_pdf", args=[award.pk]))

    assert Rendering.objects.count() == 1


def test_a_certificate_that_waits_for_the_operator_says_so_but_not_where_files_lie(client, settings):
    settings.PDF_SIGNING_CERTIFICATE_FILE = "/etc/testamur/signer.pem"
    award = make_award()
    shelf.draw(shelf.ask(award).pk)

    page = client.get(reverse("certificate_status", args=[award.pk])).content.decode()

    assert "whoever runs this site has to set something right first" in page
    assert "This takes a few seconds" not in page
    assert "/etc/testamur" not in page


def test_a_certificate_that_cannot_be_drawn_says_why(client):
    award = make_award()
    rendering = shelf.ask(award)
    Rendering.objects.filter(pk=rendering.pk).update(state="failed", detail="The logo is no picture.")

    page = client.get(reverse("certificate_status", args=[award.pk])).content.decode()

    assert "The certificate could not be drawn" in page
    assert "The logo is no picture." in page


def test_a_shelf_that_was_cleared_is_filled_again(client):
    award = make_award()
    rendering = shelf.ask(award)
    rendering.file.save("gone.pdf", ContentFile(b"%PDF-"), save=False)
    Rendering.objects.filter(pk=rendering.pk).update(state="done", file=rendering.file.name)
    rendering.file.storage.delete(rendering.file.name)

    assert client.get(reverse("certificate_pdf", args=[award.pk])).status_code == 302
    assert Rendering.objects.get().state == "waiting"


def test_the_name_of_a_file_holds_nothing_that_a_disk_refuses():
    award = make_award(make_version(name='Data/Ops: "A\\B"?'), name="Ana Íñigo")

    assert file_name(award) == "Data Ops A B – Ana Íñigo.pdf"


# Status lists


def test_a_status_list_is_served_as_it_was_signed(client):
    award = make_award()
    stored = StatusList.objects.get()

    response = client.get(stored.get_absolute_url())

    assert response.content == bytes(stored.document)
    assert response["Content-Type"] == "application/vc+ld+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert int(re.fullmatch(r"public, max-age=(\d+)", response["Cache-Control"])[1]) <= 900
    assert json.loads(response.content)["id"] == award.status_list.url


def test_nothing_is_signed_when_someone_looks(client, settings):
    """Without the master key nothing can be signed here, and everything can be read and checked."""
    award = make_award()
    before = bytes(StatusList.objects.get().document)
    settings.TESTAMUR_MASTER_KEY = bytes(32)
    with pytest.raises(keys.NoSigningKey):
        keys.signer_for(award.issuer)

    looked_at = [
        award.get_absolute_url(),
        reverse("credential_json", args=[award.pk]),
        award.status_list.get_absolute_url(),
        award.version.get_absolute_url(),
        reverse("issuer_did", args=[award.issuer.slug]),
        f"{reverse('verify')}?q={award.pk}",
    ]
    assert [get(client, url).status_code for url in looked_at] == [200] * len(looked_at)
    assert said(page_of(client, award))[0] == "valid"
    assert bytes(StatusList.objects.get().document) == before


def test_a_status_list_needs_one_query_and_no_cookie(client, django_assert_num_queries):
    url = make_award().status_list.get_absolute_url()

    with django_assert_num_queries(1):
        response = client.get(url)

    assert response.cookies == {}


def test_a_status_list_is_sent_again_only_after_a_revocation(client):
    award = make_award()
    url = award.status_list.get_absolute_url()
    etag = client.get(url)["ETag"]
    assert client.get(url, headers={"if-none-match": etag}).status_code == 304

    standing.revoke(award, reason="Copied.", by=owner_of(award.issuer))

    assert client.get(url, headers={"if-none-match": etag}).status_code == 200


def test_a_list_that_does_not_exist_is_not_found(client):
    assert client.get("/status/999").status_code == 404


# Achievements


def test_an_achievement_says_what_it_is_who_offers_it_and_how_it_is_earned(client):
    version = make_version(
        kind="micro_certification",
        name="Facilitation",
        validity_days=365,
        product="Suite",
        product_release="24.2",
        result_descriptions=[
            {
                "name": "Score",
                "result_type": "Percent",
                "value_min": "0",
                "value_max": "100",
                "required_value": "60",
            }
        ],
    )
    make_award(version)

    text = words(get(client, version.achievement.get_absolute_url()).content.decode())

    for sentence in (
        "Facilitation Micro-certification micro offered by Northfield Institute",
        "Valid for 1 year",
        "Product Suite 24.2",
        "Held by 1 person",
        "A micro-certification proves a few skills of a role",
        "A micro-credential covers a few skills",
        "Score 0–100, at least 60",
    ):
        assert sentence in text


def test_a_draft_is_there_for_the_people_of_its_issuer_only(client):
    draft = make_draft()
    urls = [draft.achievement.get_absolute_url(), draft.get_absolute_url()]
    assert [client.get(url).status_code for url in urls] == [404, 404]
    client.force_login(make_user())
    assert [client.get(url).status_code for url in urls] == [404, 404]

    client.force_login(make_member(draft.achievement.issuer, "auditor"))

    assert [said(client.get(url).content.decode()) for url in urls] == [("warn", "A draft")] * 2


def test_an_earlier_version_stays_and_leads_to_the_newest(client):
    first = make_version(name="Old words")
    owner = owner_of(first.achievement.issuer)
    draft = defining.new_version(first.achievement, by=owner)
    defining.edit(draft, by=owner, name="New words")
    second = defining.publish(draft, by=owner)

    html = client.get(first.get_absolute_url()).content.decode()

    assert said(html) == ("info", "An earlier version")
    assert "Old words" in html
    assert f'href="{second.get_absolute_url()}"' in html
    assert "New words" in client.get(first.achievement.get_absolute_url()).content.decode()


def test_a_retired_achievement_says_so(client):
    version = make_version()
    defining.retire(version.achievement, by=owner_of(version.achievement.issuer))

    assert said(client.get(version.get_absolute_url()).content.decode()) == ("warn", "Retired")


@pytest.mark.parametrize("accept", ["application/ld+json", "application/json"])
def test_the_address_of_an_achievement_gives_its_json_to_programs(client, accept):
    version = make_version(name="Facilitation")

    response = client.get(version.get_absolute_url(), headers={"accept": accept})

    found = json.loads(response.content)
    assert response["Content-Type"] == "application/ld+json"
    assert (found["id"], found["name"]) == (
        f"https://badges.example{version.get_absolute_url()}",
        "Facilitation",
    )
    assert found["creator"]["id"] == version.achievement.issuer.did
    assert client.get(f"{version.get_absolute_url()[:-1]}.json").content == response.content


def test_a_version_without_a_picture_has_a_seal_of_its_own(client):
    version = make_version(kind="degree")
    url = reverse("version_image", args=[version.achievement.issuer.slug, version.achievement.slug, 1])

    response = client.get(url)

    assert response["Content-Type"] == "image/svg+xml"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content.startswith(b"<svg")
    assert client.get(url.replace(".svg", ".png")).status_code == 404


def test_the_drawn_picture_has_the_symbol_of_its_version_and_the_tone_of_its_issuer(client):
    version = make_version(icon="stethoscope", name="Care")
    issuer = version.achievement.issuer
    url = reverse("version_image", args=[issuer.slug, version.achievement.slug, 1])
    before = client.get(url)
    Issuer.objects.update(colour="#7a2e6d")

    after = client.get(url)

    colours = [re.findall('stroke="(#[^"]+)"', one.content.decode()) for one in (before, after)]
    assert colours == [[emblem.tone("#0b6b57")], [emblem.tone("#7a2e6d")]]
    assert after.content.decode() == emblem.svg(
        baked.identity(version), kind="badge", colour="#7a2e6d", icon="stethoscope"
    )
    assert after["Cache-Control"] == "public, max-age=3600"
    page = client.get(version.get_absolute_url()).content.decode()
    assert f'src="{url}" alt="Emblem of Care: stethoscope"' in page


def test_the_drawn_picture_of_a_draft_is_not_kept_since_its_symbol_may_change(client):
    draft = make_draft(icon="leaf")
    issuer = draft.achievement.issuer
    client.force_login(owner_of(issuer))

    response = client.get(reverse("version_image", args=[issuer.slug, draft.achievement.slug, 1]))

    assert response["Cache-Control"] == "private, no-store"


def test_the_picture_of_a_version_is_served_as_it_is_stored(client):
    draft = make_draft(image_alt="A compass")
    draft.image.save("picture.png", ContentFile(b"\x89PNG\r\n\x1a\nstored"))
    version = defining.publish(draft, by=owner_of(draft.achievement.issuer))
    achievement = version.achievement

    response = client.get(reverse("version_image_png", args=[achievement.issuer.slug, achievement.slug, 1]))

    assert response.content == b"\x89PNG\r\n\x1a\nstored"
    assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("days_", "expected"), [(0, ""), (1, "1 day"), (90, "90 days"), (365, "1 year"), (730, "2 years")]
)
def test_a_validity_is_said_as_people_say_it(days_, expected):
    assert validity(days_) == expected


# Home


def test_an_empty_site_says_the_three_steps(client):
    text = words(client.get("/").content.decode())

    assert "Nothing can be earned here yet. Three steps change that." in text
    assert "Make an account" in text
    assert "Done" not in text


def test_the_steps_that_are_done_say_so(client):
    client.force_login(owner_of(make_issuer()))

    assert words(client.get("/").content.decode()).count("Done:") == 2


def test_the_home_page_shows_what_was_published_last_and_the_box(client):
    older, newer = make_version(name="Older"), make_version(name="Newer")

    html = client.get("/").content.decode()

    assert html.index("Newer") < html.index("Older")
    assert f'<a href="{older.achievement.get_absolute_url()}">Older</a>' in html
    assert 'enctype="multipart/form-data"' in html
    assert newer.achievement.issuer.name in html


def test_the_home_page_needs_as_many_queries_for_three_as_for_one(client, django_assert_max_num_queries):
    for _ in range(3):
        make_version()

    with django_assert_max_num_queries(2):
        client.get("/")


def test_a_title_says_its_language_so_that_a_browser_can_part_its_words(client):
    name = "Datenschutzgrundverordnungsbeauftragte in Krankenhäusern"
    award = make_award(make_version(name=name, language="de"))
    title = f'<h1 class="title title--long"><bdi lang="de">{name}</bdi></h1>'

    pages = [
        client.get(one.get_absolute_url(), headers={"accept": "text/html"}) for one in (award, award.version)
    ]

    assert [page.content.decode().count(title) for page in pages] == [1, 1]


def test_words_in_arabic_run_from_right_to_left_wherever_they_stand(client):
    text = "أربع سنوات من الدراسة."
    award = make_award(
        make_version(description=text, criteria=text),
        evidence=[{"name": "x", "description": text, "narrative": text}],
    )

    page = client.get(award.get_absolute_url(), headers={"accept": "text/html"}).content.decode()

    assert page.count(f'<div class="markdown" dir="auto"><p>{text}</p>') == 3
    assert f'<p dir="auto">{text}</p>' in page


# A card in other people's pages


def embedded(client, award):
    return client.get(f"/credentials/{award.pk}/embed/")


def test_any_site_may_frame_the_card_and_nothing_else(client):
    award = make_award(name="Amara Nwosu")

    card, page = embedded(client, award), get(client, f"/credentials/{award.pk}/")

    assert "frame-ancestors *;" in card["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in card
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert "script-src 'self'" in card["Content-Security-Policy"]


def test_the_card_knows_nobody_and_sets_no_cookie(client):
    award = make_award(name="Amara Nwosu")
    stranger = embedded(client, award)
    client.force_login(owner_of(award.issuer))
    member = embedded(client, award)

    assert stranger.content == member.content
    assert "Amara Nwosu" in member.content.decode()
    assert not stranger.cookies
    assert not member.cookies
    assert "Cookie" not in member.get("Vary", "")


def test_a_private_credential_has_no_card_even_for_its_people(client):
    award = make_award()
    Award.objects.update(visibility=Award.Visibility.PRIVATE)
    client.force_login(owner_of(award.issuer))

    assert embedded(client, award).status_code == 404
    assert "/embed/" not in page_of(client, award)


def test_the_card_says_what_it_is_worth_today(client):
    award = make_award(name="Amara Nwosu")
    before = embedded(client, award).content.decode()
    standing.revoke(award, reason="By mistake.", by=owner_of(award.issuer))
    after = embedded(client, award).content.decode()

    assert ("Valid</span>" in before, "Revoked</span>" in before) == (True, False)
    assert ("Valid</span>" in after, "Revoked</span>" in after) == (False, True)


def test_the_card_of_what_a_stolen_key_signed_shows_nothing_of_it(client):
    award = make_award(name="Amara Nwosu")
    SigningKey.objects.update(compromised_at=award.recorded_at - dt.timedelta(days=1))

    card = embedded(client, award).content.decode()

    assert "Amara Nwosu" not in card
    assert "This credential is not valid" in card


def test_its_page_gives_what_has_to_be_copied(client):
    award = make_award()

    page = html.unescape(page_of(client, award))

    assert f'<iframe src="{award.url}embed/"' in page
