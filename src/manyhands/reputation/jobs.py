"""What runs by itself: ratings open when their time has come; Masters and old shares are counted each night."""

from procrastinate.contrib.django import app

from manyhands.reputation import masters, operations, standing


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="open-ratings", pass_context=False)
def open_ratings(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells when it was due
    """Open what is sealed no longer."""
    operations.open_due()


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="masters", pass_context=False)
def recompute_masters(timestamp: int) -> None:  # noqa: ARG001
    """Count what standing keeps, then judge everybody by the Masters formula."""
    standing.recount()
    masters.recompute()
