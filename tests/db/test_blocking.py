"""Blocked workers: the requester's page, and the rules no edge may go round."""

from collections.abc import Callable

import pytest
from django.test import Client

from manyhands.accounts.models import Account
from manyhands.core import ids
from manyhands.core.errors import InvalidInput, NotFound
from manyhands.core.ids import AccountId, RequesterId, WorkerId
from manyhands.work import errors
from manyhands.work.models import WorkerBlock
from manyhands.work.operations import blocking
from manyhands.work.queries.blocking import newest_blocks
from tests import factories

pytestmark = pytest.mark.usefixtures("database")


def block(requester: Account, worker: Account, reason: str = "Guesses") -> None:
    blocking.block_worker(
        requester_id=RequesterId(requester.pk), worker_id=WorkerId(worker.pk),
        actor_id=AccountId(requester.pk), reason=reason,
    )  # fmt: skip


def test_only_workers_are_blocked_with_a_reason_and_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    for reason in (" ", "x" * 2_001):
        with pytest.raises(InvalidInput):
            block(requester, worker, reason)
    with pytest.raises(NotFound):
        block(requester, factories.make_requester())
    monkeypatch.setattr(blocking, "BLOCKS_MAX", 1)
    block(requester, worker)
    with pytest.raises(errors.TooManyBlocks):
        block(requester, factories.make_worker())

    block(requester, worker, "Another reason")  # who is blocked already counts once

    (row,) = newest_blocks(RequesterId(requester.pk), limit=5)
    assert (row.worker_id, row.reason) == (worker.pk, "Another reason")


def test_the_page_blocks_lists_and_unblocks(client: Callable[..., Client]) -> None:
    requester, worker = factories.make_requester(), factories.make_worker()
    browser, public_id = client(requester), ids.encode_account(worker.pk)
    assert "Nobody is blocked" in browser.get("/requester/workers/blocked").content.decode()
    assert public_id in browser.get(f"/requester/workers/blocked?worker={public_id}").content.decode()

    for bad in ("nonsense", ids.encode_account(requester.pk), "A" * 14):
        answer = browser.post("/requester/workers/blocked", {"worker": bad, "reason": "r"})
        assert answer.status_code == 422
        assert answer.context["form"].errors["worker"] == ["There is no worker with this ID."]
    browser.post("/requester/workers/blocked", {"worker": f" {public_id} ", "reason": "<i>Guesses</i>"})

    page = browser.get("/requester/workers/blocked").content.decode()
    assert public_id in page
    assert "&lt;i&gt;Guesses&lt;/i&gt;" in page
    address = f"/requester/workers/{public_id}/unblock"
    assert "may accept your tasks again" in browser.get(address).content.decode()
    assert WorkerBlock.objects.exists()
    assert client(factories.make_requester()).post(address).status_code == 404
    browser.post(address)
    assert not WorkerBlock.objects.exists()
    assert browser.get(address).status_code == 404


def test_the_list_goes_on_page_by_page(client: Callable[..., Client]) -> None:
    requester = factories.make_requester()
    for number in range(51):
        block(requester, factories.make_worker(), f"reason {number}")
    browser = client(requester)

    first = browser.get("/requester/workers/blocked")

    assert [row.reason for _, row in first.context["blocks"]] == [f"reason {n}" for n in range(50, 0, -1)]
    rest = browser.get("/requester/workers/blocked" + first.context["older_url"])
    assert [row.reason for _, row in rest.context["blocks"]] == ["reason 0"]
    assert browser.get("/requester/workers/blocked?before=x").status_code == 404
