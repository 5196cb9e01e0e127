"""Files that workers hand in: kept whole or not at all, by who holds the task, and read by who may."""

import os
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.utils import timezone
from psycopg import DataError

from manyhands.core import files
from manyhands.core.errors import NotFound, Refusal
from manyhands.core.files import Incoming, Stored
from manyhands.core.ids import AccountId, RequesterId, WorkerId
from manyhands.questions.answers import HandedFile
from manyhands.web.content.wsgi import application
from manyhands.work import errors
from manyhands.work.models import AnswerFile, Assignment
from manyhands.work.operations import accepting, answer_files, reviewing, submitting
from manyhands.work.queries import files as queries
from tests import factories
from tests.db.test_content_origin import Answered, Held, call, hold, post
from tests.db.test_content_questions import BASE, Market

PAGE = (
    '<form><label>Photo <input type="file" name="photo" required></label>'
    '<label>Sound <input type="file" name="sound-${word}"></label><label>Words <input name="words"></label></form>'
)
FORM = (
    f'<QuestionForm xmlns="{BASE}/2005-10-01/QuestionForm.xsd">'
    "<Question><QuestionIdentifier>photo</QuestionIdentifier><IsRequired>true</IsRequired><QuestionContent>"
    "<Text>A photo?</Text></QuestionContent><AnswerSpecification><FileUploadAnswer><MaxFileSizeInBytes>2000"
    "</MaxFileSizeInBytes><MinFileSizeInBytes>3</MinFileSizeInBytes></FileUploadAnswer></AnswerSpecification></Question>"
    "<Question><QuestionIdentifier>age</QuestionIdentifier><IsRequired>true</IsRequired><QuestionContent><Text>Age?"
    '</Text></QuestionContent><AnswerSpecification><FreeTextAnswer><Constraints><IsNumeric minValue="0"/></Constraints>'
    "</FreeTextAnswer></AnswerSpecification></Question></QuestionForm>"
)
BOUNDARY = "a-boundary"
Part = tuple[str, str] | tuple[str, str, bytes]


