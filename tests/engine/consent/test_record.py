"""What a record of consent allows, and by what name it goes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from engine.consent.record import Consent, Paper, Record, Revocation, Scope, Use, refusal, same_person

TODAY = datetime.date(2026, 11, 26)
FILM, OTHER_FILM = "a" * 64, "b" * 64
ANNA = Record(
    person="Anna Lee",
    likeness="Anna Lee",
    given_by="Anna Lee",
    scope=Scope(uses=("dub", "insert")),
    begins=datetime.date(2026, 1, 1),
)
LINE = Use(kind="insert", media=FILM, person="Anna Lee", language="de", project="Night Train")


def told(record: Record, use: Use = LINE, today: datetime.date = TODAY) -> str | None:
    return refusal(Consent(record=record), use, today)


def scoped(**scope: Any) -> Record:
    return replace(ANNA, scope=replace(ANNA.scope, **scope))


def test_what_is_in_its_scope_is_allowed() -> None:
    record = scoped(languages=("de",), media=(FILM,), projects=("Night Train",))
    assert told(record) is None


def test_where_the_scope_names_nothing_anything_is_allowed() -> None:
    assert told(ANNA, replace(LINE, media=OTHER_FILM, language="", project="")) is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (replace(ANNA, begins=datetime.date(2026, 11, 27)), "not yet: it begins on 2026-11-27"),
        (replace(ANNA, expires=datetime.date(2026, 11, 25)), "expired on 2026-11-25"),
        (replace(ANNA, person="Ben", likeness="Ben"), "of another person: Ben"),
        (scoped(uses=("dub",)), "for another use: dub, not insert"),
        (scoped(media=(OTHER_FILM,)), "for other media"),
        (scoped(languages=("en", "fr")), "for another language: en, fr, not de"),
        (scoped(projects=("Day Train",)), "for another project: Day Train, not Night Train"),
    ],
)
def test_what_is_outside_is_refused_by_name(record: Record, reason: str) -> None:
    assert told(record) == reason


def test_one_that_was_revoked_allows_nothing() -> None:
    revoked = Revocation(
        record=ANNA.id, why="asked to", at=datetime.datetime(2026, 3, 4, tzinfo=datetime.UTC)
    )
    assert refusal(Consent(record=ANNA, revoked=revoked), LINE, TODAY) == "revoked on 2026-03-04"


def test_its_first_and_its_last_day_are_a_part_of_it() -> None:
    record = replace(ANNA, begins=TODAY, expires=TODAY)
    assert told(record) is None


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (replace(LINE, language=""), "for another language: de, not one that is not named"),
        (replace(LINE, project=""), "for another project: Night Train, not one that is not named"),
    ],
)
def test_what_is_not_known_of_a_use_is_not_within_bounds(use: Use, reason: str) -> None:
    assert told(scoped(languages=("de",), projects=("Night Train",)), use) == reason


def test_a_person_who_is_not_named_may_be_whom_the_record_binds_to_the_media() -> None:
    assert told(scoped(media=(FILM,)), replace(LINE, person="")) is None


def test_a_person_who_is_not_named_is_nobody_whom_a_record_for_any_media_is_of() -> None:
    reason = "for any media, where Anna Lee is named as who speaks"
    assert told(ANNA, replace(LINE, person="")) == reason


@pytest.mark.parametrize("spelt", ["anna lee", " Anna  Lee ", "ANNA\tLEE"])
def test_a_name_is_known_however_it_is_spelt(spelt: str) -> None:
    assert told(ANNA, replace(LINE, person=spelt)) is None


def test_accents_in_one_piece_and_in_two_are_one_name() -> None:
    assert same_person("Zoë", "Zoe\u0308")
    assert not same_person("Zoë", "Zoe")


def test_a_role_is_known_by_the_name_of_who_plays_it_too() -> None:
    record = replace(ANNA, person="The Presenter")
    assert told(record, replace(LINE, person="the presenter")) is None
    assert told(record, replace(LINE, person="Anna Lee")) is None


@pytest.mark.parametrize(("language", "allowed"), [("de-AT", True), ("DE", True), ("den", False)])
def test_a_language_has_its_countries_in_it(language: str, allowed: bool) -> None:
    assert (told(scoped(languages=("de",)), replace(LINE, language=language)) is None) == allowed


def test_a_country_is_not_all_of_its_language() -> None:
    assert told(scoped(languages=("de-AT",))) == "for another language: de-AT, not de"


def test_its_name_is_made_of_all_that_it_says() -> None:
    changed = [
        replace(ANNA, person="Anna Leo"),
        replace(ANNA, expires=TODAY),
        replace(ANNA, document=Paper(name="signed.pdf", sha256=FILM)),
        scoped(media=(FILM,)),
    ]
    assert len({record.id for record in (ANNA, *changed)}) == 5
    assert ANNA.id == "c-728fa16335d55cca"


@pytest.mark.parametrize(
    ("of", "values", "complaint"),
    [
        (ANNA, {"person": " "}, "will not do as a person"),
        (ANNA, {"given_by": "Anna\nLee"}, "will not do as a giver"),
        (ANNA, {"likeness": "x" * 201}, "will not do as a likeness"),
        (ANNA, {"expires": datetime.date(2025, 12, 31)}, "before it begins"),
        (ANNA.scope, {"uses": ()}, "a consent is for a use"),
        (ANNA.scope, {"languages": ("german!",)}, "'german!' is no language"),
        (ANNA.scope, {"media": ("film.mov",)}, "'film.mov' is no fingerprint"),
    ],
)
def test_one_that_makes_no_sense_is_not_made(of: Any, values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(of, **values)
