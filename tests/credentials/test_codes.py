"""Short codes: read aloud, typed with mistakes, looked up, and opening nothing."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import codes
from credentials.models import Award
from tests.factories import make_award

IDENTIFIER = uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
ids = st.uuids(version=4)


def test_a_code_has_thirteen_letters_in_three_groups():
    assert codes.of(IDENTIFIER) == "1Y7T-TPYS-SDMZ9"


@given(ids)
def test_a_code_leads_back_to_its_id(identifier):
    first, last = codes.span(codes.of(identifier))

    assert first.int <= identifier.int <= last.int
    assert last.int - first.int == 2**64 - 1


@given(ids, st.integers(0, 12), st.sampled_from(codes.ALPHABET))
def test_one_wrong_letter_is_noticed(identifier, place, letter):
    right = codes.of(identifier).replace("-", "")
    wrong = right[:place] + letter + right[place + 1 :]

    assert (codes.span(wrong) is None) == (wrong != right)


@given(ids, st.integers(0, 11))
def test_two_swapped_letters_are_noticed(identifier, place):
    right = codes.of(identifier).replace("-", "")
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]

    assert (codes.span(wrong) is None) == (wrong != right)


@pytest.mark.parametrize("form", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_code_may_be_typed_in_other_ways(form):
    assert codes.span(form("1Y7T-TPYS-SDMZ9")) == codes.span(codes.of(IDENTIFIER))


@pytest.mark.parametrize(
    "text", ["", "1Y7T-TPYS-SDMZ", "1Y7T-TPYS-SDMZ9Y", "UUUU-UUUU-UUUUU", "é" * 13, "\x00" * 13]
)
def test_what_is_no_code_is_none(text):
    assert codes.span(text) is None


@pytest.mark.django_db
@pytest.mark.both_databases
@pytest.mark.parametrize("form", ["{0}", "badges.example/c/{0}", "https://badges.example/c/{0}/"])
def test_a_code_is_checked_at_verify(client, form):
    award = make_award(name="Amara Nwosu")

    html = client.get("/verify/", {"q": form.format(award.code)}).content.decode()

    assert "Amara Nwosu" in html


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["strange.invalid/c/{0.code}", "strange.invalid/credentials/{0.pk}/"])
def test_an_address_of_somebody_else_is_not_ours_because_it_ends_like_ours(client, form):
    award = make_award(name="Amara Nwosu")

    html = client.get("/verify/", {"q": form.format(award)}).content.decode()

    assert "Amara Nwosu" not in html
    assert "The address could not be read" in html


@pytest.mark.django_db
def test_the_short_address_leads_to_the_page(client):
    award = make_award()

    answer = client.get(f"/c/{award.code.lower()}")

    assert (answer.status_code, answer.url) == (302, award.get_absolute_url())


@pytest.mark.django_db
def test_a_private_credential_is_not_found_by_its_code(client):
    award = make_award()
    Award.objects.filter(pk=award.pk).update(visibility=Award.Visibility.PRIVATE)

    assert client.get(f"/c/{award.code}").status_code == 404
    assert "There is no credential" in client.get("/verify/", {"q": award.code}).content.decode()


@pytest.mark.django_db
def test_the_page_prints_the_code(client):
    award = make_award()

    page = client.get(award.get_absolute_url(), headers={"accept": "text/html"})

    assert award.code in page.content.decode()
