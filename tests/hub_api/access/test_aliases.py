"""Aliases: each unit meets an identifier under a name of its own, and what does not open is like what is not there."""

import msgspec
import pytest
from msgspec import Struct

from domain.vocabulary import Ref, UnitId
from hub_api.access.aliases import LENGTH, LENGTH_WITHIN, Aliases, MatterRef, within

POLICE = UnitId("polisen.ost.utredning")
SOCIAL = UnitId("linkoping.social.barn")
CASE = Ref("0123456789abcdef0123456789abcdef")
ALIASES = Aliases(bytes(range(32)))


class Letter(Struct, frozen=True):
    about: Ref
    also: tuple[Ref, ...] = ()


def test_a_unit_meets_an_identifier_under_the_same_alias_every_time() -> None:
    assert ALIASES.out(POLICE, CASE) == Aliases(bytes(range(32))).out(POLICE, CASE)
    assert len(ALIASES.out(POLICE, CASE)) == LENGTH


def test_two_units_that_compare_their_aliases_find_nothing_in_common() -> None:
    assert ALIASES.out(POLICE, CASE) != ALIASES.out(SOCIAL, CASE)


def test_an_alias_leads_back_to_its_identifier_for_its_own_unit_alone() -> None:
    alias = ALIASES.out(POLICE, CASE)
    assert ALIASES.into(POLICE, alias) == CASE
    assert ALIASES.into(SOCIAL, alias) != CASE


def test_another_secret_opens_nothing() -> None:
    assert Aliases(bytes(32)).into(POLICE, ALIASES.out(POLICE, CASE)) != CASE


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Aliases(b"short")


@pytest.mark.parametrize("alias", ["", "x", "å" * 52, "a" * 52, "a" * 5000, "\ud800", "../../etc", CASE.hex])
def test_f_an_alias_that_does_not_open_stands_for_what_nothing_has_and_always_for_the_same(alias: str) -> None:
    decoy = ALIASES.into(POLICE, alias)
    assert decoy == ALIASES.into(POLICE, alias)
    assert decoy != CASE
    assert decoy != ALIASES.into(SOCIAL, alias)


def test_f_only_the_spelling_that_was_given_out_opens() -> None:
    alias = ALIASES.out(POLICE, CASE)
    last = "abcdefghijklmnopqrstuvwxyz234567".index(alias[-1])
    twin = alias[:-1] + "abcdefghijklmnopqrstuvwxyz234567"[last ^ 1]
    for other in (alias.upper(), twin, alias + "====", " " + alias):
        assert ALIASES.into(POLICE, other) != CASE


def test_a_body_carries_aliases_and_no_identifier() -> None:
    unit = ALIASES.of(POLICE)
    letter = Letter(about=CASE, also=(CASE,))
    written = unit.encode(letter)
    assert CASE.hex.encode() not in written
    assert unit.decode(written, Letter) == letter


def test_a_body_with_something_else_in_the_place_of_an_alias_does_not_fit() -> None:
    with pytest.raises(msgspec.ValidationError, match="about"):
        ALIASES.of(POLICE).decode(b'{"about":17}', Letter)


def test_what_has_no_form_outside_is_not_written() -> None:
    with pytest.raises(NotImplementedError):
        ALIASES.of(POLICE).encode({"it": object()})


MATTER, OTHER = Ref("1" * 32), Ref("2" * 32)


def test_a2_what_is_named_within_a_matter_has_another_alias_in_each_and_opens_without_it() -> None:
    here, there = (ALIASES.out(POLICE, within(matter, CASE)) for matter in (MATTER, OTHER))
    assert len({here, there, ALIASES.out(POLICE, CASE)}) == 3
    assert len(here) == len(there) == LENGTH_WITHIN
    assert ALIASES.out(POLICE, within(MATTER, CASE)) == here
    for alias, matter in ((here, MATTER), (there, OTHER)):
        opened = ALIASES.into(POLICE, alias)
        assert isinstance(opened, MatterRef)
        assert (opened, opened.matter) == (CASE, matter)
        assert ALIASES.into(SOCIAL, alias) != CASE


def test_f_of_what_is_named_within_a_matter_too_only_the_spelling_that_was_given_out_opens() -> None:
    alias = ALIASES.out(POLICE, within(MATTER, CASE))
    last = "abcdefghijklmnopqrstuvwxyz234567".index(alias[-1])
    twin = alias[:-1] + "abcdefghijklmnopqrstuvwxyz234567"[last ^ 1]
    for other in (alias.upper(), twin, alias + "===", alias[:LENGTH], " " + alias):
        assert ALIASES.into(POLICE, other) != CASE
