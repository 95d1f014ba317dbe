"""`pickup panel`: what cannot be meant is said before a window opens."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bridge.errors import UsageError
from nle_panels.commands import panel_app


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "kdenlive"], "which project"),
        (["cut.otio", "--host", "resolve"], "beside resolve the panel takes what is open there"),
        (["cut.otio", "--host", "premiere"], "beside premiere the panel takes what is open there"),
    ],
)
def test_hosts_and_files_that_do_not_go_together_are_refused(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(panel_app, arguments)
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)
