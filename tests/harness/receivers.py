"""Receivers of events on this machine: a webhook's server, and Amazon's queues and topics as moto has them."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import boto3
from django.db import connection
from moto.server import ThreadedMotoServer

from manyhands.mturk.app import before


@dataclass
class Receiver:
    """A webhook: answers ``status`` (or what ``statuses`` says first), keeps what it got."""

    url: str = ""
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        """The events received, in their order."""
        return [event for _, body in self.got for event in json.loads(body)["Events"]]


@contextmanager
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = made.statuses.pop(0) if made.statuses else made.status
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/events?from=manyhands"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Amazon:
    """A queue, and a topic that a second queue subscribes to."""

    url: str
    sqs: Any
    queue: str
    topic: str
    behind_topic: str

    def received(self, queue: str) -> list[dict[str, Any]]:
        """The documents in a queue, in their order; they are taken out."""
        documents = []
        while messages := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                documents.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return documents


@contextmanager
def amazon() -> Iterator[Amazon]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    given = {
        "endpoint_url": f"http://{host}:{port}", "region_name": "us-east-1", "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }  # fmt: skip
    sqs, sns = boto3.client("sqs", **given), boto3.client("sns", **given)
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    behind = sqs.create_queue(QueueName="behind-topic")["QueueUrl"]
    topic = sns.create_topic(Name="events")["TopicArn"]
    arn = sqs.get_queue_attributes(QueueUrl=behind, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    yield Amazon(given["endpoint_url"], sqs, queue, topic, behind)
    server.stop()


@contextmanager
def api() -> Iterator[str]:
    """The API over HTTP in this process, where a test's settings and variables hold; its address."""

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    def site(_: Any, start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [])
        return [b""]

    server = make_server("127.0.0.1", 0, before(site), handler_class=Quiet)

    def serve() -> None:
        server.serve_forever()
        connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
