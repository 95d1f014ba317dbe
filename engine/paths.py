"""Where the engine keeps its state, its cache and its keys."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "PICKUP_HOME"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePaths:
    """The engine's three folders, and the files in them. One engine runs for each state folder.

    `state`: jobs, logs, the connection file. `cache`: takes, spoken lines, measures of media; it may be
    deleted while no engine runs. `keys`: the CURVE keys.
    """

    state: Path
    cache: Path
    keys: Path

    @property
    def connection(self) -> Path:
        return self.state / "connection.json"

    @property
    def lock(self) -> Path:
        return self.state / "engine.lock"

    @property
    def starting(self) -> Path:
        return self.state / "starting.lock"

    @property
    def jobs(self) -> Path:
        return self.state / "jobs.sqlite"

    @property
    def log(self) -> Path:
        return self.state / "engine.log"

    @property
    def job_logs(self) -> Path:
        return self.state / "job_logs"

    def job_log(self, job_id: str) -> Path:
        return self.job_logs / f"{job_id}.log"

    @property
    def takes(self) -> Path:
        return self.cache / "takes"

    @property
    def unfinished(self) -> Path:
        return self.cache / "unfinished"

    @property
    def server_key(self) -> Path:
        return self.keys / "engine.json"

    @property
    def client_key(self) -> Path:
        return self.keys / "client.json"

    @property
    def clients(self) -> Path:
        return self.keys / "clients"

    @property
    def consents(self) -> Path:
        """The user's data beside the keys: records of consent, and the ledger of their uses."""
        return self.keys.with_name("consents")

    @property
    def consent_ledger(self) -> Path:
        return self.consents / "ledger.jsonl"

    @classmethod
    def under(cls, home: Path) -> EnginePaths:
        """All three folders in one."""
        home = home.absolute()
        return cls(state=home / "state", cache=home / "cache", keys=home / "keys")

    @classmethod
    def default(cls, environment: Mapping[str, str] = os.environ) -> EnginePaths:
        """Under `PICKUP_HOME` where that is set, else where the platform keeps such things."""
        if home := environment.get(HOME_VARIABLE):
            return cls.under(Path(home))
        import platformdirs  # noqa: PLC0415  (30 ms that most starts need not pay)

        folders = platformdirs.PlatformDirs("pickup", appauthor=False)
        return cls(
            state=folders.user_state_path,
            cache=folders.user_cache_path,
            keys=folders.user_data_path / "keys",
        )

    def as_arguments(self) -> tuple[str, ...]:
        """For `python -m engine.daemon`."""
        return ("--state", str(self.state), "--cache", str(self.cache), "--keys", str(self.keys))


def models_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where this user's models live: under `PICKUP_HOME` where that is set, else among the user's data."""
    if home := environment.get(HOME_VARIABLE):
        return Path(home).absolute() / "models"
    import platformdirs  # noqa: PLC0415  (as above)

    return Path(platformdirs.user_data_path("pickup", appauthor=False)) / "models"
