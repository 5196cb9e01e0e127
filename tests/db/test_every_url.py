"""The authorisation matrix: every URL of the site, every method, for everybody whose business it is not.

The URLs come from the URLconf, so that a new one is asked about by itself. Whoever may do more than the
rules below say stands in one of the lists, with the reason.
"""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests import factories
from tests.conftest import Database
from tests.harness.every_url import Address, World, make_world, signed_in

pytestmark = pytest.mark.usefixtures("database")

METHODS = ("get", "post", "put")

# URLs a visitor may use, and why.
PUBLIC = {
    "home": "the front page", "service_worker": "a script", "offline": "a page without content",
    "install": "how to install", "health": "for monitors", "set_language": "a cookie of one's own",
    "demo_mailbox": "exists in the demo only", "styleguide": "no data",
    "unsubscribe": "the signed link of a mail is the right; mail programs press it without a log-in",
    "help": "for everybody", "help_faq": "for everybody", "help_safety": "for everybody",
    "help_learning": "for everybody", "help_ask": "guests ask, too",
    "help_guest": "the signed link of a mail is the right",
    "account_signup": "becoming a member", "account_terms": "read before signing", "account_login": "the door",
    "account_logout": "the door", "account_inactive": "a page without data",
    "account_email_verification_sent": "follows the sign-up",
    "account_resend_confirmation": "before one can log in",
    "account_confirm_email": "the signed link of a mail is the right",
    "account_reset_password": "for those who cannot log in", "account_reset_password_done": "says so",
    "account_reset_password_from_key": "the signed link of a mail is the right",
    "account_reset_password_from_key_done": "says so",
    "mfa_authenticate": "the second step of a log-in, bound to its session",
    "mfa_login_webauthn": "logs in; the key is the right",
    "openid_connect_login": "the door", "openid_connect_callback": "the door",
    "socialaccount_signup": "the second step of a first sign-in, bound to its session",
    "socialaccount_login_cancelled": "says so", "socialaccount_login_error": "says so",
}  # fmt: skip

# URLs whose ids belong to everybody of a role, or to whoever has the signed link.
SHARED = {
    "group": "tasks are offered to all workers", "group_finished": "as its tasks", "accept_next": "as its tasks",
    "hit_preview": "as its tasks", "accept_hit": "as its tasks", "skip_hit": "as its tasks",
    "assessment": "open to all workers", "assessment_begin": "as its page", "assessment_stage": "as its page",
    "requester_projects": "the list of tasks, for all workers", "status_details": "a day of one's own",
    "contact_requester": "every worker may ask", "report_group": "every worker may report",
    "forum_category": "the forum is common", "forum_new_thread": "the forum is common",
    "forum_thread": "the forum is common", "forum_post": "the forum is common",
    "forum_report": "every member may report",
    "qualification_about": "offered to all workers", "qualification_request": "every worker may ask",
    "qualification_agree": "every worker may accept",
}  # fmt: skip

# Where the pages of a role begin.
WORKERS = (
    "tasks",
    "dashboard",
    "earnings",
    "submissions",
    "projects/",
    "assignments/",
    "settings/",
    "standing",
    "qualifications",
    "assessments",
    "help/forum",
)
STAFF = ("staff/", "operator/", "editor", "help/desk", "help/links", "help/forum/reports")
FOR_ALL = {
    "help_ask": "guests ask, too", "requester_become": "makes oneself a requester",
    "requester_home": "offers to become one", "requester_projects": "the list of tasks, for workers",
}  # fmt: skip

# What operators may do with what others wrote.
MODERATION = {"forum_lock", "forum_hide", "forum_restore", "forum_leave"}

# Hot acts of one statement: an absent and a foreign task are the same "not held".
NOT_HELD = {"return_assignment", "save_draft", "keep_file", "remove_file"}

# Not there for anybody in the world, and why.
ABSENT = {
    "legacy_preview": "needs a group in its query", "legacy_contact": "needs a group in its query",
    "demo_mailbox": "exists in the demo only", "account_confirm_email": "this link was used",
    "openid_connect_login": "no identity provider", "openid_connect_callback": "no identity provider",
    "socialaccount_connections": "no identity provider", "socialaccount_login_error": "no identity provider",
    "socialaccount_login_cancelled": "no identity provider",
    "mfa_remove_webauthn": "needs a real passkey", "mfa_edit_webauthn": "needs a real passkey",
    "mfa_reauthenticate_webauthn": "needs a real passkey", "mfa_deactivate_totp": "no second step is on",
    "mfa_view_recovery_codes": "no second step is on", "mfa_download_recovery_codes": "no second step is on",
}  # fmt: skip

REFUSED = {401, 403, 404, 405}


@pytest.fixture
def world() -> World:
    return make_world()


