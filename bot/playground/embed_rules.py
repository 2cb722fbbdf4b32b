"""What Discord refuses in embeds."""

from collections.abc import Iterator
from typing import Final

from bot.playground.form import Form
from bot.playground.stored import Json

MOST_EMBEDS: Final = 10
MOST_CHARACTERS: Final = 6_000
_LONGEST: Final = {"title": 256, "description": 4_096}


def check_embeds(form: Form, embeds: object) -> None:
    """Note every error in a message's embeds."""
    listed = form.entries(("embeds",), embeds, most=MOST_EMBEDS)
    for index, embed in enumerate(listed):
        here = ("embeds", index)
        for key, longest in _LONGEST.items():
            form.text((*here, key), embed.get(key), longest=longest)
        footer, author = _part(embed, "footer"), _part(embed, "author")
        form.text((*here, "footer", "text"), footer.get("text"), longest=2_048)
        form.text((*here, "author", "name"), author.get("name"), longest=256)
        for number, field in enumerate(form.entries((*here, "fields"), embed.get("fields"), most=25)):
            at = (*here, "fields", number)
            form.text((*at, "name"), field.get("name"), shortest=1, longest=256, needed=True)
            form.text((*at, "value"), field.get("value"), shortest=1, longest=1_024, needed=True)
    if sum(len(text) for embed in listed for text in _texts(embed)) > MOST_CHARACTERS:
        form.error(
            ("embeds",),
            "MAX_EMBED_SIZE_EXCEEDED",
            f"Embed size exceeds maximum size of {MOST_CHARACTERS}",
        )


def _part(embed: Json, key: str) -> Json:
    part = embed.get(key)
    return part if isinstance(part, dict) else {}


def _texts(embed: Json) -> Iterator[str]:
    holders = [
        (embed, "title"),
        (embed, "description"),
        (_part(embed, "footer"), "text"),
        (_part(embed, "author"), "name"),
    ]
    fields = embed.get("fields")
    for field in fields if isinstance(fields, list) else []:
        holders += [(field, "name"), (field, "value")] if isinstance(field, dict) else []
    for holder, key in holders:
        if isinstance(text := holder.get(key), str):
            yield text
