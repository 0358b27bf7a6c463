"""Cases: people exposed to violence, who takes part around each of them, and what was shared."""
