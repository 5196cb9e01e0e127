"""What runs by itself: the facts of the groups follow the decisions, a few seconds behind."""

from procrastinate.contrib.django import app

from manyhands.catalog import facts


@app.periodic(cron="* * * * * */10")  # seconds stand last
@app.task(queueing_lock="count-decisions", pass_context=False)
def count_decisions(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells when it was due
    """Count what was decided since the last time."""
    facts.count_decisions()
