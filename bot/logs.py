"""Logs: one line an event; tokens and secrets never stand in them."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from bot.settings import Settings

_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}")


def set_up(settings: Settings, *, quiet: bool = False) -> None:
    """Send everything to standard error: JSON in production, readable lines elsewhere; `quiet` keeps to warnings."""
    level = logging.WARNING if quiet else logging.INFO
    secrets = [s for s in (settings.secret, settings.telegram_webhook_secret.get_secret_value()) if s]
    shape: Any = (
        structlog.processors.JSONRenderer() if settings.env == "production" else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            Hiding(secrets),
            shape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Handed()], force=True)


class Hiding:
    """Takes secrets and anything that looks like a bot token out of every event."""

    def __init__(self, secrets: list[str]) -> None:
        self._secrets = secrets

    def __call__(self, _logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """The event without secrets."""
        return {key: self._clean(value) if isinstance(value, str) else value for key, value in event.items()}

    def _clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _TOKEN.sub("***", text)


class _Handed(logging.Handler):
    """Hands what libraries log to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger(record.name).log(record.levelno, record.getMessage(), exc_info=record.exc_info or False)
