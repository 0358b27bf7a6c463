"""Agreements: who cooperates in which area, in which roles and within which time limits (B3)."""
