"""The real servers on anyone's machine: Apache Kafka and PostgreSQL from packages, each with a guard that ends it.

For trying, for tests and for `samrad cluster`. In production somebody else runs these servers.
"""