@pytest.fixture(autouse=True)
def folder(database: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own."""
    storage = storages[files.ALIAS]
    for cached in ("base_location", "location"):
        monkeypatch.setitem(storage.__dict__, cached, str(tmp_path / "files"))
    return tmp_path / "files"


def kept_keys(folder: Path) -> set[str]:
    """Everything that lies in the folder, under whatever name."""
    return {each.name for each in folder.rglob("*") if each.is_file()}


def body_of(parts: list[Part]) -> bytes:
    out = b""
    for name, value, *content in parts:
        out += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if content:
            out += f'; filename="{value}"\r\nContent-Type: image/png\r\n\r\n'.encode() + content[0] + b"\r\n"
        else:
            out += f"\r\n\r\n{value}\r\n".encode()
    return out + f"--{BOUNDARY}--\r\n".encode()


def send(path: str, parts: list[Part], **environ: object) -> Answered:
    return call(
        "POST", path, body_of(parts), CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}", **environ
    )


def store(content: bytes = b"a picture") -> Stored:
    with Incoming() as incoming:
        incoming.write(content)
        return incoming.finish()


def keep(held: Held, content: bytes = b"a picture", **values: Any) -> HandedFile:
    given: dict[str, Any] = {"field": "photo", "name": "p.png", "content_type": "image/png"} | values
    return answer_files.keep(
        worker_id=WorkerId(held.worker.pk),
        assignment_id=held.assignment_id,
        stored=given.pop("stored", None) or store(content),
        received_at=given.pop("received_at", timezone.now()),
        **given,
    )


def submit(held: Held, answer: list[tuple[str, str]], keys: list[str]) -> None:
    submitting.submit(
        worker_id=WorkerId(held.worker.pk),
        assignment_id=held.assignment_id,
        answer=answer,
        received_at=timezone.now(),
        files=keys,
    )


def held_page() -> Held:
    return hold(rows=[{"word": "owl"}], html=PAGE)


# Without a script ------------------------------------------------------------------------------------


def test_a_form_hands_in_its_file_without_a_script(folder: Path) -> None:
    market = Market(FORM)
    number = market.accept()
    shown = call("GET", market.frame(number))
    (form,) = shown.page.forms
    assert form.get("enctype") == "multipart/form-data"
    (field,) = shown.page.xpath("//input[@type='file']")
    assert field.get("name") == "photo"
    assert "from 3\xa0bytes to 2.0\xa0KB" in shown.body.decode()
    fields = [(name, value) for name, value in shown.fields() if name != "age"]

    done = send(market.frame(number), [*fields, ("age", "7"), ("photo", "my cat.png", b"\x89PNG\x00\xff")])
    assert done.status == 200
    (row,) = AnswerFile.objects.all()
    assert (row.field, row.name, row.content_type, row.bytes) == ("photo", "my cat.png", "image/png", 6)
    assert sorted(Assignment.objects.get().answer) == [["age", "7"], ["photo", row.key]]
    assert b"".join(files.chunks(row.key)) == b"\x89PNG\x00\xff"
    assert kept_keys(folder) == {row.key}


def test_what_else_is_wrong_keeps_the_file_and_says_so(folder: Path) -> None:
    market = Market(FORM)
    number = market.accept()
    again = send(market.frame(number), [("age", "old"), ("photo", "cat.png", b"a cat")])
    assert again.status == 422
    page = again.body.decode()
    assert "Enter a number." in page
    assert "Kept: cat.png (5\xa0bytes)" in page
    assert again.data["files"] == {"photo": {"name": "cat.png", "size": "5\xa0bytes"}}
    assert "cat.png" in call("GET", market.frame(number)).body.decode()

    assert post(market.frame(number), [("age", "7")]).status == 200
    (row,) = AnswerFile.objects.all()
    assert sorted(Assignment.objects.get().answer) == [["age", "7"], ["photo", row.key]]


def test_a_kept_file_can_be_removed_without_a_script_and_is_then_missing(folder: Path) -> None:
    market = Market(FORM)
    number = market.accept()
    send(market.frame(number), [("age", ""), ("photo", "cat.png", b"a cat")])
    again = post(market.frame(number), [("age", "7"), ("manyhandsDrop", "photo")])
    assert again.status == 422
    assert "Choose a file." in again.body.decode()
    assert (AnswerFile.objects.count(), kept_keys(folder)) == (0, set())
    assert Assignment.objects.get().status == "accepted"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"ab", "The file is smaller than 3\xa0bytes."),
        (b"a" * 2001, "The file is larger than 2.0\xa0KB."),
        (b"a" * 300_000, "The file is larger than 2.0\xa0KB."),
    ],
)
def test_a_file_of_the_wrong_size_is_refused_at_its_question(
    folder: Path, content: bytes, words: str
) -> None:
    market = Market(FORM)
    number = market.accept()
    again = send(market.frame(number), [("age", "7"), ("photo", "cat.png", content)])
    assert again.status == 422
    (error,) = again.page.xpath("//p[@class='mh-error']/text()")
    assert error == words
    assert (AnswerFile.objects.count(), kept_keys(folder)) == (0, set())


def test_a_template_takes_files_in_its_own_fields_only(folder: Path) -> None:
    held = held_page()
    shown = call("GET", f"/a/{held.token}")
    assert [each.get("required") for each in shown.page.xpath("//input[@type='file']")] == [None, None]
    sent = send(
        f"/a/{held.token}",
        [*shown.fields(), ("sound-owl", "hoot.wav", b"hoot"), ("other", "x.txt", b"not asked for")],
    )
    assert (sent.status, sent.data["missing"]) == (422, ["photo"])
    assert list(AnswerFile.objects.values_list("field", flat=True)) == ["sound-owl"]
    done = send(f"/a/{held.token}", [*shown.fields(), ("photo", "p.png", b"a picture"), ("photo", "made up")])
    assert done.status == 200
    by_field = dict(AnswerFile.objects.values_list("field", "key"))
    assert dict(held.assignment.answer) == by_field
    assert kept_keys(folder) == set(by_field.values())


def test_a_form_that_was_cut_off_keeps_nothing_of_its_files(folder: Path) -> None:
    held = held_page()
    whole = body_of([("words", "x"), ("photo", "p.png", b"a picture" * 1000)])
    for length in (len(whole) - 200, len(whole) - 3):
        cut = call(
            "POST", f"/a/{held.token}", whole[:length], CONTENT_LENGTH=str(len(whole)),
            CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}",
        )  # fmt: skip
        assert cut.status == 400
    unclosed = call(
        "POST", f"/a/{held.token}", whole[:-200], CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}"
    )
    assert unclosed.status == 400
    assert (AnswerFile.objects.count(), kept_keys(folder), held.unchanged()) == (0, set(), True)


def test_no_file_is_written_for_a_link_that_is_false_or_over(folder: Path) -> None:
    held = held_page()
    parts: list[Part] = [("photo", "p.png", b"a picture")]
    assert send("/a/made-up", parts).status == 404
    token = held.token
    accepting.return_assignment(worker_id=WorkerId(held.worker.pk), assignment_id=held.assignment_id)
    assert send(f"/a/{token}", parts).status == 410
    assert (AnswerFile.objects.count(), folder.exists()) == (0, False)


def test_a_request_that_no_task_takes_is_refused_before_it_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ANSWER_FILE_BYTES_MAX", 1000)
    held = held_page()
    answered = send(f"/a/{held.token}", [("photo", "p.png", b"x")], CONTENT_LENGTH=str(4_000_000))
    assert answered.status == 413
    assert held.unchanged()


class Body:
    """A request's body that is never in memory as a whole."""

    def __init__(self, *pieces: bytes | int) -> None:
        """Bytes, or how many zeros."""
        self.pieces = list(pieces)
        self.length = sum(each if isinstance(each, int) else len(each) for each in pieces)

    def read(self, count: int) -> bytes:
        if not self.pieces:
            return b""
        first = self.pieces.pop(0)
        if isinstance(first, int):
            part, rest = bytes(min(count, first)), max(0, first - count)
        else:
            part, rest = first[:count], first[count:]  # type: ignore[assignment]
        if rest:
            self.pieces.insert(0, rest)
        return part


def test_forty_megabytes_pass_in_and_out_in_flat_memory(folder: Path) -> None:
    held = held_page()
    size = 40 * 1024 * 1024
    head, tail = body_of([("photo", "film.mp4", b"|")]).split(b"|")
    sent = Body(head, size, tail)
    tracemalloc.start()
    answered = call(
        "POST", f"/a/{held.token}", CONTENT_LENGTH=str(sent.length),
        CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}", **{"wsgi.input": sent},
    )  # fmt: skip
    row = AnswerFile.objects.get()
    path = queries.address(row.pk, good_for_s=60).removeprefix(settings.CONTENT_ORIGIN)
    received = sum(len(piece) for piece in fetched(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answered.status, row.bytes, received) == (200, size, size)
    assert peak < 8 * 1024 * 1024


def fetched(path: str) -> Iterator[bytes]:
    """The pieces as a server is given them."""
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": ""}
    yield from application(environ, lambda *_: None)


# Keeping, taking back, handing in -------------------------------------------------------------------


def test_another_file_takes_the_place_of_the_first_and_the_first_is_gone(folder: Path) -> None:
    held = held_page()
    first = keep(held, b"one")
    second = keep(held, b"two", name="q.png")
    assert queries.kept(assignment_id=held.assignment_id) == {"photo": second}
    assert kept_keys(folder) == {second.key} != {first.key}


def test_a_file_may_be_taken_back_until_the_answer_is_handed_in(folder: Path) -> None:
    held = held_page()
    keep(held)
    drop = {"worker_id": WorkerId(held.worker.pk), "assignment_id": held.assignment_id, "field": "photo"}
    assert answer_files.drop(**drop) is True
    assert answer_files.drop(**drop) is False
    assert (AnswerFile.objects.count(), kept_keys(folder)) == (0, set())
    kept = keep(held)
    submit(held, [("photo", kept.key)], [kept.key])
    with pytest.raises(errors.AlreadySubmitted):
        answer_files.drop(**drop)
    assert kept_keys(folder) == {kept.key}


def returned(held: Held) -> None:
    accepting.return_assignment(worker_id=WorkerId(held.worker.pk), assignment_id=held.assignment_id)


def over(held: Held) -> None:
    Assignment.objects.filter(pk=held.assignment_id).update(deadline_at=timezone.now() - timedelta(seconds=1))


def handed_in(held: Held) -> None:
    submit(held, [("words", "x")], [])


@pytest.mark.parametrize(
    ("end", "refusal"),
    [
        (returned, errors.AssignmentNotHeld),
        (over, errors.AssignmentExpired),
        (handed_in, errors.AlreadySubmitted),
    ],
)
def test_a_file_that_comes_after_the_end_is_refused_and_not_left_lying(
    folder: Path, end: Any, refusal: type[Refusal]
) -> None:
    held = held_page()
    end(held)
    with pytest.raises(refusal):
        keep(held)
    assert (AnswerFile.objects.count(), kept_keys(folder)) == (0, set())


def test_what_arrived_before_the_deadline_counts(folder: Path) -> None:
    held = held_page()
    over(held)
    keep(held, received_at=timezone.now() - timedelta(seconds=5))
    assert len(kept_keys(folder)) == 1


def test_nobody_keeps_a_file_for_another_s_task_or_in_a_field_that_takes_none(folder: Path) -> None:
    held = held_page()
    stranger = factories.make_worker()
    with pytest.raises(errors.AssignmentNotHeld):
        answer_files.keep(
            worker_id=WorkerId(stranger.pk), assignment_id=held.assignment_id, field="photo", name="x",
            content_type="", stored=store(), received_at=timezone.now(),
        )  # fmt: skip
    with pytest.raises(errors.AssignmentNotHeld):
        answer_files.drop(worker_id=WorkerId(stranger.pk), assignment_id=held.assignment_id, field="photo")
    for field in ("words", "sound-${word}", "nothing"):
        with pytest.raises(NotFound):
            keep(held, field=field)
    assert (AnswerFile.objects.count(), kept_keys(folder)) == (0, set())


def test_the_operator_limits_one_file_and_all_of_one_task(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "ANSWER_FILE_BYTES_MAX", 10)
    monkeypatch.setattr(answer_files, "LARGEST_FILES_MAX", 1)
    held = held_page()
    with pytest.raises(errors.FileTooLarge):
        keep(held, b"a" * 11)
    keep(held, b"a" * 9)
    with pytest.raises(errors.TooManyFiles):
        keep(held, b"ab", field="sound-owl")
    keep(held, b"b" * 10)  # in the place of the first
    assert len(kept_keys(folder)) == 1


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\cat.png", "cat.png"),
        ("a\x00b\r\nSet-Cookie: x.txt", "abSet-Cookie: x.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("  кот  и  猫.png ", "кот и 猫.png"),
        ("...", "file"),
        ("", "file"),
        ("n" * 500 + ".jpeg", "n" * 195 + ".jpeg"),
        ("\ud800x", "x"),
    ],
)
def test_names_are_for_people_and_never_a_path(given: str, shown: str) -> None:
    assert files.cleaned_name(given) == shown


