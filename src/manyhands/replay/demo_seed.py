"""What a demo begins with: people to log in as, qualifications to get, play money, and work for the qualified."""

from manyhands.accounts.demo import ensure_demo_people
from manyhands.core.ids import RequesterId
from manyhands.ledger.errors import AlreadyPosted
from manyhands.ledger.operations import deposit
from manyhands.replay import demo_proofreading, demo_qualifications

PLAY_MONEY_MINOR = 500_00


def seed() -> None:
    """Make what is missing; a second call changes nothing."""
    people = ensure_demo_people()
    requester_id = RequesterId(people["requester"])
    demo_qualifications.seed()
    try:
        deposit(
            requester_id=requester_id,
            amount_minor=PLAY_MONEY_MINOR,
            reference="demo-play-money",
        )
    except AlreadyPosted:
        return
    demo_proofreading.publish(
        requester_id=requester_id,
        qualification_type_id=demo_qualifications.english(),
        least=demo_qualifications.PASS_SCORE,
    )
