"""The hub's own words in Swedish: data alone, found by their English, in the terms of `docs/glossary.md`.

It may touch nothing that runs.
"""
