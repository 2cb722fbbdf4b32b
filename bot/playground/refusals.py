"""What a person is told when something cannot be done."""


class Refusal(Exception):  # noqa: N818  # an ordinary answer, not a fault
    """Discord, or its app, would not let this person do that; the text is what they would read.

    Attributes:
        field: the option or input at fault, where there is one.
    """

    def __init__(self, words: str, *, field: str | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.field = field
