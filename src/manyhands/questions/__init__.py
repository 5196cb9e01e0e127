"""MTurk's question formats: what a requester sends, what a worker is shown, what comes back, what it scores.

Text in, frozen dataclasses out, and back. No database, no models: HITs, qualification tests and the
content origin all read and write questions through here.
"""
