"""The hub on servers: PostgreSQL decides, Kafka keeps and carries, each part is a process of its own.

It may touch all of `runtime`; an embedded hub never imports it.
"""
