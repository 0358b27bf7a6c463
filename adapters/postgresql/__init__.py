"""The event store on PostgreSQL, for a hub whose parts are processes of their own."""
