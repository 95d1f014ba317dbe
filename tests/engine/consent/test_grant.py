"""Which records allow a render, among those that are there."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from engine.consent.grant import granted
from engine.consent.record import Consent, Record, Revocation, Scope
from engine.errors import ConsentMissing
from engine.protocol import Add, EditPlan, Footage, Keep, Ratio, Render, Speech

TODAY = datetime.date(2026, 11, 26)
FILM, OTHER_FILM = "a" * 64, "b" * 64
JOB = Render(
    footage=Footage(media="/media/clip.mov", fingerprint=FILM, offset=Ratio(num=0), first=0, last=99),
    plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=30), Add(frames=12, speech=0))),
    bridge=4,
    speech=(Speech(path="/line.wav", fingerprint="l", start=0, end=50),),
)


def consent(person: str, *media: str, **given: Any) -> Consent:
    record = Record(
        person=person,
        likeness=person,
        given_by=person,
        scope=Scope(uses=("insert",), media=media),
        begins=datetime.date(2026, 1, 1),
    )
    return Consent(record=replace(record, **given))


def revoked(one: Consent) -> Consent:
    at = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
    return replace(one, revoked=Revocation(record=one.id, why="asked to", at=at))


ANNA, BEN = consent("Anna", FILM), consent("Ben", FILM)
ANNA_ANYWHERE, BEN_ANYWHERE = consent("Anna"), consent("Ben")


def test_the_record_of_the_media_allows_it_where_nobody_is_named() -> None:
    assert granted(JOB, [consent("Ben", OTHER_FILM), ANNA], TODAY) == (ANNA,)


def test_without_any_record_it_is_refused_with_what_to_do() -> None:
    with pytest.raises(ConsentMissing, match=r"whoever speaks in clip\.mov.*`pickup consent add`"):
        granted(JOB, [], TODAY)


def test_each_speaker_needs_a_record_of_his_own() -> None:
    both = replace(JOB, speakers=("ben", "ANNA"))
    assert granted(both, [ANNA, BEN], TODAY) == (BEN, ANNA)
    with pytest.raises(ConsentMissing, match="'ben'"):
        granted(both, [ANNA], TODAY)


def test_two_names_of_one_person_are_one_record() -> None:
    one = consent("SPEAKER 1", likeness="Anna")
    assert granted(replace(JOB, speakers=("Anna", "Speaker 1")), [one], TODAY) == (one,)


def test_where_records_of_the_media_name_two_people_it_is_asked_who_speaks() -> None:
    with pytest.raises(ConsentMissing, match=r"name 2 people there \(Anna, Ben\): .*--speaker Anna"):
        granted(JOB, [ANNA, BEN], TODAY)


def test_a_person_whose_consent_has_ended_is_still_one_who_may_be_speaking() -> None:
    with pytest.raises(ConsentMissing, match="say who speaks"):
        granted(JOB, [ANNA, revoked(BEN)], TODAY)


def test_a_record_for_any_media_allows_nothing_where_nobody_is_named() -> None:
    """It may be the only one on record, and somebody else be seen."""
    with pytest.raises(ConsentMissing) as caught:
        granted(JOB, [ANNA_ANYWHERE], TODAY)
    assert str(caught.value).startswith(
        "nobody is named as who speaks in clip.mov, and no record of consent that is bound to it allows this;"
        " those for any media are of Anna: say who speaks, as in --speaker Anna ("
    )


def test_a_record_for_any_media_allows_what_is_said_by_whom_it_names() -> None:
    assert granted(replace(JOB, speakers=("anna",)), [ANNA_ANYWHERE], TODAY) == (ANNA_ANYWHERE,)
    with pytest.raises(ConsentMissing, match="new words by 'Ben' in"):
        granted(replace(JOB, speakers=("Ben",)), [ANNA_ANYWHERE], TODAY)


def test_a_record_for_any_media_that_is_named_itself_names_nobody_who_speaks() -> None:
    with pytest.raises(ConsentMissing, match="--speaker Anna"):
        granted(replace(JOB, consent=(ANNA_ANYWHERE.id,)), [ANNA_ANYWHERE, BEN], TODAY)


def test_who_is_not_named_among_others_needs_a_record_of_the_media() -> None:
    among = replace(JOB, speakers=("Anna", ""))
    assert granted(among, [ANNA], TODAY) == (ANNA,)
    assert granted(among, [ANNA_ANYWHERE, BEN], TODAY) == (ANNA_ANYWHERE, BEN)
    with pytest.raises(ConsentMissing, match="nobody is named as who speaks"):
        granted(among, [ANNA_ANYWHERE], TODAY)
    with pytest.raises(ConsentMissing, match=r"name 2 people there \(Anna, Ben\)"):
        granted(among, [ANNA, BEN], TODAY)


def test_what_was_found_for_some_who_are_named_and_one_who_is_not_still_holds() -> None:
    """As the engine asks once more when the job is begun."""
    kept = replace(JOB, speakers=("Anna", ""), consent=(ANNA_ANYWHERE.id, BEN.id))
    assert granted(kept, [ANNA_ANYWHERE, BEN], TODAY) == (ANNA_ANYWHERE, BEN)
    with pytest.raises(ConsentMissing, match="revoked"):
        granted(kept, [ANNA_ANYWHERE, revoked(BEN)], TODAY)


def test_of_many_who_may_be_named_a_few_are_told() -> None:
    many = [consent(f"Person {number}") for number in range(9)]
    with pytest.raises(ConsentMissing, match=r"of Person 0, Person 1, Person 2 and others: .*'Person 0'"):
        granted(JOB, many, TODAY)


def test_nobody_is_asked_for_a_name_that_would_not_do() -> None:
    french = consent("Anna", scope=Scope(uses=("insert",), languages=("fr",)))
    with pytest.raises(ConsentMissing, match=r"whoever speaks in clip\.mov: add what was signed"):
        granted(JOB, [revoked(ANNA_ANYWHERE), french], TODAY)


def test_the_record_of_the_media_counts_and_those_for_any_media_ask_nothing() -> None:
    assert granted(JOB, [ANNA_ANYWHERE, ANNA, BEN_ANYWHERE], TODAY) == (ANNA,)


def test_several_records_of_one_person_are_no_question_and_the_first_of_them_counts() -> None:
    older = consent("anna", FILM, begins=datetime.date(2025, 1, 1))
    assert granted(JOB, [ANNA, older], TODAY) == (older,)
    assert granted(JOB, [older, ANNA], TODAY) == (older,)


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (revoked(ANNA), "revoked on 2026-11-01"),
        (consent("Anna", FILM, expires=datetime.date(2026, 11, 25)), "expired on 2026-11-25"),
        (consent("Anna", FILM, begins=datetime.date(2026, 12, 1)), "begins on 2026-12-01"),
        (consent("Anna", scope=Scope(uses=("dub",))), "for another use: dub, not insert"),
        (consent("Anna", OTHER_FILM), "for other media"),
        (consent("Anna", scope=Scope(uses=("insert",), languages=("fr",))), "another language: fr"),
        (consent("Anna", scope=Scope(uses=("insert",), projects=("X",))), "another project: X"),
    ],
)
def test_a_record_of_the_speaker_that_does_not_fit_says_why(one: Consent, reason: str) -> None:
    with pytest.raises(ConsentMissing, match=f"{one.id} is .*{reason}"):
        granted(replace(JOB, speakers=("Anna",)), [one, BEN], TODAY)


def test_the_records_that_are_named_are_those_that_count() -> None:
    assert granted(replace(JOB, consent=(BEN.id,)), [ANNA, BEN], TODAY) == (BEN,)


def test_of_several_that_are_named_each_must_hold() -> None:
    named = replace(JOB, consent=(BEN.id, ANNA.id))
    with pytest.raises(ConsentMissing, match="revoked"):
        granted(named, [revoked(ANNA), BEN], TODAY)


def test_a_record_that_is_named_and_is_not_there_is_refused() -> None:
    with pytest.raises(ConsentMissing, match="'c-0123456789abcdef'"):
        granted(replace(JOB, consent=("c-0123456789abcdef",)), [ANNA], TODAY)


def test_a_record_that_is_named_must_be_of_who_speaks() -> None:
    with pytest.raises(ConsentMissing, match="'Anna'"):
        granted(replace(JOB, speakers=("Anna",), consent=(BEN.id,)), [ANNA, BEN], TODAY)


def test_whatever_names_a_client_makes_up_the_refusal_is_one_line() -> None:
    with pytest.raises(ConsentMissing) as caught:
        granted(replace(JOB, speakers=("A\nB" * 100,)), [], TODAY)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
