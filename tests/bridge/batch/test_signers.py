"""What a batch's report says of who signed its takes: the machines of a farm may have each their own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from take_reports import take_report

from bridge.batch.page import as_page
from bridge.batch.report import BatchReport, RowReport
from bridge.report import EditReport, TakeReport
from engine.protocol import Ratio, Signer

STUDIO = Signer(name="Signer of takes", certificate="aa" * 32)
TEST = Signer(name="TEST signer", certificate="bb" * 32, test=True)
ANOTHER = Signer(name="TEST signer", certificate="cc" * 32, test=True)


def take(signer: Signer | None) -> TakeReport:
    return take_report(Path("/takes/a_v001.mov"), Fraction(25), 10, (0, 10), signer)


def report(*signers: Signer | None) -> BatchReport:
    """One row for each take."""
    edits = (
        EditReport(
            timeline="out.otio",
            takes=(take(signer),),
            edits=(),
            duration_before=10,
            duration_after=10,
            rate=Ratio(num=25),
        )
        for signer in signers
    )
    rows = (RowReport(line=line, clip="A", state="done", edit=edit) for line, edit in enumerate(edits, 2))
    return BatchReport.of(Path("batch.csv"), tuple(rows), 1.0)


def test_of_takes_by_the_studio_alone_nothing_is_said() -> None:
    assert report(STUDIO, STUDIO).warnings == ()


def test_takes_by_a_test_certificate_are_counted() -> None:
    (warning,) = report(TEST, TEST).warnings
    assert warning.startswith("signed by a TEST certificate, which names nobody: 2 of 2 takes.")


def test_takes_by_certificates_of_several_machines_are_told_apart_though_they_have_one_name() -> None:
    assert report(TEST, ANOTHER, ANOTHER).warnings[-1] == (
        "signed by 2 different certificates: TEST signer bbbbbbbb (1), TEST signer cccccccc (2)"
    )


def test_takes_that_are_not_signed_are_counted() -> None:
    assert report(STUDIO, None).warnings == ("not signed: 1 of 2 takes (their warnings say why)",)


def test_rows_that_failed_say_nothing_of_it() -> None:
    failed = RowReport(line=2, clip="A", state="failed", error="no")
    assert BatchReport.of(Path("batch.csv"), (failed,), 1.0).warnings == ()


def test_it_is_told_on_the_terminal_and_on_the_page() -> None:
    told = report(STUDIO, None)
    assert "warning   not signed: 1 of 2 takes" in told.as_text()

    class Nobody:
        """No engine: the page does without pictures."""

        def run(self, job: object) -> None:
            raise OSError

    assert "<p class=failed>not signed: 1 of 2 takes" in as_page(told, Nobody())
