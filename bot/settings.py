"""Everything that can be set, from the environment or a file `.env`; each name is prefixed with THIDUA_."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.campaign import Asks
from scheduler.clamd import Clamd

SHORTEST_KEY = 16


class Settings(BaseSettings):
    """The settings of one process. Rates are messages a second; instants carry an offset from UTC."""

    model_config = SettingsConfigDict(env_prefix="THIDUA_", env_file=".env", extra="ignore")

    env: Literal["production", "demo", "test"] = "production"
    database_url: str = "sqlite:///var/thidua.db"
    files_dir: Path = Path("var/files")
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    public_url: str = ""
    secret_key: SecretStr = SecretStr("")

    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_proxy: str | None = None
    telegram_rate: float = 29.0

    clamd: str = ""
    """virus scanner: unix:/path/to/clamd.ctl or tcp://host:port; empty: none"""
    clamd_away: Literal["hold", "accept"] = "hold"
    """while the scanner is away: hold files until it is back, or accept them, marked as not scanned"""

    keep_years: Annotated[dict[Asks, int], NoDecode] = {}
    """years for which files of unchanged dossiers are kept, by kind: report=10,title=5,initiative=5; else for ever"""

    approve_above: int = 200
    """people: a message to more of them goes out only when a second officer agrees"""

    clock_start: datetime | None = None
    """demo and test only: business time starts here"""

    @field_validator("keep_years", mode="before")
    @classmethod
    def _by_kind(cls, given: object) -> object:
        """`report=10,title=5` as a table; whoever is told what is wrong is told how it is written."""
        if not isinstance(given, str):
            return given
        pairs = [re.fullmatch(r"\s*(title|initiative|report)\s*=\s*([1-9][0-9]?)\s*", one) for one in given.split(",")]
        if given.strip() and not all(pairs):
            raise ValueError("THIDUA_KEEP_YEARS is written like report=10,title=5,initiative=5, in years from 1 to 99")
        return {found[1]: int(found[2]) for found in pairs if found}

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.env == "production":
            if self.clock_start is not None:
                raise ValueError("THIDUA_CLOCK_START is for demo and test; in production business time is real time")
            if len(self.secret_key.get_secret_value()) < SHORTEST_KEY:
                raise ValueError(f"THIDUA_SECRET_KEY must be set to at least {SHORTEST_KEY} characters in production")
        if self.clamd:
            Clamd(self.clamd)
        if self.database_url in {"sqlite:///", "sqlite:///:memory:"}:
            raise ValueError("THIDUA_DATABASE_URL needs a file, such as sqlite:///var/thidua.db")
        if self.clock_start is not None and self.clock_start.tzinfo is None:
            raise ValueError("THIDUA_CLOCK_START needs an offset, such as 2023-04-24T08:00:00+07:00")
        return self

    @property
    def secret(self) -> str:
        """The secret key; demo and test have one of their own."""
        return self.secret_key.get_secret_value() or f"{self.env}-only-{'x' * SHORTEST_KEY}"

    @property
    def base_url(self) -> str:
        """Where people reach the installation."""
        return self.public_url.rstrip("/") or f"http://{self.http_host}:{self.http_port}"

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        return (
            Path(self.database_url.removeprefix("sqlite:///")) if self.database_url.startswith("sqlite:///") else None
        )
