"""What the API does later: forgetting kept answers."""

from procrastinate.contrib.django import app

from manyhands.mturk import once


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="mturk-kept-answers", pass_context=False)
def forget_kept_answers(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells when it was due
    """Forget the answers of invocations that no client tries again."""
    while once.purge() == once.PURGED_AT_ONCE:
        pass
