"""What a demo begins with: people to log in as, and play money to publish with."""

from manyhands.accounts.demo import ensure_demo_people
from manyhands.core.ids import RequesterId
from manyhands.ledger.errors import AlreadyPosted
from manyhands.ledger.operations import deposit

PLAY_MONEY_MINOR = 500_00


def seed() -> None:
    """Make what is missing; a second call changes nothing."""
    people = ensure_demo_people()
    try:
        deposit(
            requester_id=RequesterId(people["requester"]),
            amount_minor=PLAY_MONEY_MINOR,
            reference="demo-play-money",
        )
    except AlreadyPosted:
        return
