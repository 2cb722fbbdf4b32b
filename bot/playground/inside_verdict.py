"""What Discord's description says of a request, read off how the loopback Discord answered it."""

from typing import Final

OK: Final = "ok"
AGAINST: Final = "not in Discord's description"
_FORM_CODES: Final = frozenset({50006, 50035, 50109})
"""Empty message, invalid form, unreadable JSON: the request itself has a shape that Discord does not know."""
_NOT_OFFERED: Final = "LOOPBACK_NOT_OFFERED"


def verdict(status: int, answer: object) -> str:
    """Say "ok", "not in Discord's description: …" for a bad shape, "refused: …" where the world says no.

    Args:
        status: of the answer, an HTTP status.
        answer: its JSON.
    """
    if status < 400:
        return OK
    said = answer if isinstance(answer, dict) else {}
    code, message = said.get("code", 0), str(said.get("message", status))
    place, wrong_code, words = _first(said.get("errors"), ())
    if wrong_code == _NOT_OFFERED:
        return f"refused: the loopback does not offer {place}"
    if code in _FORM_CODES or status in {405, 413} or (status == 404 and not code):
        return f"{AGAINST}: {f'{place}: {words}' if words else message}"
    return f"refused: {message}{f' ({code})' if code else ''}"


def _first(errors: object, place: tuple[str, ...]) -> tuple[str, str, str]:
    """The first thing wrong with a form: where, its code, its words; empty where nothing is."""
    if not isinstance(errors, dict):
        return "", "", ""
    for key, value in errors.items():
        if key == "_errors" and isinstance(value, list) and value:
            return ".".join(place), str(value[0].get("code", "")), str(value[0].get("message", ""))
        found = _first(value, (*place, key))
        if found[2]:
            return found
    return "", "", ""
