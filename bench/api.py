"""The requester API over HTTP: HITs made a second, and one HIT's answers read among many HITs.

Against a bare signed request through the same server: GetAccountBalance, which reads one row. Eight clients
send both in turn, each request signed, with an invocation id of its own as SDKs send it. Then
ListAssignmentsForHIT of one HIT with ten answers, first alone in the database, then among 100,000 others.
"""

import itertools
import json
import os
import statistics
import uuid
from typing import Any

import psycopg
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from bench import load, support
from bench.listing import site

CLIENTS = 8
RUN_S = 3
ROUNDS = 5
HITS = 100_000
ANSWERS = 10
QUESTION = (
    '<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/'
    'ExternalQuestion.xsd"><ExternalURL>https://tasks.example.org/item/{number}</ExternalURL>'
    "<FrameHeight>600</FrameHeight></ExternalQuestion>"
)
HIT = {
    "Title": "Label the sentiment of a sentence", "Description": "Read a sentence and say how its writer feels.",
    "Keywords": "text, sentiment", "Reward": "0.05", "AssignmentDurationInSeconds": 600,
    "LifetimeInSeconds": 86_400, "MaxAssignments": 1, "AutoApprovalDelayInSeconds": 86_400,
}  # fmt: skip


class Client:
    """Signs requests of one key to one server. The invocation's id is not signed and is new each time."""

    def __init__(self, access_key_id: str, secret: str, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._signer = SigV4Auth(Credentials(access_key_id, secret), "mturk-requester", "us-east-1")

    def signed(self, operation: str, given: dict[str, Any]) -> tuple[bytes, bytes]:
        """The head of a request without its last header, and its body."""
        body = json.dumps(given).encode()
        request = AWSRequest("POST", f"http://{self._host}/", data=body)
        request.headers["Content-Type"] = "application/x-amz-json-1.1"
        request.headers["X-Amz-Target"] = f"MTurkRequesterServiceV20170117.{operation}"
        self._signer.add_auth(request)
        lines = [f"Host: {self._host}", *(f"{name}: {value}" for name, value in request.headers.items())]
        head = "POST / HTTP/1.1\r\n" + "\r\n".join([*lines, f"Content-Length: {len(body)}"])
        return head.encode(), body

    def chain(self, operation: str, inputs: list[dict[str, Any]]) -> load.Chain:
        """Requests without end: the inputs in turn, signed before the clock runs."""
        turns = itertools.cycle([self.signed(operation, given) for given in inputs])

        def following(_response: bytes) -> bytes:
            head, body = next(turns)
            return head + b"\r\namz-sdk-invocation-id: " + str(uuid.uuid4()).encode() + b"\r\n\r\n" + body

        return following


def per_second(client: Client, port: int, operation: str, inputs: list[dict[str, Any]]) -> float:
    """Answers a second to all clients together."""
    chains = [client.chain(operation, inputs) for _ in range(CLIENTS)]
    return load.run("127.0.0.1", port, chains, run_s=RUN_S)


def make_answered_hit(db: "psycopg.Connection[Any]", requester_id: int) -> str:
    """One HIT with answers of several workers; its public id."""
    from manyhands.core import ids

    hit_type_id = support.group(db, requester_id, hits=1, places=ANSWERS, title="Answered")
    for worker_id in support.people(db, ANSWERS):
        support.history(db, hit_type_id, [worker_id], hits=1)
    row = db.execute("SELECT id FROM hit WHERE hit_type_id = %s", [hit_type_id]).fetchone()
    assert row is not None
    return ids.encode("hit", row[0])


def main() -> None:
    os.environ["MANYHANDS_API_REQUESTS_PER_S"] = "1000000"
    with support.installation() as home:
        from manyhands.accounts import api_keys
        from manyhands.core.ids import AccountId

        with support.connect(home) as db:
            requester_id = support.requester(db)
            answered = make_answered_hit(db, requester_id)
            key = api_keys.create(account_id=AccountId(requester_id), name="Bench", scopes=[*api_keys.Scope])
            support.settle(db)
            port = support.free_port()
            with site(port):
                report(db, Client(key.access_key_id, key.secret, port), port, requester_id, answered)


def report(
    db: "psycopg.Connection[Any]", client: Client, port: int, requester_id: int, answered: str
) -> None:
    reading = [{"HITId": answered, "MaxResults": ANSWERS}]
    alone = rate(client, port, "ListAssignmentsForHIT", reading)
    support.say(f"Making {HITS:,} HITs ...")
    support.group(db, requester_id, hits=HITS)
    support.settle(db)
    among = rate(client, port, "ListAssignmentsForHIT", reading)
    support.say("Making HITs through the API ...")
    echoes, made = [], []
    for _ in range(ROUNDS):
        echoes.append(per_second(client, port, "GetAccountBalance", [{}]))
        made.append(per_second(client, port, "CreateHIT", questions()))
    echo, create = statistics.median(echoes), statistics.median(made)
    support.report(
        "api", echo / create, goal=10, create_hit_per_s=create, signed_echo_per_s=echo, clients=CLIENTS,
        list_assignments_ratio=alone / among, list_assignments_goal=1.2, list_assignments_alone_per_s=alone,
        list_assignments_among_per_s=among, hits=HITS,
    )  # fmt: skip


def rate(client: Client, port: int, operation: str, inputs: list[dict[str, Any]]) -> float:
    """The middle of several runs."""
    return statistics.median(per_second(client, port, operation, inputs) for _ in range(ROUNDS))


def questions() -> list[dict[str, Any]]:
    """HITs of one type that ask different things, as a program makes them."""
    return [{**HIT, "Question": QUESTION.format(number=number)} for number in range(200)]


if __name__ == "__main__":
    main()
