"""Notices, mail and push leave by themselves, every few seconds."""

from procrastinate.contrib.django import app

from manyhands.messaging import (
    delivery,
    event_capture,
    event_delivery,
    letters,
    news,
    notices,
    push,
    search_alerts,
)


@app.periodic(cron="* * * * * */5")  # seconds stand last
@app.task(queueing_lock="notices", pass_context=False)
def tell_decisions(timestamp: int) -> None:  # noqa: ARG001 - Procrastinate tells when it was due
    """Tell workers what was decided, and write the mail of what is due."""
    notices.tell_decisions()
    letters.write_due()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="qualification-news", pass_context=False)
def tell_qualifications(timestamp: int) -> None:  # noqa: ARG001
    """Tell workers of qualifications given, changed or taken, and of requests that came to nothing."""
    news.tell_qualifications()
    news.tell_requests()


@app.periodic(cron="20 6 * * *")
@app.task(queueing_lock="new-tasks", pass_context=False)
def tell_new_tasks(timestamp: int) -> None:  # noqa: ARG001
    """Tell workers of the last day's new task groups."""
    news.tell_new_tasks()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="search-alerts", pass_context=False)
def tell_new_groups(timestamp: int) -> None:  # noqa: ARG001
    """Tell workers of new groups that fit the searches they keep."""
    search_alerts.tell_new_groups()


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="mail", pass_context=False)
def deliver_mail(timestamp: int) -> None:  # noqa: ARG001
    """Send what waits in the outbox."""
    delivery.deliver_due()


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="push", pass_context=False)
def send_push(timestamp: int) -> None:  # noqa: ARG001
    """Tell the browsers that asked for it."""
    push.send_due()


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="forget-mail", pass_context=False)
def forget_mail(timestamp: int) -> None:  # noqa: ARG001
    """Forget what was delivered long ago."""
    delivery.forget_delivered()


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="events", pass_context=False)
def capture_events(timestamp: int) -> None:  # noqa: ARG001
    """Put what happened to HITs on its way to the requesters who want to be told."""
    event_capture.capture()


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="event-deliveries", pass_context=False)
def deliver_events(timestamp: int) -> None:  # noqa: ARG001
    """Send it to their webhooks, queues and topics."""
    event_delivery.deliver_due(threads=event_delivery.THREADS)


@app.periodic(cron="27 * * * *")
@app.task(queueing_lock="forget-events", pass_context=False)
def forget_events(timestamp: int) -> None:  # noqa: ARG001
    """Give up what waits for more than a day, and forget what is a month old."""
    event_delivery.park_overdue()
    event_delivery.forget_old()
