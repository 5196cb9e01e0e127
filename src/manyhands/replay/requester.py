"""The requester of a replay at the requester's pages: money, project, upload, publish, review, results."""

import csv
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from manyhands.replay import layout
from manyhands.replay.browser import Browser, Form, Page, ReplayFailed
from manyhands.replay.recorded import RecordedSet

PUBLISH_TIMEOUT_S = 300
# The site takes play money in portions: a slip of the keyboard is refused, not booked.
_PORTION = Decimal(100)
_MINUTES, _HOURS, _DAYS = "60", "3600", "86400"


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a set is published; ``reward`` in whole units of the currency."""

    title: str
    max_assignments: int
    reward: Decimal = Decimal("0.05")
    # Fee and rounding included with room to spare; what is not needed stays with the requester.
    money_per_assignment: Decimal = Decimal("0.07")
    # Every so many rows go with their right answer, as known answers; 0: none.
    known_every: int = 0

    def money(self, tasks: int) -> Decimal:
        return self.money_per_assignment * self.max_assignments * tasks


@dataclass(frozen=True, slots=True)
class Results:
    """Aggregated labels by recorded task, and the money as it stands in the results."""

    majority_vote: dict[str, str]
    dawid_skene: dict[str, str]
    money_paid: str
    fees: str


class RequesterAtWork:
    """A logged-in requester."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def publish(self, recorded_set: RecordedSet, terms: Terms) -> str:
        """From nothing to a published batch; returns the path of its page. Raises ReplayFailed."""
        self.add_play_money(terms.money(len(recorded_set.tasks)))
        project = self._make_project(recorded_set, terms)
        self._save_layout(project, recorded_set)
        batch = self._upload(project, recorded_set, terms.known_every)
        # The site asks once more, with the price in words.
        self.browser.submit(self.browser.get(f"{batch}/publish").form(field="total_minor"))
        self._wait_until_published(batch)
        return batch

    def add_play_money(self, amount: Decimal) -> None:
        """Put at least this much into the account, where the site gives play money."""
        while amount > 0:
            form = self.browser.get("/requester/money").find_form(action="/money/play")
            if form is None:
                return
            _accepted(self.browser.submit(form, {"amount": str(_PORTION)}), "play money")
            amount -= _PORTION

    def approve_all(self, batch: str) -> None:
        """Approve every submission that waits."""
        self.decide_later(batch, self.decide_later(batch, None))

    def decide_later(self, batch: str, seen: Form | None) -> Form | None:
        """Approve what waited at the last look (``seen``), and look again; None when nothing is there."""
        if seen is not None:
            _accepted(self.browser.submit(seen), "the approval")
        return self.browser.get(f"{batch}/review/approve-all").find_form(field="until")

    def results(self, batch: str) -> Results:
        """Read the aggregated answers and the money of a batch from its downloads."""
        majority_vote: dict[str, str] = {}
        dawid_skene: dict[str, str] = {}
        for line in self._lines(f"{batch}/answers.jsonl"):
            row = json.loads(line)
            if row["field"] == layout.ANSWER_FIELD:
                task = row["input"]["task"]
                majority_vote[task] = row["majority"]
                dawid_skene[task] = row["answer"]
        paid, fees = self._money(batch)
        return Results(majority_vote, dawid_skene, str(paid), str(fees))

    def _money(self, batch: str) -> tuple[Decimal, Decimal]:
        """Rewards and fees that left the reservation for this batch, transfer by transfer."""
        spent = {"reward": Decimal(0), "fee": Decimal(0)}
        for row in csv.DictReader(self._lines("/requester/money.csv?account=reserved")):
            if row["BatchId"] == batch.rpartition("/")[2] and row["Purpose"] in spent:
                spent[row["Purpose"]] -= Decimal(row["Amount"])
        return spent["reward"], spent["fee"]

    def _make_project(self, recorded_set: RecordedSet, terms: Terms) -> str:
        form = self.browser.get("/requester/projects/new?start=blank").form(field="title")
        category = "Translation" if recorded_set.is_free_text else "Text classification"
        page = self.browser.submit(
            form,
            {
                "name": f"{recorded_set.name}: recorded answers",
                "title": terms.title,
                "description": f"{recorded_set.question} Answers of a recorded crowd are given again.",
                "keywords": f"recorded, {recorded_set.name}",
                "sub_category": form.option("sub_category", category),
                "reward": str(terms.reward),
                "max_assignments": str(terms.max_assignments),
                "assignment_duration_s_0": "60",
                "assignment_duration_s_1": _MINUTES,
                "lifetime_s_0": "7",
                "lifetime_s_1": _DAYS,
                "auto_approval_delay_s_0": "3",
                "auto_approval_delay_s_1": _DAYS,
            },
        )
        parts = urlsplit(page.url).path.split("/")
        if page.status != 200 or len(parts) < 4 or parts[3] == "new":
            raise ReplayFailed(f"The project was not made. The site says: {page.words[:800]}")
        return "/".join(parts[:4])

    def _save_layout(self, project: str, recorded_set: RecordedSet) -> None:
        form = self.browser.get(f"{project}/layout").form(field="html")
        _accepted(self.browser.submit(form, {"html": layout.html(recorded_set)}), "the layout")

    def _upload(self, project: str, recorded_set: RecordedSet, known_every: int) -> str:
        form = self.browser.get(f"{project}/upload").form(field="file")
        with tempfile.TemporaryDirectory(prefix="manyhands-replay-") as folder:
            path = Path(folder) / f"{recorded_set.name}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                columns, rows = _with_known(recorded_set, known_every)
                writer.writerow(columns)
                writer.writerows(rows)
            page = self.browser.submit(form, {"name": recorded_set.name}, files={"file": path})
        parts = urlsplit(page.url).path.split("/")
        if page.status != 200 or parts[2:3] != ["batches"]:
            raise ReplayFailed(f"The file was not taken. The site says: {page.words[:800]}")
        return "/".join(parts[:4])

    def _wait_until_published(self, batch: str) -> None:
        deadline = time.monotonic() + PUBLISH_TIMEOUT_S
        while time.monotonic() < deadline:
            page = self.browser.get(batch)
            if page.links(f"{batch}/review"):
                return
            if page.links(f"{batch}/publish"):
                raise ReplayFailed(f"The batch was not published. The site says: {page.words[:800]}")
            time.sleep(0.3)
        raise ReplayFailed(f"{batch} is not published after {PUBLISH_TIMEOUT_S} s.")

    def _lines(self, address: str) -> Iterator[str]:
        page = _accepted(self.browser.get(address), address)
        return (line for line in page.content.decode("utf-8").splitlines() if line)


def _with_known(recorded_set: RecordedSet, every: int) -> tuple[tuple[str, ...], Iterable[tuple[str, ...]]]:
    """The set's columns and rows; with every so many rows' right answer beside them, where it is known."""
    columns = layout.column_names(recorded_set)
    if not every:
        return columns, recorded_set.rows
    known = (
        recorded_set.gold.get(task, "") if number % every == 0 else ""
        for number, task in enumerate(recorded_set.tasks)
    )
    rows = ((*row, right) for row, right in zip(recorded_set.rows, known, strict=True))
    return (*columns, f"Known.{layout.ANSWER_FIELD}"), rows


def _accepted(page: Page, what: str) -> Page:
    if page.status != 200:
        raise ReplayFailed(f"The site refuses {what} (status {page.status}). It says: {page.words[:800]}")
    return page
