"""The one way in: a command is completed, decided on what its sender may see, appended, and answered with a receipt.

It may touch the logs and `access`; it knows no transport and shows nothing.
"""