@pytest.mark.parametrize("key", ["../../secret_key", "", "A" * 32, "a" * 31, "a" * 32 + "\n"])
def test_no_other_name_than_a_key_leads_to_a_file(folder: Path, key: str) -> None:
    for act in (files.chunks, files.delete):
        with pytest.raises(FileNotFoundError):
            act(key)


def test_the_folder_is_for_its_owner_alone(folder: Path) -> None:
    key = store().key
    for each in (folder, folder / key[:2], folder / "unfinished"):
        assert each.stat().st_mode & 0o077 == 0
    assert (folder / key[:2] / key).stat().st_mode & 0o077 == 0


def test_an_answer_with_other_files_than_are_kept_is_not_handed_in(folder: Path) -> None:
    held = held_page()
    first = keep(held)
    second = keep(held, b"another")
    for keys in ([first.key], [], [first.key, second.key]):
        with pytest.raises(errors.FilesChanged):
            submit(held, [("photo", first.key)], keys)
    assert held.unchanged()
    submit(held, [("photo", second.key)], [second.key])
    submit(held, [("photo", second.key)], [second.key])  # sent twice
    assert held.assignment.answer == [["photo", second.key]]


def test_a_correction_keeps_the_file_of_the_first_answer_until_another_is_handed_in(folder: Path) -> None:
    held = held_page()
    first = keep(held)
    submit(held, [("photo", first.key)], [first.key])
    reviewing.send_back(
        requester_id=RequesterId(held.requester.pk), assignment_id=held.assignment_id,
        actor_id=AccountId(held.requester.pk), words="Sharper, please.",
    )  # fmt: skip
    second = keep(held, b"sharper")
    assert kept_keys(folder) == {first.key, second.key}
    assert queries.kept(assignment_id=held.assignment_id) == {"photo": second}
    assert answer_files.forget_unused() == 0  # it may still stand as it was
    submit(held, [("photo", second.key)], [second.key])
    assert answer_files.forget_unused() == 1
    assert kept_keys(folder) == {second.key}


