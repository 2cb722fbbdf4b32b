"""What can go wrong in `inference`, as values that carry data.

    InferenceError
    ├── InvalidRequest      a field holds what no model could do (also a ValueError)
    ├── ModelUnavailable    the model cannot be loaded: missing, damaged, not safetensors
    ├── NumbersLost         a picture's latents hold numbers that are none
    └── EngineClosed        the engine takes no more requests

Words for people are found at the rim (`bot.render`, `bot.cli`); `str()` of each is one clear line.
"""


class InferenceError(Exception):
    """The root of everything this package raises on purpose."""


class InvalidRequest(InferenceError, ValueError):  # noqa: N818 — a refusal, named for what it says
    """A request that cannot be built.

    Attributes:
        field: the name of the field, as in `ImageRequest`.
        value: what it held.
        expected: what it may hold, as a phrase that follows "must be": "a multiple of 8".
    """

    def __init__(self, field: str, value: object, expected: str) -> None:
        super().__init__(field, value, expected)
        self.field = field
        self.value = value
        self.expected = expected

    def __str__(self) -> str:
        shown = repr(self.value)
        if len(shown) > 60:
            shown = f"{shown[:57]}…"
        return f"{self.field.replace('_', ' ')} must be {self.expected}, not {shown}"


class ModelUnavailable(InferenceError):  # noqa: N818
    """A model that cannot be loaded.

    Attributes:
        model: its name in the catalogue.
        detail: what is wrong, in one line.
    """

    def __init__(self, model: str, detail: str) -> None:
        super().__init__(model, detail)
        self.model = model
        self.detail = detail

    def __str__(self) -> str:
        return f"the model {self.model!r} cannot be loaded: {self.detail}"


class NumbersLost(InferenceError):  # noqa: N818
    """A picture's latents grew beyond what their precision holds: no picture can come of them."""

    def __str__(self) -> str:
        return "the numbers behind a picture overflowed: NaN or infinity in its latents"


class EngineClosed(InferenceError):  # noqa: N818
    """The engine is closed or draining and takes no more requests."""

    def __str__(self) -> str:
        return "the engine takes no more requests"
