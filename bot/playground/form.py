"""Collects everything wrong with a form and words it as Discord does, each error under its field."""

from typing import Any

from bot.playground.api_error import invalid_form
from bot.playground.stored import Json

Path = tuple[str | int, ...]


class Form:
    """The errors found so far in one request's body."""

    def __init__(self) -> None:
        self._errors: dict[str, Any] = {}

    def error(self, path: Path, code: str, message: str) -> None:
        """Note an error at `path`; () is the form itself."""
        node = self._errors
        for key in path:
            node = node.setdefault(str(key), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def text(
        self, path: Path, value: object, *, shortest: int = 0, longest: int, needed: bool = False
    ) -> None:
        """Require a string of so many characters; None passes unless `needed`."""
        if value is None:
            if needed:
                self.error(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            self.error(path, "STRING_TYPE_CONVERT", f"Could not interpret {value!r} as string.")
        elif not shortest <= len(value) <= longest:
            self.length(path, shortest, longest)

    def items(self, path: Path, value: object, *, fewest: int = 0, most: int) -> list[Any]:
        """Require a list of so many entries; the list, or nothing where it is none."""
        if value is None:
            if fewest:
                self.error(path, "BASE_TYPE_REQUIRED", "This field is required")
            return []
        if not isinstance(value, list):
            self.error(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not fewest <= len(value) <= most:
            self.length(path, fewest, most)
        return value

    def entries(self, path: Path, value: object, *, fewest: int = 0, most: int) -> list[Json]:
        """Require a list of so many objects; those that are."""
        listed = self.items(path, value, fewest=fewest, most=most)
        for index, entry in enumerate(listed):
            if not isinstance(entry, dict):
                message = "Only dictionaries may be used in a ModelType"
                self.error((*path, index), "MODEL_TYPE_CONVERT", message)
        return [entry for entry in listed if isinstance(entry, dict)]

    def length(self, path: Path, shortest: int, longest: int) -> None:
        if shortest:
            message = f"Must be between {shortest} and {longest} in length."
            self.error(path, "BASE_TYPE_BAD_LENGTH", message)
        else:
            self.error(path, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")

    def choice(self, path: Path, value: object) -> None:
        self.error(path, "BASE_TYPE_CHOICES", f"Value {value!r} is not one of the allowed choices.")

    def check(self) -> None:
        """Refuse the request if anything was found.

        Raises:
            ApiError: 400, code 50035, with every error.
        """
        if self._errors:
            raise invalid_form(self._errors)
