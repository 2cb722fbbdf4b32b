"""Logs: one record a line, whatever it holds, and never a token in it.

The exception to the line: in console style a traceback follows its record on lines of its own, and so do the
lines of its exception's message. No other control character reaches the terminal from there either. Who must
be able to tell records apart for certain takes the JSON style, where a traceback is part of its one line.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, Literal

import structlog

_SECRETS: Final = (
    # discord.py logs webhook and interaction addresses whole at DEBUG, tokens and all.
    re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.\-~%]{20,}"),
    re.compile(r"(Bot\s+)[\w.\-]{20,}"),
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_NEWLINE: Final = re.compile(r"(?!\n)" + _CONTROL.pattern)
_OURS: Final = ("job", "interaction")
_NOISY: Final = ("discord", "aiohttp", "asyncio", "PIL")

Record = MutableMapping[str, Any]


def configure(level: Literal["debug", "info", "warning", "error"], style: Literal["console", "json"]) -> None:
    """Send every record of every library to standard error, as a console line or a JSON object.

    Args:
        level: the least that is logged; libraries are kept at "info" and above.
        style: "console" for people, "json" for machines.
    """
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(allow=_OURS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    last: structlog.types.Processor
    if style == "json":
        last = structlog.processors.JSONRenderer()
    else:
        shared.append(_one_line)
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))
    logging.getLogger("discord.client").setLevel(logging.ERROR)  # it warns that no voice library is there


def _redact(_logger: object, _method: str, record: Record) -> Record:
    for key, value in record.items():
        if isinstance(value, str):
            for secret in _SECRETS:
                value = secret.sub(r"\1…", value)
            record[key] = value
    return record


def _one_line(_logger: object, _method: str, record: Record) -> Record:
    """No prompt may forge a record: control characters show as escapes, but for a traceback's newlines."""
    for key, value in record.items():
        if isinstance(value, str):
            control = _CONTROL_BUT_NEWLINE if key == "exception" else _CONTROL
            record[key] = control.sub(lambda found: found[0].encode("unicode_escape").decode(), value)
    return record
