"""Mail leaves by itself, every few seconds."""

from procrastinate.contrib.django import app

from manyhands.messaging import delivery


@app.periodic(cron="* * * * * */5")  # seconds stand last
@app.task(queueing_lock="mail", pass_context=False)
def deliver_mail(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells when it was due
    """Send what waits in the outbox."""
    delivery.deliver_due()


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="forget-mail", pass_context=False)
def forget_mail(timestamp: int) -> None:  # noqa: ARG001
    """Forget what was delivered long ago."""
    delivery.forget_delivered()
