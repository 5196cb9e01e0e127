"""Who answers when: workers take turns, each in the order of the record, several at once."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from manyhands.replay.recorded import RecordedAnswer

T = TypeVar("T")


class Turns:
    """A round of workers: whoever has answered goes to the end, until everybody is through.

    No worker is ever out twice at the same time; safe to share between threads.
    """

    def __init__(self, answers: Iterable[RecordedAnswer]) -> None:
        by_worker: dict[str, deque[RecordedAnswer]] = {}
        for answer in answers:
            by_worker.setdefault(answer.worker, deque()).append(answer)
        self._waiting = deque(by_worker.items())
        self._out = 0
        self._changed = threading.Condition()

    def next(self) -> tuple[RecordedAnswer, Callable[[], None]] | None:
        """The next answer, and what to call once it is given; None at the end. Waits for a free worker."""
        with self._changed:
            while not self._waiting and self._out:
                self._changed.wait()
            if not self._waiting:
                return None
            worker, answers = self._waiting.popleft()
            answer = answers.popleft()
            self._out += 1

        def done() -> None:
            with self._changed:
                self._out -= 1
                if answers:
                    self._waiting.append((worker, answers))
                self._changed.notify_all()

        return answer, done


def in_parallel(jobs: Callable[[], bool], threads: int) -> None:
    """Call ``jobs`` from several threads until it returns False; the first failure stops all."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            while not failures and jobs():
                pass
        except BaseException as error:
            failures.append(error)

    crew = [threading.Thread(target=run, daemon=True) for _ in range(max(threads, 1))]
    for thread in crew:
        thread.start()
    for thread in crew:
        # A timeout lets Ctrl-C through; a failed thread leaves others waiting for their turn.
        while thread.is_alive() and not failures:
            thread.join(0.2)
    if failures:
        raise failures[0]


def each_in_parallel(work: Callable[[T], None], items: Sequence[T], threads: int) -> None:
    """``work`` on every item, several at once."""
    waiting = deque(items)

    def one() -> bool:
        try:
            item = waiting.popleft()
        except IndexError:
            return False
        work(item)
        return True

    in_parallel(one, threads)
