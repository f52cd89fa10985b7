"""The shelf: drawn once, kept, thrown away at will, never stale."""

import io
import threading

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from PIL import Image

from credentials.models import Award, Design, Rendering
from credentials.rendering import shelf
from tests import authority
from tests.factories import make_award, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def draw(award: Award) -> Rendering:
    rendering = shelf.ask(award)
    shelf.draw(rendering.pk)
    return Rendering.objects.get(pk=rendering.pk)


def files(folder) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.pdf"))


def logo(colour: str = "navy") -> ContentFile:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, "PNG")
    return ContentFile(file.getvalue())


def attached(rendering: Rendering) -> bytes:
    with rendering.file.open("rb") as opened, pikepdf.open(opened) as pdf:
        return pdf.attachments["credential.json"].get_file().read_bytes()


def test_asking_twice_is_one_rendering_that_waits_to_be_drawn():
    award = make_award()

    first, second = shelf.ask(award), shelf.ask(award)

    assert (first.pk, first.state, bool(first.file)) == (second.pk, "waiting", False)
    assert Rendering.objects.count() == 1


@pytest.mark.both_databases
def test_it_is_drawn_once_with_the_very_document_inside(tmp_path):
    award = make_award(name="محمد الأحمد")

    rendering = draw(award)
    again = draw(award)

    assert (rendering.state, again.file.name, again.attempts) == ("done", rendering.file.name, 1)
    assert attached(rendering) == bytes(Award.objects.get(pk=award.pk).document)
    assert len(files(tmp_path)) == 1


def test_a_shelf_that_was_cleared_is_filled_again(tmp_path):
    award = make_award()
    rendering = draw(award)
    rendering.file.storage.delete(rendering.file.name)

    asked = shelf.ask(award)
    shelf.draw(asked.pk)

    assert (asked.pk, asked.state) == (rendering.pk, "waiting")
    assert (Rendering.objects.get().state, len(files(tmp_path))) == ("done", 1)


def change_statement(award: Award) -> None:
    achievement = award.version.achievement
    achievement.design = Design.objects.create(issuer=award.issuer, name="New", statement="has earned")
    achievement.save(update_fields=["design"])


def change_signatories(award: Award) -> None:
    achievement = award.version.achievement
    signatories = [{"name": "Dr. A. Nwankwo", "title": "Registrar"}]
    achievement.design = Design.objects.create(issuer=award.issuer, name="New", signatories=signatories)
    achievement.save(update_fields=["design"])


def change_colour(award: Award) -> None:
    award.issuer.colour = "#7a1f2b"
    award.issuer.save(update_fields=["colour"])


def change_logo(award: Award) -> None:
    award.issuer.logo.save("logo.png", logo("maroon"))


CHANGES = [change_statement, change_signatories, change_colour, change_logo]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_design_asks_for_a_new_drawing(change):
    award = make_award()
    before = shelf.ask(award)
    change(award)

    after = shelf.ask(Award.objects.for_page().get(pk=award.pk))

    assert after.pk != before.pk
    assert (after.state, bool(after.file)) == ("waiting", False)


@pytest.mark.parametrize("change", CHANGES)
def test_a_drawing_that_is_asked_for_before_a_change_is_not_kept_after_it(change, tmp_path):
    """Else it would stand under the key of the old design, and be served when that comes back."""
    award = make_award()
    stale = shelf.ask(award)
    change(award)

    shelf.draw(stale.pk)

    assert Rendering.objects.count() == 0
    assert files(tmp_path) == []


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_two_workers_that_draw_at_once_make_one_file(tmp_path):
    rendering = shelf.ask(make_award())
    begin = threading.Barrier(2)

    def work():
        begin.wait()
        shelf.draw(rendering.pk)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    rendering.refresh_from_db()
    assert (rendering.state, rendering.attempts, len(files(tmp_path))) == ("done", 1, 1)


def test_a_worker_that_comes_late_leaves_the_file_of_the_faster_one(tmp_path):
    award = make_award()
    late = shelf.ask(award)
    done = draw(award)

    shelf._put_on_shelf(late, b"%PDF-late")

    assert Rendering.objects.get().file.name == done.file.name
    assert len(files(tmp_path)) == 1


