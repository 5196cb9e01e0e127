"""Help, mounted at /help/."""

from django.urls import path, register_converter

from manyhands.web.help import converters, desk_views, forum_views, moderation_views, pages_views, queue_views

register_converter(converters.ForumThreadPublicId, "forum_thread")
register_converter(converters.ForumPostPublicId, "forum_post")
register_converter(converters.TicketNumber, "ticket")

urlpatterns = [
    path("", pages_views.getting_started, name="help"),
    path("faq", pages_views.faq, name="help_faq"),
    path("safety", pages_views.safety, name="help_safety"),
    path("learning", pages_views.learning, name="help_learning"),
    path("desk/new", desk_views.ask, name="help_ask"),
    path("questions", desk_views.questions, name="help_questions"),
    path("questions/<ticket:number>", desk_views.question, name="help_question"),
    path("questions/<ticket:number>/close", desk_views.close, name="help_close"),
    path("guest/<ticket:number>/<slug:mark>", desk_views.guest, name="help_guest"),
    path("desk", queue_views.queue, name="help_desk"),
    path("desk/<ticket:number>", queue_views.ticket, name="help_desk_ticket"),
    path("desk/<ticket:number>/close", queue_views.close, name="help_desk_close"),
    path("links", queue_views.links, name="help_links"),
    path("forum", forum_views.home, name="forum"),
    path("forum/search", forum_views.search, name="forum_search"),
    path("forum/reports", moderation_views.reports, name="forum_reports"),
    path("forum/in/<slug:slug>", forum_views.category, name="forum_category"),
    path("forum/in/<slug:slug>/new", forum_views.new_thread, name="forum_new_thread"),
    path("forum/threads/<forum_thread:thread_id>", forum_views.thread, name="forum_thread"),
    path("forum/threads/<forum_thread:thread_id>/lock", moderation_views.lock, name="forum_lock"),
    path("forum/posts/<forum_post:post_id>", forum_views.post, name="forum_post"),
    path("forum/posts/<forum_post:post_id>/edit", forum_views.edit, name="forum_edit"),
    path("forum/posts/<forum_post:post_id>/report", moderation_views.report, name="forum_report"),
    path("forum/posts/<forum_post:post_id>/hide", moderation_views.hide, name="forum_hide"),
    path("forum/posts/<forum_post:post_id>/restore", moderation_views.restore, name="forum_restore"),
    path("forum/posts/<forum_post:post_id>/leave", moderation_views.leave, name="forum_leave"),
]
