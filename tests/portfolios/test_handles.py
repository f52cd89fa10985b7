"""No handle reads like another's, or like the site's own."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portfolios.handles import RESERVED, handle_from, is_reserved, look
from portfolios.models import Profile, validate_handle
from tests.factories import make_user


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("modern", "modem"),
        ("bob0", "bobo"),
        ("paul", "pau1"),
        ("will", "wi11"),
        ("ada-lovelace", "adalovelace"),
    ],
)
def test_handles_that_the_eye_confuses_have_one_look(one, other):
    assert look(one) == look(other)


def test_handles_that_the_eye_tells_apart_have_two_looks():
    assert look("ada") != look("eda")


def test_reserved_words_are_reserved_in_disguise_too():
    assert {word for word in RESERVED if not is_reserved(word)} == set()
    assert is_reserved("adm1n")
    assert is_reserved("test-amur")
    assert not is_reserved("ada")


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Ada Lovelace", "ada-lovelace"),
        ("Žofie O'Brien-Nováková", "zofie-obrien-novakova"),
        ("  J. R. R. Tolkien ", "j-r-r-tolkien"),
        ("سلمى", ""),
        ("李小龙", ""),
        ("Al", ""),
        ("", ""),
    ],
)
def test_a_handle_is_made_of_what_a_name_has_in_plain_letters(name, handle):
    assert handle_from(name) == handle


def test_a_suggested_handle_is_never_refused_for_its_form():
    validate_handle(handle_from("Ab" + "-c" * 200))
    with pytest.raises(ValidationError):
        validate_handle("-ada-")


@pytest.mark.both_databases
@pytest.mark.django_db
def test_the_database_itself_refuses_a_handle_that_looks_like_another():
    Profile.objects.create(user=make_user(), handle="modern-ada", name="Ada")

    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.create(user=make_user(), handle="modemada", name="Eve")

    assert Profile.objects.count() == 1
