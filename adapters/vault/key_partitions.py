"""The drawers of a vault: what is wrapped together, so that a process can be given one key and not the others.

A projection opens the record of every act, and of every look, and never what need-to-know guards. Keys that seal
those lie in a drawer of their own, under a subkey of the master key; a file that holds that subkey opens that drawer
and nothing else, and neither the master key nor the subkey of another drawer follows from it.
"""

from enum import IntEnum
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.vocabulary import Compartment

KEY_SIZE: Final = 32


class Drawer(IntEnum):
    """Where a wrapped secret lies. Numbers are stored; the words are what subkeys are derived by and never change."""

    WHOLE = 0
    """Under the master key itself: the embedded vault has no drawers, since one process opens all of it."""
    PROJECTED = 1
    SEALED = 2
    HUB = 3
    """The hub's own secret, from which aliases, request tags and the vault's index come."""


PROJECTED: Final = frozenset({Compartment.RECORD, Compartment.COORDINATION, Compartment.ACCESS})
"""What views are folded from. All else is opened by the serving process alone, when need-to-know has said so."""


def drawer_of(compartment: Compartment) -> Drawer:
    """Where the keys of a compartment lie, in a vault that has drawers."""
    return Drawer.PROJECTED if compartment in PROJECTED else Drawer.SEALED


def subkey(master: bytes, drawer: Drawer) -> bytes:
    """The key of one drawer under one epoch of the master key."""
    if drawer is Drawer.WHOLE:
        return master
    return HKDF(SHA256(), KEY_SIZE, salt=None, info=b"samrad/drawer/" + drawer.name.lower().encode()).derive(master)
