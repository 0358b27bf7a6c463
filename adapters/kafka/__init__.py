"""Kafka as the log that is kept and carried: the one package that meets kafka-python."""
