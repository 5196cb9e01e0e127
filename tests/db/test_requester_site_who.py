"""Who may do a project's tasks: requirements chosen on the requester's pages, and what they do to workers."""

import re
from typing import Any

import pytest
from django.urls import reverse

from manyhands.accounts.models import AccountProfile
from manyhands.catalog import market
from manyhands.core import ids
from manyhands.core.ids import QualificationTypeId, RequesterId, WorkerId
from manyhands.help.models import Ticket
from manyhands.qualifications import operations as qualifications
from manyhands.qualifications import owner_queries, system_types
from manyhands.qualifications.models import QualificationType, WorkerStanding
from manyhands.qualifications.states import Comparator, Guard
from manyhands.work.models import Project, QualificationRequirement
from manyhands.work.operations import projects
from tests import factories
from tests.harness.wire import statements_sent


def who(project_id: int) -> str:
    return reverse("project_who", args=[ids.encode("project", project_id)])


def lines(*asked: tuple[Any, str, str, str]) -> dict[str, str]:
    """Lines as the form sends them: type, comparator, values, guard."""
    sent = {}
    for place, (type_id, comparator, values, guard) in enumerate(asked):
        kind = system_types.public_id(type_id) if isinstance(type_id, int) else type_id
        sent |= {
            f"asked-{place}-kind": kind, f"asked-{place}-comparator": comparator,
            f"asked-{place}-values": values, f"asked-{place}-guard": guard,
        }  # fmt: skip
    return sent


def own_type(requester: Any, name: str = "Birds") -> QualificationTypeId:
    return qualifications.create_qualification_type(requester_id=RequesterId(requester.pk), name=name)


def grant(requester: Any, type_id: QualificationTypeId, worker: Any, score: int) -> None:
    qualifications.grant_qualification(
        qualification_type_id=type_id, requester_id=RequesterId(requester.pk), worker_id=WorkerId(worker.pk),
        score=score,
    )  # fmt: skip


def lives(worker: Any, country: str, region: str = "") -> None:
    AccountProfile.objects.update_or_create(
        pk=worker.pk, defaults={"profile_name": "W", "country": country, "region": region}
    )


def task_list(client: Any, worker: Any) -> str:
    market.forget()
    return str(client(worker).get("/tasks?all=1").content.decode())


@pytest.mark.feature("M-116", "C-05", "W-48", "W-57")
def test_at_minimum_80_a_worker_with_80_is_admitted_and_one_with_79_is_told_what_is_missing(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester, title="Name birds")
    birds = own_type(requester)
    admitted, refused = factories.make_worker(), factories.make_worker()
    grant(requester, birds, admitted, 80)
    grant(requester, birds, refused, 79)

    saved = client(requester).post(
        who(project_id), lines((birds, "GreaterThanOrEqualTo", "80", "PreviewAndAccept")) | {"act": "save"}
    )
    group = factories.publish(requester, 2, project_id=project_id)
    seen, lacking = task_list(client, admitted), task_list(client, refused)
    accept = reverse("accept_next", args=[group.hit_type_id])
    statuses = [client(each).post(accept).status_code for each in (admitted, refused)]

    assert saved.status_code == 302
    assert "Birds: at least 80" in seen
    assert "You are qualified" in seen
    assert "Name birds" in lacking
    assert "you do not meet what is asked for Birds" in lacking
    assert re.search(r'<a class="btn" role="link" aria-disabled="true"', lacking)
    assert not re.search(r'<a class="btn" role="link" aria-disabled="true"', seen)
    assert statuses == [302, 403]

    grant(requester, birds, refused, 80)
    assert 'aria-disabled="true"' not in task_list(client, refused)


@pytest.mark.feature("M-147", "M-148")
def test_a_group_limited_to_places_is_seen_and_taken_only_by_those_who_live_there(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester, title="Name streets")
    people = {place: factories.make_worker() for place in ("DE", "US-CA", "US-NY", "FR", "")}
    for place, worker in people.items():
        if place:
            lives(worker, *place.split("-"))

    client(requester).post(
        who(project_id),
        lines((system_types.LOCALE, "LivesIn", "Germany, us-ca", "DiscoverPreviewAndAccept"))
        | {"act": "save"},
    )
    group = factories.publish(requester, 5, project_id=project_id)

    seen = {place for place, worker in people.items() if "Name streets" in task_list(client, worker)}
    taken = {
        place
        for place, worker in people.items()
        if client(worker).post(reverse("accept_next", args=[group.hit_type_id])).status_code == 302
    }
    assert seen == taken == {"DE", "US-CA"}
    kept = QualificationRequirement.objects.get(hit_type_id=group.hit_type_id)
    assert (kept.comparator, sorted(kept.scores)) == ("In", ["DE", "US-CA"])


