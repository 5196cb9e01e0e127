"""What runs by itself: tests whose time is over end."""

from procrastinate.contrib.django import app

from manyhands.qualifications.operations.testing import lapse_due


@app.periodic(cron="* * * * * */15")  # seconds stand last
@app.task(queueing_lock="lapse-tests", pass_context=False)
def lapse_tests(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells when it was due
    """Make good what time has decided about tests."""
    lapse_due()
