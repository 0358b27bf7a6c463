"""The production form of the hub: PostgreSQL decides, Kafka keeps and carries, each part is its own process."""