# What time takes ------------------------------------------------------------------------------------


def test_files_of_tasks_that_came_back_go_after_some_days(folder: Path) -> None:
    gone, held = held_page(), held_page()
    keep(gone)
    stays = keep(held)
    returned(gone)
    assert answer_files.forget_unused() == 0
    AnswerFile.objects.update(created_at=timezone.now() - timedelta(days=answer_files.KEPT_DAYS, hours=1))
    assert answer_files.forget_unused() == 1
    assert kept_keys(folder) == {stays.key}
    assert AnswerFile.objects.get().key == stays.key


def test_strays_are_found_and_files_with_a_row_are_not_touched(folder: Path) -> None:
    held = held_page()
    kept, stray, fresh = keep(held), store(b"nobody's"), store(b"on its way")
    begun = Incoming()
    begun.write(b"half")
    old = (timezone.now() - timedelta(days=2)).timestamp()
    for each in folder.rglob("*"):
        if each.is_file() and each.name != fresh.key:
            os.utime(each, (old, old))
    assert answer_files.forget_strays() == 1
    assert kept_keys(folder) == {kept.key, fresh.key} != {stray.key}
    begun.abandon()


def test_a_row_is_gone_before_its_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = held_page()
    first = keep(held)

    def crash(key: str) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(files, "delete", crash)
    second = keep(held, b"another")
    assert set(AnswerFile.objects.values_list("key", flat=True)) == {second.key}
    assert kept_keys(folder) == {first.key, second.key}  # a stray, for the sweep


