"""One group of the demo that the English qualification opens: sentences to proofread."""

import csv
import io

from manyhands.catalog.models import SubCategory
from manyhands.core.ids import AccountId, QualificationTypeId, RequesterId
from manyhands.qualifications.requirements import Requirement
from manyhands.qualifications.states import Comparator
from manyhands.work.operations import batches, projects

TITLE = "Proofread a sentence"
REWARD_MINOR = 15
HOUR_S, DAY_S = 3_600, 86_400

_LAYOUT = """\
<form class="mh-form"><h1>Proofread a sentence</h1>
<div class="mh-instructions" data-instructions><p>Each sentence has one mistake. Write the whole sentence as it should
be, and change nothing else.</p></div>
<div class="mh-shown"><p class="mh-text">${sentence}</p></div>
<div class="mh-question"><label for="correct">The correct sentence</label>
<input id="correct" name="correct" required></div>
</form>
"""
_SENTENCES = (
    "Their are two bakeries in this street.", "She don't like cold coffee.", "I have went there before.",
    "The childrens are in the garden.", "He speaks English very good.", "We discussed about the plan.",
    "This is the most cheapest ticket.", "I look forward to hear from you.", "The news are bad today.",
    "He suggested me to wait.", "Every students has a card.", "She is married with a doctor.",
)  # fmt: skip


def publish(*, requester_id: RequesterId, qualification_type_id: QualificationTypeId, least: int) -> None:
    """Publish the sentences to those who reached ``least``, the way a requester's pages do it."""
    settings = projects.ProjectSettings(
        name=TITLE, title=TITLE, description="Find the one mistake in an English sentence and correct it.",
        keywords="english, proofreading",
        sub_category_id=SubCategory.objects.values_list("pk", flat=True).get(slug="proofreading"),
        reward_minor=REWARD_MINOR, assignment_duration_s=HOUR_S // 6, auto_approval_delay_s=3 * DAY_S,
        lifetime_s=30 * DAY_S, max_assignments=1,
    )  # fmt: skip
    project_id = projects.create_project(requester_id=requester_id, settings=settings)
    projects.save_layout(requester_id=requester_id, project_id=project_id, html=_LAYOUT)
    asked = Requirement(qualification_type_id, Comparator.GREATER_THAN_OR_EQUAL_TO, (least,))
    projects.set_requirements(requester_id=requester_id, project_id=project_id, asked=[asked])
    uploaded = batches.upload_rows(
        requester_id=requester_id, project_id=project_id, name="sentences.csv", file=io.BytesIO(_rows())
    )
    if uploaded.batch_id is None:
        raise AssertionError("the demo's own rows fit the demo's own layout")
    batches.price_batch(
        requester_id=requester_id, batch_id=uploaded.batch_id, reward_minor=REWARD_MINOR, max_assignments=1,
        lifetime_s=30 * DAY_S,
    )  # fmt: skip
    batches.start_publishing(requester_id=requester_id, batch_id=uploaded.batch_id)
    batches.publish(batch_id=uploaded.batch_id, actor_id=AccountId(requester_id))


def _rows() -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["sentence"])
    writer.writerows([sentence] for sentence in _SENTENCES)
    return text.getvalue().encode()
