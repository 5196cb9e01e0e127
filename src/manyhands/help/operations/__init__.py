"""State changes of help: tickets, the forum, links."""
