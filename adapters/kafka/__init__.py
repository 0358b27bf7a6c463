"""Kafka as the log that is kept and carried: the one package that meets kafka-python.

It may touch `store`, and `vault` for the keys of carriage; it opens no record but where it gives out a log.
"""