@pytest.mark.feature("M-147")
def test_a_group_may_leave_places_out(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester, title="Name streets")
    here, there = factories.make_worker(), factories.make_worker()
    lives(here, "DE")
    lives(there, "FR")

    client(requester).post(
        who(project_id),
        lines((system_types.LOCALE, "LivesOutside", "FR", "DiscoverPreviewAndAccept")) | {"act": "save"},
    )
    factories.publish(requester, 1, project_id=project_id)

    assert "Name streets" in task_list(client, here)
    assert "Name streets" not in task_list(client, there)


@pytest.mark.feature("M-121", "S-08", "S-09", "S-29")
def test_rating_and_approval_rate_open_and_close_access_to_a_better_paid_group(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester, title="Hard and well paid")
    good, poor = factories.make_worker(), factories.make_worker()
    WorkerStanding.objects.create(worker_id=good.pk, approved=99, rejected=1, rating=80)
    WorkerStanding.objects.create(worker_id=poor.pk, approved=99, rejected=1, rating=79)

    asked = (
        (system_types.PERCENT_APPROVED, "GreaterThanOrEqualTo", "95", "DiscoverPreviewAndAccept"),
        (system_types.RATING, "GreaterThanOrEqualTo", "80", "DiscoverPreviewAndAccept"),
    )
    client(requester).post(who(project_id), lines(*asked) | {"act": "save"})
    group = factories.publish(requester, 3, project_id=project_id, reward_minor=500)
    accept = reverse("accept_next", args=[group.hit_type_id])

    assert "Hard and well paid" in task_list(client, good)
    assert "Hard and well paid" not in task_list(client, poor)
    assert client(poor).post(accept).status_code == 403

    WorkerStanding.objects.filter(pk=poor.pk).update(rating=80)
    WorkerStanding.objects.filter(pk=good.pk).update(approved=90, rejected=10)
    assert "Hard and well paid" in task_list(client, poor)
    assert client(poor).post(accept).status_code == 302
    assert "Hard and well paid" not in task_list(client, good)
    assert client(good).post(accept).status_code == 403


@pytest.mark.feature("W-16")
def test_changed_requirements_make_a_new_group_and_the_published_one_keeps_its_own(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    birds = own_type(requester)
    browser = client(requester)
    first = factories.publish(requester, 1, project_id=project_id)

    browser.post(who(project_id), lines((birds, "Exists", "", "Accept")) | {"act": "save"})
    second = factories.publish(requester, 1, project_id=project_id)
    again = factories.publish(requester, 1, project_id=project_id)

    assert first.hit_type_id != second.hit_type_id == again.hit_type_id
    asked = QualificationRequirement.objects.values_list("hit_type_id", "comparator")
    assert list(asked) == [(second.hit_type_id, "Exists")]
    pages = [
        browser.get(reverse("batch", args=[ids.encode("batch", each.batch_id)])) for each in (first, second)
    ]
    assert ["Birds: any score" in page.content.decode() for page in pages] == [False, True]


@pytest.mark.parametrize("comparator", list(Comparator))
@pytest.mark.parametrize("guard", list(Guard))
def test_all_ten_comparators_and_three_guards_can_be_chosen_and_come_back(client, comparator, guard):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    birds = own_type(requester)
    values = {"In": "1, 2", "NotIn": "1, 2", "Exists": "", "DoesNotExist": ""}.get(comparator, "7")
    browser = client(requester)

    saved = browser.post(who(project_id), lines((birds, comparator, values, guard)) | {"act": "save"})

    page = browser.get(who(project_id)).content.decode()
    kept = Project.objects.get(pk=project_id).requirements
    assert saved.status_code == 302
    assert kept == [[birds, comparator, [int(value) for value in values.split(",") if value], guard]]
    assert f'<option value="{comparator}" selected>' in page
    assert f'<option value="{guard}" selected>' in page


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("", "Exists", "", "Accept"), "Choose a qualification"),
        (("NOSUCHTYPE", "Exists", "", "Accept"), "Choose a qualification"),
        ((-1, "GreaterThan", "many", "Accept"), "Scores are whole numbers."),
        ((-1, "GreaterThan", "", "Accept"), "Say with which score."),
        ((-1, "GreaterThan", "1, 2", "Accept"), "One whole number."),
        ((-1, "LivesIn", "DE", "Accept"), "Only the place of residence"),
        ((-3, "LivesIn", "Atlantis", "Accept"), "There is no country “Atlantis”."),
        ((-3, "LivesIn", "DE-BY", "Accept"), "a state&#x27;s only for the USA"),
        ((-3, "LivesIn", "", "Accept"), "Say which countries"),
        ((-3, "GreaterThan", "DE", "Accept"), "not greater or less"),
        ((-5, "EqualTo", "1", "Accept"), "Masters is either held or not"),
        ((-1, "Fuzzy", "1", "Accept"), "Choose a comparison."),
        ((-1, "EqualTo", "1", "Nothing"), "Choose what others may do."),
        ((-1, "EqualTo", "9" * 40, "Accept"), "Scores are whole numbers."),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field_and_nothing_is_saved(client, line, sentence):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)

    page = client(requester).post(who(project_id), lines(line) | {"act": "save"})

    text = page.content.decode()
    assert page.status_code == 422
    assert re.search(rf'class="field-error"[^>]*>.*?{re.escape(sentence)}', text, re.DOTALL), sentence
    assert Project.objects.get(pk=project_id).requirements == []


