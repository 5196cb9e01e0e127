"""What runs by itself: submissions are measured a few seconds after they were handed in."""

from procrastinate.contrib.django import app

from manyhands.quality import submissions


@app.periodic(cron="* * * * * */5")  # seconds stand last
@app.task(queueing_lock="measure-submissions", pass_context=False)
def measure_submissions(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells when it was due
    """Score known answers, and move the scores that follow."""
    submissions.read()
