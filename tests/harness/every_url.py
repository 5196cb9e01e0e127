"""Every address of the site, filled with ids of one world in which everything exists.

The list comes from the URLconf: a new URL is in it by itself, and one whose parameters this file does
not know raises ``UnknownParameter``, so that it is added here on purpose.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import int_to_base36

from manyhands.accounts import api_keys, exporting, operations
from manyhands.accounts.models import Account, DataExport
from manyhands.accounts.reviewing import Application
from manyhands.core import ids
from manyhands.core.ids import AccountId, RequesterId, WorkerId
from manyhands.help import replies
from manyhands.help.operations import forum, tickets
from manyhands.messaging import addresses, notices, subscriptions
from manyhands.messaging import operations as messaging
from manyhands.messaging.models import Notice
from manyhands.messaging.states import EventType, NoticeKind, Transport
from manyhands.messaging.subscriptions import Notification
from manyhands.moderation import operations as moderation
from manyhands.proofreading import operations as proofreading
from manyhands.qualifications import operations as qualifications
from manyhands.qualifications import system_types
from manyhands.qualifications.models import Qualification
from manyhands.qualifications.operations import TypeTerms, assessing, create_qualification_type, profile
from manyhands.qualifications.operations.stages import StageTerms, set_stages
from manyhands.qualifications.states import Route, StageKind
from manyhands.work.operations import blocking, reviewing
from tests import factories, quals

GUEST = "guest@example.test"

# Addresses that are not pages, and what asks about each of them.
ELSEWHERE = {"api_v1": "keys are the right there, and no session: tests/contract/test_json_api.py"}


class UnknownParameter(AssertionError):
    """Say in ``World.value`` what this URL's parameter is to be."""


@dataclass(frozen=True, slots=True)
class Address:
    """One URL pattern, filled; ``parameters`` are the names in its path."""

    name: str
    path: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Two people with one of everything that has an address, and an operator."""

    worker: Account
    requester: Account
    operator: Account
    values: dict[str, Any]

    def value(self, url_name: str, parameter: str) -> Any:
        """The world's id for this parameter; an entry ``<url>.<parameter>`` stands for that URL alone."""
        for key in (f"{url_name}.{parameter}", parameter):
            if key in self.values:
                return self.values[key]
        raise UnknownParameter(f"{url_name}: what is <{parameter}>? {UnknownParameter.__doc__}")

    def addresses(self) -> list[Address]:
        """Every URL of the site."""
        return [self._address(name, parameters) for name, parameters in _patterns()]

    def _address(self, name: str, parameters: tuple[str, ...]) -> Address:
        given = {each: self.value(name, each) for each in parameters}
        try:
            return Address(name, reverse(name, kwargs=given), parameters)
        except NoReverseMatch as failure:
            raise UnknownParameter(f"{name} with {given}: {failure}") from failure


def _patterns() -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern, parameters in _leaves(get_resolver(), ()):
        assert pattern.name, f"{pattern} has no name"
        yield pattern.name, parameters


def _leaves(resolver: URLResolver, outer: tuple[str, ...]) -> Iterator[tuple[URLPattern, tuple[str, ...]]]:
    for each in resolver.url_patterns:
        parameters = (*outer, *each.pattern.regex.groupindex)
        if isinstance(each, URLResolver) and each.namespace in ELSEWHERE:
            continue
        if isinstance(each, URLResolver):
            yield from _leaves(each, parameters)
        else:
            yield each, parameters


def make_world(html: str = factories.WORD_HTML) -> World:
    """Make people and everything of theirs, by the operations that requests call."""
    worker = factories.make_worker(name="Victoria Worker")
    requester = factories.make_requester(name="Laboratory")
    operator = factories.make_account(worker=True, requester=True, is_operator=True, name="Olga Operator")
    for each in (worker, requester, operator):
        EmailAddress.objects.create(user=each, email=each.email, primary=True, verified=True)
    values = _work(worker, requester, html) | _account(worker) | _qualifications(worker, requester)
    values |= _talk(worker, requester, operator, values["published"])
    values |= _qualified(worker)
    values |= _assessed(worker, requester, operator)
    return World(worker, requester, operator, values)


