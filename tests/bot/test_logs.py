"""One record a line (and its traceback below it), and never a token in it."""

import json
import logging
from collections.abc import Iterator

import pytest

from bot.ops import logs


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_tokens_never_reach_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """discord.py logs webhook addresses whole."""
    logs.configure("info", "json")
    token = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4"
    logging.getLogger("anything").info(
        "POST https://discord.com/api/v10/webhooks/123/%s/messages/@original", token
    )
    logging.getLogger("anything").warning("/interactions/55/%s/callback", token)
    written = capsys.readouterr().err
    assert token not in written
    assert "/webhooks/123/" in written


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_prompt_cannot_forge_a_record(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Line breaks and terminal escapes show as text."""
    logs.configure("info", "json" if style == "json" else "console")
    logging.getLogger("anything").info("prompt: %s", "a\r\nb\x1b[31m\u2028c")
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 1
    assert "\x1b[31m" not in written


@pytest.mark.parametrize("style", ["console", "json"])
def test_the_message_of_an_exception_cannot_drive_the_terminal(
    style: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A traceback keeps its lines; what an exception says may hold line breaks, but nothing worse."""
    logs.configure("info", "json" if style == "json" else "console")
    error = ValueError("a\nb\r\x1b[2J\x9b1m\u2028c\x00d")
    logging.getLogger("anything").error("it broke", exc_info=error)
    written = capsys.readouterr().err
    assert not set(written) & set("\r\x1b\x9b\u2028\x00")
    if style == "console":
        assert "\nValueError: a\nb\\r\\x1b[2J\\x9b1m\\u2028c\\x00d\n" in written
    else:
        assert len(written.splitlines()) == 1
        assert json.loads(written)["exception"].endswith("a\nb\r\x1b[2J\x9b1m\u2028c\x00d")


def test_json_records_carry_the_job(capsys: pytest.CaptureFixture[str]) -> None:
    """Machines can follow one job through the log."""
    logs.configure("info", "json")
    logging.getLogger("anything").info("started", extra={"job": "abc"})
    record = json.loads(capsys.readouterr().err)
    assert (record["event"], record["level"], record["job"]) == ("started", "info", "abc")
