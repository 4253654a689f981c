"""见证: a small process of its own that co-signs the heads of a log, and only those that grew consistently.

It runs at the justice bureau with its own key and its own SQLite file, and knows nothing of the platform but
the log's public files: it needs no Django.
"""