def _work(worker: Account, requester: Account, html: str) -> dict[str, Any]:
    group = factories.publish(requester, 6, html=html, title="Explain words")
    handed_in = [factories.accept(worker, group).assignment_id for _ in range(3)]
    for number in handed_in:
        factories.submit(worker, number)
    me = RequesterId(requester.pk)
    reviewing.approve(requester_id=me, actor_id=AccountId(requester.pk), assignment_ids=handed_in[:1])
    reviewing.reject(
        requester_id=me,
        actor_id=AccountId(requester.pk),
        assignment_ids=handed_in[1:2],
        reason="wrong",
        words="It is a bird.",
    )  # fmt: skip
    notices.tell_decisions()
    held = factories.accept(worker, group).assignment_id
    draft = ids.encode("batch", factories.upload(requester, group.project_id, 2))
    report_id = moderation.report_task(
        worker_id=WorkerId(worker.pk), hit_type_id=group.hit_type_id, reason="broken", words="It is empty."
    )
    unwanted = factories.make_worker(name="Unwanted Worker")
    blocking.block_worker(
        requester_id=me, worker_id=WorkerId(unwanted.pk), actor_id=AccountId(requester.pk), reason="Guesses."
    )
    key = api_keys.create(account_id=AccountId(requester.pk), name="Survey program", scopes=["read", "money"])
    told = subscriptions.subscribe(
        requester_id=me,
        notification=Notification(
            Transport.WEBHOOK, "https://events.example.org/", (EventType.ASSIGNMENT_SUBMITTED,)
        ),
        hit_type_id=group.hit_type_id,
    )
    photos = factories.publish(requester, 1, html=factories.FILE_HTML, title="Take a photo")
    photo = factories.hand_in_file(worker, factories.accept(worker, photos).assignment_id, "photo")
    return {
        "answer_file.key": photo.key,
        "subscription": ids.encode("event_subscription", told.id), "event_subscription_act.act": "off",
        "requester_projects.requester": ids.encode_account(requester.pk), "day": "2026-01-31",
        "key": key.access_key_id, "worker_unblock.worker": ids.encode_account(unwanted.pk),
        "hit_type_id": group.hit_type_id, "hit_id": group.hit_ids[5],
        "hit": ids.encode("hit", group.hit_ids[5]), "assignment_id": held,
        "project": ids.encode("project", group.project_id), "batch": ids.encode("batch", group.batch_id),
        "assignment": ids.encode("assignment", handed_in[2]), "act": "approve", "report_id": report_id,
        "worker": ids.encode_account(worker.pk), "published": group,
    } | {f"batch_{page}.batch": draft for page in ("price", "publish", "progress", "discard")}  # fmt: skip


def _qualifications(worker: Account, requester: Account) -> dict[str, Any]:
    """A type of the requester's and one of the platform's, each with a test and a holder."""
    values: dict[str, Any] = {}
    for owner, key in ((requester, "qualification"), (None, "platform")):
        made = factories.make_test(owner, name=f"Birds: {key}")
        qualifications.grant_qualification(
            qualification_type_id=made, requester_id=None if owner is None else RequesterId(owner.pk),
            worker_id=WorkerId(worker.pk), score=80,
        )  # fmt: skip
        values[key] = system_types.public_id(made)
    platform = values.pop("platform")
    pages = (
        "type",
        "type_edit",
        "type_test",
        "type_status",
        "type_delete",
        "holders",
        "import",
        "scores",
        "requests",
    )
    return values | {f"platform_qualification_{page}.qualification": platform for page in pages}


def _assessed(worker: Account, requester: Account, operator: Account) -> dict[str, Any]:
    """An assessment in which one worker reads and another's text waits, and a text of work to proofread."""
    type_id = create_qualification_type(
        requester_id=None, name="Writing", terms=TypeTerms(route=Route.ASSESSMENT, description="Write well.")
    )
    stages = [
        StageTerms(StageKind.TRAINING, "Read this", text="Short sentences."),
        StageTerms(StageKind.WRITING, "Write", topic="Your town", words_min=2),
    ]
    set_stages(actor_id=AccountId(operator.pk), qualification_type_id=type_id, stages=stages)
    writer = WorkerId(factories.make_worker(name="Willa Writer").pk)
    assessing.begin_assessment(worker_id=WorkerId(worker.pk), qualification_type_id=type_id)
    attempt = assessing.begin_assessment(worker_id=writer, qualification_type_id=type_id).request_id
    assessing.finish_reading(worker_id=writer, request_id=attempt, ordinal=1)
    assessing.hand_in_text(worker_id=writer, request_id=attempt, ordinal=2, text="My town sleeps.")
    group = factories.publish(requester, 1, title="Describe a bird")
    proofreading.set_proofreading(
        requester_id=RequesterId(requester.pk), project_id=group.project_id, is_on=True
    )
    text = factories.accept(worker, group).assignment_id
    factories.submit(worker, text)
    return {
        "assessment_id": type_id,
        "editor_text.request_id": attempt,
        "editor_submission.assignment_id": text,
    }


