"""What a person does in the page: each action is a POST of JSON, answered with JSON.

Nothing that a page sends is believed: person, channel, message and component are looked up anew.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.playground import page_request
from bot.playground.api_error import ApiError
from bot.playground.backend import Backend
from bot.playground.handles import Message
from bot.playground.modals import Modal
from bot.playground.page_people import PeopleActions, names_of, person_of
from bot.playground.page_writing import WritingActions, message_of
from bot.playground.people import Person
from bot.playground.refusals import Refusal
from bot.playground.stored import Json

_MODALS_KEPT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenModal:
    person: Person
    modal: Modal


class Actions:
    """Carries out what pages ask for."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._modals: OrderedDict[str, _OpenModal] = OrderedDict()
        self._actions: dict[str, Callable[[Json], Awaitable[Json]]] = {
            "command": self._command,
            "autocomplete": self._autocomplete,
            "menu": self._menu,
            "press": self._press,
            "submit": self._submit,
            **WritingActions(backend).actions,
            **PeopleActions(backend).actions,
        }

    async def serve(self, request: web.Request) -> web.Response:
        """Carry out the path's action; what cannot be done is answered with `refused`, a line for people."""
        action = self._actions.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        try:
            return web.json_response(await action(page_request.parsed(await request.read())))
        except Refusal as refusal:
            return _refused(refusal.words, refusal.field)
        except ApiError as error:
            return _refused(error.words, None)
        except web.HTTPRequestEntityTooLarge:
            return _refused("Your files are too powerful. All of them together may have about 18 MB.", None)

    async def _command(self, asked: Json) -> Json:
        person = person_of(self._backend, asked)
        given = page_request.mapping(asked, "options")
        options = {name: page_request.value(value) for name, value in given.items()}
        return self._answer(person, await person.type_command(page_request.text(asked, "command"), options))

    async def _autocomplete(self, asked: Json) -> Json:
        option = page_request.text(asked, "option")
        given = page_request.mapping(asked, "options")
        others = {name: value for name, value in given.items() if name != option}
        found = await person_of(self._backend, asked).autocomplete(
            page_request.text(asked, "command"), option, page_request.text(asked, "typed"), **others
        )
        return {"choices": [{"name": choice.name, "value": choice.value} for choice in found]}

    async def _menu(self, asked: Json) -> Json:
        person = person_of(self._backend, asked)
        target = page_request.text(asked, "target")
        name = page_request.text(asked, "command")
        if asked.get("kind") == "message":
            _, message = message_of(self._backend, asked | {"message": target})
            return self._answer(person, await person.menu(name, message))
        users = self._backend.world.users.values()
        user = next((each for each in users if target in names_of(each)), None)
        if user is None:
            raise Refusal("There is no such person.")
        return self._answer(person, await person.menu(name, user))

    async def _press(self, asked: Json) -> Json:
        person, message = message_of(self._backend, asked)
        custom_id = page_request.text(asked, "custom_id")
        if "values" not in asked:
            return self._answer(person, await person.press(message, custom_id=custom_id))
        values = asked["values"]
        if not isinstance(values, list):
            raise Refusal("Nothing was chosen.")
        return self._answer(person, await person.choose(message, custom_id, [str(value) for value in values]))

    async def _submit(self, asked: Json) -> Json:
        opened = self._modals.get(page_request.text(asked, "modal"))
        if opened is None or opened.person.name != asked.get("as"):
            raise Refusal("This form is not open any more.")
        given = page_request.mapping(asked, "values")
        values = {name: page_request.value(value) for name, value in given.items()}
        await opened.person.submit(opened.modal, values)
        self._modals.pop(page_request.text(asked, "modal"), None)
        return {}

    def _answer(self, person: Person, answer: Message | Modal | None) -> Json:
        if not isinstance(answer, Modal):
            return {}  # the message itself reaches the page as news
        key = str(answer.interaction.id)
        self._modals[key] = _OpenModal(person=person, modal=answer)
        while len(self._modals) > _MODALS_KEPT:
            self._modals.popitem(last=False)
        return {"modal": {**(answer.interaction.modal or {}), "key": key}}


def _refused(words: str, field: str | None) -> web.Response:
    # Not an HTTP error: the page asked rightly, and a browser would note the failure in its console.
    return web.json_response({"refused": words, "field": field})
