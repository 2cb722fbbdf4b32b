"""What a person writes in the page, and does with messages there."""

from collections.abc import Awaitable, Callable

from bot.playground import page_looks, page_request
from bot.playground.backend import Backend
from bot.playground.handles import Message
from bot.playground.page_people import person_of
from bot.playground.page_state import View
from bot.playground.people import Person
from bot.playground.refusals import Refusal
from bot.playground.stored import Json

MOST_HISTORY = 100


class WritingActions:
    """Actions on messages and threads."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.actions: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "say": self._say,
            "edit": self._edit,
            "delete": self._delete,
            "dismiss": self._dismiss,
            "react": self._react,
            "typing": self._typing,
            "thread": self._thread,
            "history": self._history,
        }

    async def _say(self, asked: Json) -> Json:
        person = person_of(self._backend, asked)
        files = [page_request.upload(each) for each in page_request.listed(asked, "files")]
        answered = _message(person, asked, "reply_to")
        person.say(page_request.text(asked, "text"), *files, reply_to=answered)
        return {}

    async def _edit(self, asked: Json) -> Json:
        person, message = message_of(self._backend, asked)
        person.edit(message, page_request.text(asked, "text"))
        return {}

    async def _delete(self, asked: Json) -> Json:
        person, message = message_of(self._backend, asked)
        person.delete(message)
        return {}

    async def _dismiss(self, asked: Json) -> Json:
        person, message = message_of(self._backend, asked)
        if not message.ephemeral:
            raise Refusal("Only what you alone can see can be dismissed.")
        person.delete(message)
        return {}

    async def _react(self, asked: Json) -> Json:
        person, message = message_of(self._backend, asked)
        person.react(message, page_request.text(asked, "emoji"), add=asked.get("on") is not False)
        return {}

    async def _typing(self, asked: Json) -> Json:
        person_of(self._backend, asked).type()
        return {}

    async def _thread(self, asked: Json) -> Json:
        person = person_of(self._backend, asked)
        opened = person.open_thread(
            page_request.text(asked, "name"),
            _message(person, asked, "message"),
            private=asked.get("private") is True,
        )
        return {"channel": page_looks.channel(self._backend, person.user, opened)}

    async def _history(self, asked: Json) -> Json:
        person = person_of(self._backend, asked)
        limit = asked.get("limit", MOST_HISTORY)
        if not isinstance(limit, int) or not 1 <= limit <= MOST_HISTORY:
            raise Refusal(f"Ask for 1 to {MOST_HISTORY} messages.")
        before = None if asked.get("before") is None else page_request.snowflake(asked, "before")
        messages, more = person.history(before=before, limit=limit)
        view = View(self._backend, person.user)
        return {"messages": [view.message(each.stored) for each in messages], "more": more}


def message_of(backend: Backend, asked: Json) -> tuple[Person, Message]:
    """Who acts, and on which message. Raises `Refusal` for one that is not before their eyes."""
    person = person_of(backend, asked)
    return person, person.message(page_request.snowflake(asked, "message"))


def _message(person: Person, asked: Json, key: str) -> Message | None:
    return None if asked.get(key) is None else person.message(page_request.snowflake(asked, key))
