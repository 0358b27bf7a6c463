"""How the core meets the world: the event store, the key vault, the log; later the agencies' own adapters."""
