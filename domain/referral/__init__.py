"""Referrals: someone is referred to a unit that is to help, and is followed until they have met (D2)."""