def _talk(
    worker: Account, requester: Account, operator: Account, group: factories.Published
) -> dict[str, Any]:
    theirs = AccountId(worker.pk)
    sent = messaging.contact_requester(
        worker_id=WorkerId(worker.pk), hit_type_id=group.hit_type_id, words="Do bats count?"
    )
    received = Notice.objects.get(account=requester, kind=NoticeKind.MESSAGE)
    posted = forum.start_thread(account_id=theirs, category="tasks", title="Birds", text="How?", name="Vic")
    forum.report_post(account_id=AccountId(operator.pk), post_id=posted.post_id, reason="An advertisement.")
    guest = _ask(None, GUEST)
    return {
        "entry_id": sent.entry_id, "requester_message.entry_id": received.pk,
        "requester_message_reply.entry_id": received.pk,
        "unsubscribe.token": addresses.unsubscribe_token(theirs, [NoticeKind.PAYMENT]),
        "thread_id": posted.thread_id, "post_id": posted.post_id, "slug": "tasks",
        "number": _ask(theirs, ""), "help_guest.number": guest, "mark": replies.guest_mark(guest),
    }  # fmt: skip


def _qualified(worker: Account) -> dict[str, Any]:
    """A test under way, an agreement to accept, and a premium qualification to remove."""
    me = WorkerId(worker.pk)
    type_id = quals.make_test(description="Words in sentences.", training="Read each sentence twice.")
    begun = qualifications.begin_test(worker_id=me, qualification_type_id=type_id)
    profile.answer_profile(worker_id=me, answers={"age": ["25-34"]}, consents=True)
    premium = Qualification.objects.get(worker=worker.pk, qualification_type__route="profile")
    agreement = quals.make_type("Secrecy", route=Route.AGREEMENT, agreement="Tell nobody.")
    return {
        "type_id": type_id, "request_id": begun.request_id, "qualification_agree.type_id": agreement,
        "qualification_profile_remove.type_id": premium.qualification_type_id,
    }  # fmt: skip


def _ask(account_id: AccountId | None, email: str) -> str:
    return tickets.ask(
        account_id=account_id, email=email, topic="other", text="Where is my reward?", language="en",
        source="here",
    ).number  # fmt: skip


def _account(worker: Account) -> dict[str, Any]:
    applicant = operations.register(
        name="An Applicant", email="applicant@example.test", password="seven blue tractors", worker=True,
        requester=False, verified=True,
        application=Application("JP", agrees_to_participation=True, agrees_to_non_disclosure=True),
    )  # fmt: skip
    export_id = exporting.request(account_id=AccountId(worker.pk))
    exporting.make(export_id=export_id)
    passkey = Authenticator.objects.create(
        # Not the worker's: its pages would read the key itself, which only a real device can make.
        user_id=applicant.account_id,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Telephone"},
    )
    address = EmailAddress.objects.get(user=worker)
    return {
        "account": ids.encode_account(applicant.account_id),
        "account_export_download.token": exporting.token_of(DataExport.objects.get(pk=export_id)),
        "pk": passkey.pk,
        "provider_id": "provider",
        "account_confirm_email.key": EmailConfirmationHMAC(address).key,
        "uidb36": int_to_base36(worker.pk),
        "account_reset_password_from_key.key": default_token_generator.make_token(worker),
    }


def signed_in(account: Account) -> Client:
    """A visit whose password was entered just now, so that no page asks for it again."""
    client = Client()
    client.force_login(account)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time(), "email": account.email, "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(account.pk)
    session.save()
    return client
