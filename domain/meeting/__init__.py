"""Joint meetings: agencies meet about someone, or about their cooperation, divide the work and answer for it (D4)."""
