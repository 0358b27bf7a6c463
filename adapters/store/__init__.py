"""The log, wherever its rows lie: canonical records, sealed and chained, written in groups, proved and backed up.

It may touch `vault` and the domain; SQLite is opened here and nowhere else beside the views.
"""
