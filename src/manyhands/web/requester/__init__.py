"""The requester's site: projects, batches, review, answers, money. Views hold no rules."""
