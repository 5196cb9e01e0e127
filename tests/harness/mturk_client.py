"""A requester who calls the API in this process: answers and faults as plain values."""

from dataclasses import dataclass
from typing import Any

from manyhands.accounts.api_keys import Made
from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.ids import BatchId, HITId, HITTypeId, ProjectId
from manyhands.work.models import HIT
from tests import factories
from tests.factories import HTML_QUESTION
from tests.harness.mturk import Answer, call

TERMS = {
    "Title": "Explain a word", "Description": "Say what it means.", "Keywords": "words, language",
    "Reward": "0.5", "AssignmentDurationInSeconds": 600, "AutoApprovalDelayInSeconds": 3600,
}  # fmt: skip


@dataclass
class Client:
    """A requester and a key."""

    requester: Account
    key: Made

    def __call__(self, operation: str, **given: Any) -> dict[str, Any]:
        answer = call(self.key, operation, given)
        assert answer.status == 200, answer.body
        return answer.body

    def fault(self, operation: str, **given: Any) -> tuple[str, str, str]:
        answer: Answer = call(self.key, operation, given)
        assert answer.status == 400, answer.body
        return answer.fault

    def create(self, **given: Any) -> dict[str, Any]:
        asked = TERMS | {"LifetimeInSeconds": 3600, "Question": HTML_QUESTION} | given
        return self("CreateHIT", **asked)["HIT"]  # type: ignore[no-any-return]

    def hit(self, hit_id: str) -> dict[str, Any]:
        return self("GetHIT", HITId=hit_id)["HIT"]  # type: ignore[no-any-return]

    def group(self, hit: dict[str, Any]) -> factories.Published:
        """The HIT as factories know it."""
        number = ids.decode("hit", hit["HITId"])
        row = HIT.objects.get(pk=number)
        return factories.Published(
            ProjectId(0),
            BatchId(row.batch_id),
            HITTypeId(row.hit_type_id),
            [HITId(row.pk)],
        )