def test_a_row_that_cannot_be_written_leaves_no_row_and_no_lost_file(folder: Path) -> None:
    held = held_page()
    first = keep(held)
    with pytest.raises(DataError):
        keep(held, stored=replace(store(), sha256="too long" * 10))
    assert AnswerFile.objects.get().key == first.key
    assert first.key in kept_keys(folder)


# Who reads ------------------------------------------------------------------------------------------


def path_of(file: HandedFile, good_for_s: int = 60) -> str:
    row = AnswerFile.objects.get(key=file.key)
    return queries.address(row.pk, good_for_s=good_for_s).removeprefix(settings.CONTENT_ORIGIN)


def test_a_signed_address_gives_the_bytes_to_be_saved_and_never_shown(folder: Path) -> None:
    held = held_page()
    page = b"<script>alert(1)</script>"
    got = call("GET", path_of(keep(held, page, name='a"b; x=\u043a.html', content_type="text/html")))
    assert (got.status, got.body) == (200, page)
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["Content-Disposition"].startswith(
        "attachment; filename*=utf-8''a%22b%3B%20x%3D%D0%BA.html"
    )
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["Content-Length"] == str(len(page))
    assert got.headers["Cache-Control"] == "private, no-store"


def test_an_address_that_is_over_or_made_up_leads_to_nothing(folder: Path) -> None:
    held = held_page()
    kept = keep(held)
    assert call("HEAD", path_of(kept)).body == b""
    for path in (path_of(kept, good_for_s=-1), "/f/made-up", f"/f/{held.token}"):
        assert call("GET", path).status == 404
    path = path_of(kept)
    files.delete(kept.key)
    assert call("GET", path).status == 404


def test_the_worker_and_the_requester_of_the_answer_have_it_and_nobody_else(folder: Path) -> None:
    held = held_page()
    kept = keep(held)

    def may(account: Any) -> bool:
        return queries.file_of(account_id=AccountId(account.pk), key=kept.key) is not None

    assert (may(held.worker), may(held.requester)) == (True, False)  # not handed in yet
    submit(held, [("photo", kept.key)], [kept.key])
    assert (may(held.worker), may(held.requester)) == (True, True)
    assert (may(factories.make_worker()), may(factories.make_requester())) == (False, False)


def test_a_key_typed_into_another_answer_opens_nothing(folder: Path) -> None:
    held, thief = held_page(), hold(rows=[{"word": "owl"}], html=PAGE)
    kept = keep(held)
    submit(held, [("photo", kept.key)], [kept.key])
    again = post(f"/a/{thief.token}", [("photo", kept.key), ("words", kept.key)])
    assert (again.status, again.data["missing"]) == (422, ["photo"])
    found = queries.file_of_answer(
        requester_id=RequesterId(thief.requester.pk), assignment_id=held.assignment_id, field="photo"
    )
    assert found is None
