"""What stands behind the question mark of a request, read as Discord reads it."""

from datetime import datetime

from bot.playground.call import Call
from bot.playground.form import Form
from bot.playground.payloads import timestamp


def limit(call: Call, *, default: int, most: int, fewest: int = 1) -> int:
    """How many are asked for.

    Raises:
        ApiError: 50035 for too few, too many, or no number.
    """
    asked = call.query.get("limit")
    number = default if asked is None else int(asked) if asked.isdecimal() else 0
    if not fewest <= number <= most:
        form = Form()
        words = f"int value should be between {fewest} and {most}."
        form.error(("limit",), "NUMBER_TYPE_MAX", words)
        form.check()
    return number


def snowflake(call: Call, name: str) -> int | None:
    """The id named there, if any."""
    value = call.query.get(name, "")
    return int(value) if value.isdecimal() else None


def yes(call: Call, name: str) -> bool:
    return call.query.get(name, "").lower() in ("true", "1")


def moment(call: Call, name: str) -> float | None:
    """A time, in Unix seconds; None where none is named.

    Raises:
        ApiError: 50035 for what is no ISO 8601 time.
    """
    value = call.query.get(name)
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        form = Form()
        form.error(
            (name,), "DATE_TIME_TYPE_PARSE", f"Could not parse {value}. Should be like {timestamp(0)}."
        )
        form.check()
        raise