def test_an_eleventh_requirement_is_refused(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    asked = [(-1, "GreaterThan", str(number), "Accept") for number in range(11)]

    page = client(requester).post(who(project_id), lines(*asked) | {"act": "save"})

    assert page.status_code == 422
    assert "At most 10 requirements." in page.content.decode()
    assert Project.objects.get(pk=project_id).requirements == []


def test_the_forecast_counts_active_workers_who_meet_every_line_in_one_statement(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    birds, spam = own_type(requester), own_type(requester, "Sends spam")
    people = [factories.make_worker() for _ in range(4)]
    factories.make_worker(status="suspended")
    for worker, score in zip(people, (80, 90, 79, 95), strict=True):
        grant(requester, birds, worker, score)
        lives(worker, "FR" if score == 95 else "DE")
    grant(requester, spam, people[1], 1)
    asked = lines(
        (birds, "GreaterThanOrEqualTo", "80", "Accept"),
        (spam, "DoesNotExist", "", "Accept"),
        (system_types.LOCALE, "LivesIn", "DE", "Accept"),
    )

    page = client(requester).post(who(project_id), asked | {"act": "count"}).content.decode()
    with statements_sent() as sent:
        owner_queries.forecast([])

    assert "1 of 4 active workers meet this now." in page
    assert len(sent) == 1
    assert "4 of 4 active workers" in client(requester).get(who(project_id)).content.decode()


def test_lines_are_added_removed_and_taken_over_without_saving(client):
    requester = factories.make_requester()
    source, target = (factories.make_project(requester, title=title) for title in ("Source", "Target"))
    browser = client(requester)
    browser.post(who(source), lines((-1, "GreaterThan", "50", "PreviewAndAccept")) | {"act": "save"})

    added = browser.post(who(target), {"act": "add"}).content.decode()
    removed = browser.post(who(target), lines((-1, "EqualTo", "5", "Accept")) | {"act": "remove-0"})
    copied = browser.post(
        who(target), {"act": "copy", "copy": ids.encode("project", source)}
    ).content.decode()
    nothing = browser.post(who(target), {"act": "copy"})

    assert 'name="asked-0-kind"' in added
    assert 'name="asked-1-kind"' not in added
    assert 'name="asked-0-kind"' not in removed.content.decode()
    assert 'name="asked-0-values" value="50"' in copied
    assert '<option value="PreviewAndAccept" selected>' in copied
    assert nothing.status_code == 422
    assert "Choose a project." in nothing.content.decode()
    assert Project.objects.get(pk=target).requirements == []


def test_nothing_is_taken_over_from_another_requesters_project_and_none_is_changed(client):
    owner, stranger = factories.make_requester(), factories.make_requester()
    theirs, own = factories.make_project(owner), factories.make_project(stranger)
    projects.set_requirements(requester_id=RequesterId(owner.pk), project_id=theirs, asked=[])
    browser = client(stranger)

    copied = browser.post(who(own), {"act": "copy", "copy": ids.encode("project", theirs)})
    changed = browser.post(who(theirs), lines((-1, "EqualTo", "5", "Accept")) | {"act": "save"})

    assert copied.status_code == changed.status_code == 404
    assert Project.objects.get(pk=theirs).requirements == []


@pytest.mark.feature("C-29", "C-05")
def test_a_qualification_of_ones_own_is_made_in_the_middle_of_the_project_and_asked_for(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    browser = client(requester)
    typed = lines((-1, "GreaterThan", "50", "Accept"))

    made = browser.post(
        who(project_id),
        typed
        | {"act": "make", "new_name": "Bird expert", "new_description": "Knows birds", "new_route": "auto"},
    ).content.decode()

    kind = QualificationType.objects.get(name="Bird expert")
    assert (kind.requester_id, kind.description, kind.route) == (requester.pk, "Knows birds", "auto")
    assert 'name="asked-0-values" value="50"' in made
    assert f'<option value="{system_types.public_id(kind.pk)}" selected>Bird expert</option>' in made
    both = typed | {
        name.replace("asked-0", "asked-1"): value
        for name, value in lines((kind.pk, "Exists", "", "Accept")).items()
    }
    browser.post(who(project_id), both | {"act": "save"})
    assert [each[0] for each in Project.objects.get(pk=project_id).requirements] == [-1, kind.pk]

    twice = browser.post(who(project_id), {"act": "make", "new_name": "Bird expert"})
    unnamed = browser.post(who(project_id), {"act": "make", "new_name": " "})
    assert twice.status_code == unnamed.status_code == 422
    assert "You already have a qualification with this name." in twice.content.decode()
    assert QualificationType.objects.filter(requester_id=requester.pk).count() == 1


@pytest.mark.feature("C-30")
def test_a_wish_for_a_qualification_reaches_the_teams_queue(client):
    requester = factories.make_requester()
    operator = factories.make_account(is_operator=True)
    project_id = factories.make_project(requester, title="Name birds")

    asked = client(requester).post(
        who(project_id), {"act": "wish", "wish": "Workers who tell finches apart."}
    )
    empty = client(requester).post(who(project_id), {"act": "wish", "wish": " "})

    ticket = Ticket.objects.get()
    queue = client(operator).get(reverse("help_desk")).content.decode()
    opened = client(operator).get(reverse("help_desk_ticket", args=[ticket.number])).content.decode()
    assert ticket.number in asked.content.decode()
    assert ticket.number in queue
    assert "Please set up a qualification for the project “Name birds”." in queue
    assert "Workers who tell finches apart." in opened
    assert (ticket.asker_id, empty.status_code) == (requester.pk, 422)


def test_after_saving_on_the_way_to_publishing_the_draft_shows_who_may_do_it(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    factories.make_worker()
    draft = ids.encode("batch", factories.upload(requester, project_id, 2))
    browser = client(requester)

    saved = browser.post(
        who(project_id), lines((-4, "EqualTo", "1", "Accept")) | {"act": "save", "batch": draft}, follow=True
    )

    assert saved.redirect_chain[-1][0] == reverse("batch", args=[draft])
    for page in (saved, browser.get(reverse("batch_publish", args=[draft]))):
        text = page.content.decode()
        assert "18 years or older" in text
        assert "0 of 1 active workers meet this now." in text


def test_a_type_that_is_no_longer_active_is_named_before_publishing_is_tried(client):
    requester = factories.make_requester()
    project_id = factories.make_project(requester)
    birds = own_type(requester)
    browser = client(requester)
    browser.post(who(project_id), lines((birds, "Exists", "", "Accept")) | {"act": "save"})
    qualifications.dispose_qualification_type(
        qualification_type_id=birds, requester_id=RequesterId(requester.pk)
    )

    page = browser.get(reverse("project", args=[ids.encode("project", project_id)])).content.decode()

    assert "This qualification is no longer active" in page