def test_a_logo_whose_file_is_gone_is_said_to_be_gone_and_tried_again():
    award = make_award()
    change_logo(award)
    award.issuer.logo.storage.delete(award.issuer.logo.name)

    rendering = draw(award)

    assert (rendering.state, rendering.attempts, rendering.lease_until) == ("waiting", 1, None)
    assert rendering.detail == (
        "The issuer's logo cannot be read. Its owner can upload it again in the settings."
    )


def test_a_name_that_no_typeface_can_print_is_given_up_with_the_reason():
    award = make_award(name="\U0001b002\U0001b003")
    rendering = shelf.ask(award)
    Rendering.objects.update(attempts=4)

    shelf.draw(rendering.pk)

    rendering.refresh_from_db()
    assert rendering.state == "failed"
    assert rendering.detail.startswith("No typeface on this machine has “\U0001b002\U0001b003”.")


def test_a_drawing_that_ended_its_worker_each_time_is_drawn_all_the_same():
    """Fifty workers that were killed from outside may all have been at this one."""
    rendering = shelf.ask(make_award())
    Rendering.objects.update(attempts=5)

    shelf.draw(rendering.pk)

    rendering.refresh_from_db()
    assert (rendering.state, rendering.detail) == ("done", "")


def test_a_full_disk_is_said_and_the_drawing_tried_again(settings, tmp_path):
    award = make_award()
    settings.MEDIA_ROOT = tmp_path / "file"
    (tmp_path / "file").write_bytes(b"")

    rendering = draw(award)

    assert (rendering.state, rendering.detail) == (
        "waiting", "The file could not be kept: Not a directory.",
    )  # fmt: skip


def test_the_results_and_the_signatories_are_on_its_face():
    version = make_version(result_descriptions=[{"name": "Score", "result_type": "RawScore"}])
    (score,) = version.result_descriptions
    award = make_award(version, name="Ada Lovelace", results={score["id"]: "12"}, licence_number="L-1")
    change_signatories(award)

    face = shelf.face_of(Award.objects.get(pk=award.pk))

    assert (face.recipient_name, face.results, face.licence_number) == (
        "Ada Lovelace",
        (("Score", "12"),),
        "L-1",
    )
    assert [(one.name, one.title) for one in face.signatories] == [("Dr. A. Nwankwo", "Registrar")]
    assert face.short_url == f"badges.example/c/{award.code}"


def test_with_a_certificate_of_the_operator_the_file_is_signed_and_an_unsigned_one_is_not_served(
    settings, tmp_path
):
    award = make_award()
    unsigned = draw(award)
    authority.made_in(tmp_path / "papers").are_set_in(settings)

    signed = draw(award)

    assert (signed.state, signed.key == unsigned.key) == ("done", False)
    with signed.file.open("rb") as opened:
        assert opened.read().count(b"/ETSI.CAdES.detached") == 1
    assert attached(signed) == bytes(Award.objects.get(pk=award.pk).document)


def test_a_certificate_that_cannot_sign_lets_drawings_wait_and_says_why(settings, tmp_path):
    authority.made_in(tmp_path / "papers", ends_in_days=-0.5).are_set_in(settings)

    rendering = draw(make_award())

    assert (rendering.state, bool(rendering.file), rendering.attempts) == ("waiting", False, 0)
    assert "Bring a new one." in rendering.detail


def test_once_it_can_sign_again_the_waiting_one_is_drawn(settings, tmp_path):
    award = make_award()
    papers = authority.made_in(tmp_path / "papers")
    papers.are_set_in(settings)
    papers.certificate.rename(tmp_path / "elsewhere.pem")
    waiting = draw(award)

    (tmp_path / "elsewhere.pem").rename(papers.certificate)
    drawn = draw(award)

    assert (waiting.state, drawn.state) == ("waiting", "done")
    with drawn.file.open("rb") as opened:
        assert b"/ETSI.CAdES.detached" in opened.read()
