"""The one way out: one look, lists, the board, the trail and replays, each on what the reader may see.

It may touch the logs, the views and `access`; it knows no transport and appends nothing but the record of a look.
"""
