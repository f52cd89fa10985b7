"""Which column is what, by headings in many languages and by what is in the cells."""

import pytest

from credentials import roster
from credentials.roster import COLUMNS, RosterRefused

PERSON = ["Ada Lovelace", "ada@example.org"]


def guess(headings, *rows, results=()):
    return roster.guess(headings, sample_rows=list(enumerate(rows, start=2)), results=results)


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("name,email,awarded_on", "name,email,awarded_on"),
        ("Full name,E-mail address,Passed on,Expires", "name,email,awarded_on,valid_until"),
        ("E-Mail;Name;Datum".replace(";", ","), "email,name,awarded_on"),
        ("Evidence URL,Licence no.,Language,NAME,EMAIL", "evidence_url,licence_number,language,name,email"),
        ("recipientName,emailAddress,issuedOn,validUntil", "name,email,awarded_on,valid_until"),
        ("First name,Last name,Email", "given_name,family_name,email"),
        ("Name,Surname,Email", "given_name,family_name,email"),
        ("Name,Vorname,Mail", "family_name,given_name,email"),
        ("Vorname,Nachname,E-Mail-Adresse,Prüfungsdatum", "given_name,family_name,email,awarded_on"),
        ("Nom,Prénom,Courriel,Date d'obtention", "family_name,given_name,email,awarded_on"),
        ("Nom,Adresse e-mail,Date d’expiration", "name,email,valid_until"),
        ("NOMBRE,APELLIDOS,CORREO ELECTRÓNICO", "given_name,family_name,email"),
        ("Nombre completo,Correo,Fecha", "name,email,awarded_on"),
        ("Nome e cognome,Indirizzo e-mail,Data", "name,email,awarded_on"),
        ("Nome,Cognome,Email,Scadenza", "given_name,family_name,email,valid_until"),
        ("Imię i nazwisko,Adres e-mail,Ważne do", "name,email,valid_until"),
        ("ФИО,Электронная почта,Дата выдачи", "name,email,awarded_on"),
        ("氏名,メールアドレス,取得日,有効期限", "name,email,awarded_on,valid_until"),
        ("姓名,邮箱,日期", "name,email,awarded_on"),
        ("이름,이메일,발급일", "name,email,awarded_on"),
        ("الاسم الكامل,البريد الإلكتروني,التاريخ", "name,email,awarded_on"),
        ("नाम,ईमेल,दिनांक", "name,email,awarded_on"),
        ("Ad,Soyad,E-posta", "given_name,family_name,email"),
        ("Full name,First name,Last name,Email", "name,,,email"),
        ("Name of the participant,Participant's e-mail", "name,email"),
        ("Student Name,Student ID,Student Email", "name,,email"),
        ("Course name,Name,User name,File name,Email", ",name,,,email"),
        ("Date of birth,Awarded,Name,Email", ",awarded_on,name,email"),
        ("Date,Passed on,Name,Email", ",awarded_on,name,email"),
        ("Name,Email,Link", "name,email,evidence_url"),
        ("Name,Email,Link,Evidence", "name,email,,evidence_url"),
        ("name,email,Line,Reason", "name,email,,"),
        ("name,email,student_number,release", "name,email,,"),
        (
            "Name,Email,Credits earned,Start date,End date,Role,Term,Narrative,DID",
            "name,email,credits_earned,activity_start,activity_end,role,term,narrative,subject_id",
        ),
        (
            "name,email,creditsEarned,activityStartDate,activityEndDate,wallet identifier (DID)",
            "name,email,credits_earned,activity_start,activity_end,subject_id",
        ),
        (
            "Name,Email,Evidence,Evidence name,What the evidence is,Evidence kind,Made for,Proof narrative",
            "name,email,evidence_url,evidence_name,evidence_description,evidence_genre,,evidence_narrative",
        ),
        (
            "name,email,evidenceURL,evidenceGenre,evidenceAudience,description of the evidence",
            "name,email,evidence_url,evidence_genre,evidence_audience,evidence_description",
        ),
        (
            "Name,E-Mail,Nachweis,Titel des Nachweises,Nachweisart,Beschreibung des Nachweises,Zielgruppe",
            "name,email,evidence_url,evidence_name,evidence_genre,evidence_description,evidence_audience",
        ),
        (
            "Nom complet,Courriel,Titre de la preuve,Type de preuve,Description de la preuve,Public visé",
            "name,email,evidence_name,evidence_genre,evidence_description,evidence_audience",
        ),
        (
            "Nombre completo,Correo,Título de la evidencia,Tipo de evidencia,Relato de la evidencia",
            "name,email,evidence_name,evidence_genre,evidence_narrative",
        ),
        ("姓名,邮箱,证据,证据名称,证据类型", "name,email,evidence_url,evidence_name,evidence_genre"),
        ("＠Ｎａｍｅ,Ｅ－ｍａｉｌ", "name,email"),
    ],
)
def test_headings_are_known_in_many_spellings_and_languages(headings, fields):
    names = headings.split(",")

    found = guess(names, ["x"] * len(names))

    assert found == {n: field for n, field in enumerate(fields.split(",")) if field}


