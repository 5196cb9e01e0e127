"""Queues (SQS) and topics (SNS): events leave by the operator's own credentials, only where the operator allows.

Every requester's events go with the same credentials; ``AWS_DESTINATIONS`` says by their beginnings which
queues and topics may be named. An address decides only the region: the endpoint is Amazon's there, or
the operator's (``SQS_ENDPOINT``, ``SNS_ENDPOINT``, or botocore's own variables).
"""

import re
import threading
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.translation import gettext

from manyhands.messaging.states import Transport
from manyhands.messaging.webhooks import NotCalled

_TIMEOUTS = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1})
_QUEUE = re.compile(r"https?://[\x21-\x7e]{1,200}/\d{12}/[A-Za-z0-9_-]{1,80}")
_QUEUE_HOST = re.compile(r"sqs\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?")
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_-]{1,256}")
_REGION = "us-east-1"
_LOCK = threading.Lock()


def is_offered() -> bool:
    """Whether the operator allows any queue or topic."""
    return bool(settings.AWS_DESTINATIONS)


def fault_of(transport: Transport, destination: str) -> str:
    """What is wrong with a queue or topic, without calling anybody; empty when nothing is."""
    shape = _QUEUE if transport == Transport.SQS else _TOPIC
    if not shape.fullmatch(destination):
        if transport == Transport.SQS:
            return gettext("This is not the URL of a queue.")
        return gettext("This is not the ARN of a topic.")
    if not destination.startswith(tuple(settings.AWS_DESTINATIONS)):
        return gettext("The operators of this installation do not allow this queue or topic.")
    return ""


def send(transport: Transport, destination: str, body: str) -> None:
    """Put a document into a queue or publish it. Raises NotCalled."""
    why = fault_of(transport, destination)
    if why:
        raise NotCalled(why)
    client = _client(transport.value, _region(transport, destination))
    try:
        if transport == Transport.SQS:
            client.send_message(QueueUrl=destination, MessageBody=body)
        else:
            client.publish(TopicArn=destination, Message=body)
    except ClientError as refusal:
        error = refusal.response.get("Error", {})
        raise NotCalled(f"{error.get('Code', 'Error')}: {error.get('Message', '')}"[:300]) from None
    except BotoCoreError as failure:
        raise NotCalled(
            gettext("The connection failed: %(reason)s") % {"reason": type(failure).__name__}
        ) from None


def _region(transport: Transport, destination: str) -> str:
    if transport == Transport.SNS:
        return destination.split(":")[3]
    of_amazon = _QUEUE_HOST.fullmatch(urlsplit(destination).hostname or "")
    return of_amazon[1] if of_amazon else _REGION


def _client(service: str, region: str) -> Any:
    endpoint = settings.SQS_ENDPOINT if service == "sqs" else settings.SNS_ENDPOINT
    with _LOCK:  # sessions of botocore are not made for several threads, clients are
        return _made(service, region, endpoint)


@cache
def _made(service: str, region: str, endpoint: str) -> Any:
    return botocore.session.get_session().create_client(
        service, region_name=region, endpoint_url=endpoint or None, config=_TIMEOUTS
    )
