"""Publishing 100,000 rows, against psql's COPY of the same rows into the same table.

Both sides write the same columns of ``hit``, with its indexes, constraints and defaults. Ours also reads
the uploaded CSV, reserves the money and leaves events; psql gets the rows ready made.
"""

import csv
import io
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson
import psycopg

from bench import support

ROWS = 100_000
FEW_ROWS = 10_000
ROUNDS = 3
WORDS = [
    "the",
    "a",
    "of",
    "market",
    "crowd",
    "after",
    "committee",
    "and",
    "said",
    "while",
    "river",
    "first",
    "people",
    "in",
    "new",
    "would",
    "agree",
    "to",
    "that",
    "morning",
    "with",
    "city",
    "price",
    "of",
    "government",
    "house",
    "small",
    "children",
    "were",
    "seen",
    "reported",
    "“quoted”",
    "late",
]


def sentences(rows: int) -> list[list[str]]:
    """Rows of an id, a text of 15 to 30 words and a source, as people upload them."""
    chance = random.Random(rows)
    return [
        [f"item-{n}", " ".join(chance.choices(WORDS, k=chance.randint(15, 30))), f"https://example.org/{n}"]
        for n in range(rows)
    ]


def as_csv(rows: list[list[str]]) -> io.BytesIO:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "text", "source"])
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def make_project(requester_id: int) -> int:
    from manyhands.catalog.models import SubCategory
    from manyhands.core.ids import RequesterId
    from manyhands.work.operations import projects

    settings = projects.ProjectSettings(
        name="Bench", title="Bench", description="A bench", keywords="bench",
        sub_category_id=SubCategory.objects.earliest("id").pk, reward_minor=5, assignment_duration_s=3600,
        auto_approval_delay_s=86_400, lifetime_s=30 * 86_400, max_assignments=3,
    )  # fmt: skip
    project_id = projects.create_project(requester_id=RequesterId(requester_id), settings=settings)
    projects.save_layout(requester_id=RequesterId(requester_id), project_id=project_id, html=support.HTML)
    return int(project_id)


def upload(requester_id: int, project_id: int, file: io.BytesIO) -> int:
    from manyhands.core.ids import ProjectId, RequesterId
    from manyhands.work.operations import batches

    file.seek(0)
    uploaded = batches.upload_rows(
        requester_id=RequesterId(requester_id), project_id=ProjectId(project_id), name="bench", file=file
    )
    assert uploaded.batch_id is not None, uploaded.report
    return int(uploaded.batch_id)


def publish(requester_id: int, batch_id: int) -> None:
    from manyhands.core.ids import AccountId, BatchId, RequesterId
    from manyhands.work.operations import batches

    batches.start_publishing(requester_id=RequesterId(requester_id), batch_id=BatchId(batch_id))
    batches.publish(batch_id=BatchId(batch_id), actor_id=AccountId(requester_id))


def write_ready_made(db: "psycopg.Connection[Any]", batch_id: int, rows: list[list[str]], path: Path) -> None:
    """The rows as COPY reads them, for a group and batch of their own."""
    columns = ("id", "text", "source")
    first = db.execute("SELECT hit_type_id, fee_minor FROM batch WHERE id = %s", (batch_id,)).fetchone()
    assert first is not None
    with path.open("w") as out:
        for row in rows:
            cells = orjson.dumps(dict(zip(columns, row, strict=True))).decode().replace("\\", "\\\\")
            out.write(f"{first[0]}\t{batch_id}\t{cells}\t3\t3\t{first[1]}\t2099-01-01 00:00:00+00\n")


def main() -> None:
    with support.installation() as home, support.connect(home) as db, tempfile.TemporaryDirectory() as folder:
        from manyhands.work.operations.batches import COPY_HITS

        support.say(f"Publishing {ROWS:,} rows, {ROUNDS} times each side in turn ...")
        requester_id = support.requester(db)
        project_id = make_project(requester_id)
        rows = sentences(ROWS)
        file = as_csv(rows)
        ready_made = Path(folder) / "rows.copy"
        copy = COPY_HITS.replace("COPY hit", "\\copy hit").replace("STDIN", f"'{ready_made}'")

        few = upload(requester_id, project_id, as_csv(sentences(FEW_ROWS)))
        few_mb = support.peak_growth_mb(f"publish.publish({requester_id}, {few})")
        many = upload(requester_id, project_id, file)
        many_mb = support.peak_growth_mb(f"publish.publish({requester_id}, {many})")
        write_ready_made(db, few, rows, ready_made)

        uploads, ours, theirs = [], [], []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            batch_id = upload(requester_id, project_id, file)
            uploads.append(time.perf_counter() - start)
            support.settle(db)
            start = time.perf_counter()
            publish(requester_id, batch_id)
            ours.append(time.perf_counter() - start)
            support.settle(db)
            theirs.append(support.psql(home, copy + "\n"))

        ours_s, theirs_s = statistics.median(ours), statistics.median(theirs)
        support.report(
            "publish", ours_s / theirs_s, goal=3, publish_s=ours_s, copy_s=theirs_s, rows=ROWS,
            rows_per_s=ROWS / ours_s, upload_s=statistics.median(uploads), file_mb=len(file.getvalue()) / 2**20,
            memory_growth_mb=many_mb, memory_growth_at_10_000_rows_mb=few_mb,
        )  # fmt: skip


if __name__ == "__main__":
    main()