@pytest.mark.parametrize(
    ("headings", "results", "fields"),
    [
        ("name,email,classification,gpa", ["Classification", "GPA"], {2: "r0", 3: "r1"}),
        ("name,email,CLASSIFICATION ,G.P.A.", ["classification", "gpa"], {2: "r0", 3: "r1"}),
        ("name,email,Score", ["Exam score"], {2: "r0"}),
        ("name,email,Final exam score (points)", ["Exam score"], {2: "r0"}),
        ("name,email,Theory score,Practice score", ["Practice", "Theory"], {2: "r1", 3: "r0"}),
        ("name,email,Points", ["Exam result"], {2: "r0"}),
        ("name,email,Punkte", ["Ergebnis der Prüfung"], {2: "r0"}),
        ("name,email,Points,Marks,Score", ["Something"], {}),
        ("name,email,Grade", ["Attendance", "Presentation"], {}),
        ("name,email,Language", ["Language"], {2: "r0"}),
        ("name,email,score,Score", ["Score"], {2: "r0"}),
    ],
)
def test_results_are_known_by_their_names(headings, results, fields):
    names = headings.split(",")
    descriptions = [(f"r{n}", name) for n, name in enumerate(results)]

    found = guess(names, ["x"] * len(names), results=descriptions)

    expected = {number: f"result:{result}" for number, result in fields.items()}
    assert found == {0: "name", 1: "email", **expected}


@pytest.mark.parametrize(
    ("headings", "row", "fields"),
    [
        (["Persona", "Contacto"], PERSON, {0: "name", 1: "email"}),
        (["Column 1", "Column 2"], PERSON, {0: "name", 1: "email"}),
        (["", ""], PERSON, {0: "name", 1: "email"}),
        (["Column 1", "Column 2"], PERSON[::-1], {0: "email", 1: "name"}),
        (
            ["Column 1", "Column 2", "Column 3", "Column 4"],
            ["12.06.2026", "李小龍", "a@example.org", "https://evidence.example/1"],
            {0: "awarded_on", 1: "name", 2: "email", 3: "evidence_url"},
        ),
        (["Name", "Contact", "Born"], [*PERSON, "2001-06-12"], {0: "name", 1: "email"}),
        (["Name", "Contact", "S. no."], [*PERSON, "20260612"], {0: "name", 1: "email"}),
    ],
)
def test_where_headings_say_nothing_the_cells_are_looked_at(headings, row, fields):
    assert guess(headings, row, row) == fields


def test_of_two_columns_with_the_same_heading_the_fuller_one_counts():
    assert guess(["name", "email", "email"], ["Ada", "", "ada@example.org"]) == {0: "name", 2: "email"}


def test_a_name_that_cannot_be_told_is_left_to_the_person():
    assert guess(["Chosen", "Other", "email"], ["Ada Lovelace", "Bob Byron", "a@example.org"]) == {2: "email"}


@pytest.mark.parametrize(
    ("headings", "row", "sentence"),
    [
        (
            ["name", "awarded_on"],
            ["Ada Lovelace", "2026-06-12"],
            "No column is the e-mail address. The headings found are: “name”, “awarded_on”.",
        ),
        (
            ["email", "number"],
            ["ada@example.org", "17"],
            "No column is the name. The headings found are: “email”, “number”.",
        ),
    ],
)
def test_a_roster_that_no_matching_can_save_is_refused_with_its_headings(headings, row, sentence):
    with pytest.raises(RosterRefused) as refused:
        guess(headings, row)

    assert str(refused.value) == sentence


@pytest.mark.parametrize("field", [field for field in COLUMNS if field not in ("given_name", "family_name")])
def test_what_a_column_is_called_on_the_page_is_known_as_a_heading(field):
    headings = dict.fromkeys(("Name", "Email", COLUMNS[field].label))

    assert field in guess(list(headings), ["x"] * len(headings)).values()


def test_only_name_and_address_are_required():
    assert [field for field, column in COLUMNS.items() if column.required] == ["name", "email"]
