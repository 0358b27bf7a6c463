"""Consultations: someone asks for advice, about nobody by name unless they choose to (A1)."""
