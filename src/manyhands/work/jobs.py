"""What runs by itself: the sweeps, every few seconds, and publishing of large files."""

from procrastinate.contrib.django import app

from manyhands.core.errors import Refusal
from manyhands.core.ids import AccountId, BatchId
from manyhands.work.operations import answer_files, batches, sweeping


@app.periodic(cron="* * * * * */5")  # seconds stand last
@app.task(queueing_lock="sweep", pass_context=False)
def sweep(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells when it was due
    """Make good what time has decided."""
    sweeping.sweep_all()
    sweeping.fold_open()


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="forget-tokens", pass_context=False)
def forget_tokens(timestamp: int) -> None:  # noqa: ARG001
    """Forget which requests were made more than a day ago."""
    sweeping.forget_tokens()


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="forget-files", pass_context=False)
def forget_files(timestamp: int) -> None:  # noqa: ARG001
    """Delete files that no task needs any more, and those that no row names."""
    answer_files.forget_unused()
    answer_files.forget_strays()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="resume-publishing", pass_context=False)
def resume_publishing(timestamp: int) -> None:  # noqa: ARG001
    """Finish what a killed process left in the middle of publishing."""
    batches.resume_publishing()


@app.task(retry=5)
def publish_batch(batch_id: int, actor_id: int) -> None:
    """Publish a batch whose publishing was started. A second run after a crash publishes nothing twice."""
    try:
        batches.publish(batch_id=BatchId(batch_id), actor_id=AccountId(actor_id))
    except Refusal:
        # The batch is a draft again and says why; trying again would not help.
        return
