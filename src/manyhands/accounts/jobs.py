"""What accounts do later: copies of one's data; forgetting what is over."""

from procrastinate.contrib.django import app

from manyhands.accounts import exporting, operations


@app.task(retry=5)
def make_export(export_id: int) -> None:
    """Make a copy that was asked for. A second run makes nothing twice."""
    exporting.make(export_id=export_id)


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="exports", pass_context=False)
def tidy(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells when it was due
    """Make copies a killed process left, forget those past their end, and sessions past theirs."""
    exporting.make_waiting()
    exporting.forget_expired()
    operations.delete_expired_sessions()
