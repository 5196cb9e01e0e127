"""The parts of the replay that need no server."""

import io
import threading

import httpx
import pytest

from manyhands.replay import layout, recorded
from manyhands.replay.browser import Browser, Page, ReplayFailed
from manyhands.replay.loopback import NotLoopback, own_address, require_loopback
from manyhands.replay.progress import Progress
from manyhands.replay.recorded import RecordedAnswer
from manyhands.replay.requester import _with_known
from manyhands.replay.schedule import Turns, each_in_parallel, in_parallel


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("http://localhost:8000/", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.9.8.7/tasks", "http://127.9.8.7"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_of_this_machine_are_accepted(address: str, site: str) -> None:
    assert require_loopback(address) == site


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://10.0.0.1:8000",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://localhost@example.org",
        "http://user@localhost",
        "http://0.0.0.0",
        "ftp://localhost",
        "http://localhost:99999",
        "",
    ],
)
def test_every_other_address_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(NotLoopback, match=r"this machine|valid port"):
        require_loopback(address)


def test_every_person_comes_from_an_address_of_its_own() -> None:
    addresses = {own_address(number) for number in range(1000)}
    assert len(addresses) in (1, 1000)


def test_workers_take_turns_and_keep_their_own_order() -> None:
    record = [RecordedAnswer(f"t{n}", f"w{n % 3}", "1", None) for n in range(9)]
    turns = Turns(record)

    given = []
    while (turn := turns.next()) is not None:
        answer, done = turn
        given.append((answer.worker, answer.task))
        done()

    assert [worker for worker, _ in given] == ["w0", "w1", "w2"] * 3
    assert sorted(given) == sorted((answer.worker, answer.task) for answer in record)
    for worker in ("w0", "w1", "w2"):
        assert [t for w, t in given if w == worker] == [a.task for a in record if a.worker == worker]


def test_no_worker_is_in_two_places_at_once() -> None:
    turns = Turns(RecordedAnswer(f"t{n}", f"w{n % 2}", "1", None) for n in range(200))
    busy: set[str] = set()
    given: list[str] = []
    lock = threading.Lock()

    def one() -> bool:
        turn = turns.next()
        if turn is None:
            return False
        answer, done = turn
        with lock:
            assert answer.worker not in busy
            busy.add(answer.worker)
            given.append(answer.task)
        with lock:
            busy.remove(answer.worker)
        done()
        return True

    in_parallel(one, 4)
    assert len(set(given)) == 200


def test_the_first_failure_stops_all_and_is_raised() -> None:
    def fail(item: int) -> None:
        raise ReplayFailed(f"no {item}")

    with pytest.raises(ReplayFailed, match="no "):
        each_in_parallel(fail, [1, 2, 3], 2)


def test_progress_in_a_file_is_whole_lines() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.step("Answers", 2)
    progress.add(2)
    progress.end()
    assert stream.getvalue().splitlines()[0] == "Answers: 0 of 2"
    assert stream.getvalue().splitlines()[-1].startswith("Answers: 2 of 2")


PAGE = """<html><main><p>Task one</p><form action="/do?x=1" method="post">
<input type="hidden" name="token" value="k"><input type="radio" name="label" value="1">
<input type="radio" name="label" value="0" checked><textarea name="words">old</textarea>
<button name="act" value="save">Save</button><button>Submit</button></form>
<a href="/tasks/3">one</a><a href="/tasks/3">again</a><iframe src="//localhost/frame"></iframe></main>
</html>"""


def page_of(text: str) -> Page:
    request = httpx.Request("GET", "http://localhost/here/")
    return Page(httpx.Response(200, text=text, request=request))


def test_a_form_is_sent_as_a_browser_sends_it() -> None:
    form = page_of(PAGE).form(field="label", action="/do")
    assert form.action == "http://localhost/do?x=1"
    assert form.filled({"label": "1"}) == [("token", "k"), ("words", "old"), ("label", "1")]
    assert ("act", "save") in form.filled({}, "act=save")
    with pytest.raises(ReplayFailed, match="no field “other”"):
        form.filled({"other": "1"})


def test_a_page_gives_its_links_frame_and_words() -> None:
    page = page_of(PAGE)
    assert page.links("/tasks/") == ["http://localhost/tasks/3"]
    assert page.frame() == "http://localhost/frame"
    with pytest.raises(ReplayFailed, match="It says: Task one"):
        page.form(field="nowhere")


def test_a_server_that_is_away_is_asked_again() -> None:
    answers = [httpx.ConnectError("away"), httpx.Response(503), httpx.Response(200, text="back")]

    def answer(request: httpx.Request) -> httpx.Response:
        result = answers.pop(0)
        if isinstance(result, Exception):
            raise result
        return result

    browser = Browser("http://localhost", httpx.MockTransport(answer))
    assert browser.get("/").content == b"back"


def test_patience_ends_in_a_sentence() -> None:
    browser = Browser(
        "http://localhost", httpx.MockTransport(lambda _request: httpx.Response(503)), patience_s=0.1
    )
    with pytest.raises(ReplayFailed, match="did not succeed"):
        browser.get("/")


@pytest.mark.parametrize("name", recorded.names())
def test_the_template_of_a_set_asks_for_the_label_and_names_the_source(name: str) -> None:
    from manyhands.work.layout import fields

    recorded_set = recorded.load(name)
    html = layout.html(recorded_set)
    assert [field.name for field in fields.fields(html)] == [layout.ANSWER_FIELD]
    assert "Source: " in html
    assert "Licence: " in html


def test_every_sixth_row_of_the_demo_goes_with_its_known_answer() -> None:
    few = recorded.load("rte").first(8)
    columns, rows = _with_known(few, 6)
    given = [row[-1] for row in rows]
    assert columns[-1] == "Known.label"
    assert given == [few.gold[few.tasks[0]], "", "", "", "", "", few.gold[few.tasks[6]], ""]