class Snapshot:
    """All rows of all tables that hold more than sessions and waiting jobs, as one digest a table."""

    def __init__(self, database: Database) -> None:
        self.link = database.connect()
        tables = [row[0] for row in self.link.execute(_TABLES)]
        self.statement = " UNION ALL ".join(
            f"SELECT '{name}', count(*), md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) "
            f'FROM "{name}" AS t'
            for name in tables
        )

    def take(self) -> dict[str, tuple[int, str]]:
        return {row[0]: (row[1], row[2]) for row in self.link.execute(self.statement)}


_TABLES = """
SELECT tablename FROM pg_tables
 WHERE schemaname = 'public' AND tablename NOT LIKE 'django%' AND tablename NOT LIKE 'procrastinate%'
   AND tablename NOT IN ('session', 'cache') AND tablename NOT LIKE '%cache%'
"""

# Something for every field there is: a refusal shall not come from an empty form.
BODY = {
    "words": "Words of a stranger", "name": "Stranger", "title": "Title", "reason": "wrong", "outcome": "done",
    "value": "on", "feedback": "No.", "act": "approve", "meaning": "a stranger's answer", "reward": "0.05",
    "assignments": "1", "lifetime": "1", "hours": "24", "display_name": "Stranger", "status": "closed",
    "pay": "4", "fairness": "4", "communication": "4", "speed": "4", "work": "4",
    "password": "x", "measure": "money", "period": "week", "target": "5",
}  # fmt: skip


def asked(client: Client, address: Address) -> Iterator[tuple[str, int, str]]:
    """Use the address in every way: method, status, where it sends."""
    for method in METHODS:
        send = getattr(client, method)
        if address.name in {"save_draft", "qualification_test_draft"} and method == "post":
            answer = send(address.path, '[["meaning", "x"]]', content_type="application/json")
        else:
            answer = send(address.path, BODY) if method == "post" else send(address.path)
        yield method, answer.status_code, answer.headers.get("Location", "")


def faults_of(client: Client, places: list[Address], snapshot: Snapshot, *, to_login: bool) -> list[str]:
    """What was not refused, and the tables that changed."""
    faults = []
    before = snapshot.take()
    for address in places:
        for method, status, sent_to in asked(client, address):
            signs_in = to_login and sent_to.startswith("/account/login/")
            is_alike = status == 409 and address.name in NOT_HELD
            if status not in REFUSED and not signs_in and not is_alike:
                faults.append(f"{method} {address.name}: {status} {sent_to}")
    after = snapshot.take()
    return faults + [f"{table} changed" for table in before if before[table] != after[table]]


def test_a_visitor_gets_no_further_than_the_log_in(world: World, database: Database) -> None:
    places = [each for each in world.addresses() if each.name not in PUBLIC]

    faults = faults_of(Client(), places, Snapshot(database), to_login=True)

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("roles", ["worker requester", "", "worker requester is_operator"])
def test_what_belongs_to_another_is_not_there_and_is_not_changed(
    world: World, database: Database, roles: str
) -> None:
    stranger = factories.make_account(**dict.fromkeys(roles.split(), True), name="A Stranger")
    is_operator = "operator" in roles
    open_to_all = PUBLIC.keys() | SHARED.keys() | (MODERATION if is_operator else set())
    staffs = of_sections(STAFF) if is_operator else ()
    places = [
        each
        for each in world.addresses()
        if each.parameters and each.name not in open_to_all and not each.path.startswith(staffs)
    ]

    faults = faults_of(signed_in(stranger), places, Snapshot(database), to_login=False)

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("roles", "sections"),
    [
        ("requester", WORKERS),
        ("worker", ("requester",)),
        ("", (*WORKERS, "requester")),
        ("worker requester", STAFF),
    ],
)
def test_who_lacks_the_role_is_refused_its_pages(
    world: World, database: Database, roles: str, sections: tuple[str, ...]
) -> None:
    person = factories.make_account(**dict.fromkeys(roles.split(), True), name="Somebody")
    places = [
        each
        for each in world.addresses()
        if each.path.startswith(of_sections(sections)) and each.name not in FOR_ALL
    ]
    assert places

    faults = faults_of(signed_in(person), places, Snapshot(database), to_login=False)

    assert not faults, "\n".join(faults)


def of_sections(sections: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"/{section}" for section in sections)


def test_the_same_addresses_are_there_for_those_they_belong_to(world: World) -> None:
    """Without this, a refusal could come from an address that is wrong."""
    people = [signed_in(each) for each in (world.worker, world.requester, world.operator)]
    absent = []
    for address in (each for each in world.addresses() if each.name not in ABSENT):
        statuses = {client.get(address.path).status_code for client in people}
        if not statuses & {200, 302, 405} or max(statuses) >= 500:
            absent.append(f"{address.name}: {statuses}")
    assert not absent, "\n".join(absent)
