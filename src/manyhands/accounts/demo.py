"""The people a visitor of the demo can log in as."""

from dataclasses import dataclass

from manyhands.accounts import operations, queries
from manyhands.accounts.models import AccountProfile
from manyhands.core.ids import AccountId

_COUNTRY = "US"
DEMO_PASSWORD = "manyhands-demo"  # noqa: S105 -- printed on the demo's log-in page


@dataclass(frozen=True, slots=True)
class DemoPerson:
    key: str
    name: str
    email: str


DEMO_PEOPLE = (
    DemoPerson("worker", "Wanda Worker", "worker@demo.test"),
    DemoPerson("requester", "Remy Requester", "requester@demo.test"),
    DemoPerson("operator", "Olga Operator", "operator@demo.test"),
)


def ensure_demo_people() -> dict[str, AccountId]:
    """Make the demo people that are missing; their account ids by key."""
    return {person.key: _ensure(person) for person in DEMO_PEOPLE}


def _ensure(person: DemoPerson) -> AccountId:
    existing = queries.person_by_email(person.email)
    account_id = _register(person) if existing is None else existing.id
    AccountProfile.objects.filter(pk=account_id, country="").update(country=_COUNTRY)
    return account_id


def _register(person: DemoPerson) -> AccountId:
    return operations.register(
        name=person.name,
        email=person.email,
        password=DEMO_PASSWORD,
        worker=person.key == "worker",
        requester=person.key == "requester",
        operator=person.key == "operator",
        verified=True,
    ).account_id
