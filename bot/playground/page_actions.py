"""What a person does in the page: each action is a POST of JSON, answered with JSON.

Nothing that a page sends is believed: person, channel, message and component are looked up anew.
"""

import base64
import binascii
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.playground.api_error import ApiError
from bot.playground.backend import Backend
from bot.playground.handles import Message
from bot.playground.modals import Modal
from bot.playground.page_state import View, people
from bot.playground.people import Person
from bot.playground.refusals import Refusal
from bot.playground.stored import Json, Upload

_MODALS_KEPT: Final = 200
_LONGEST_ID: Final = 20  # digits of 2**64


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
            "press": self._press,
            "submit": self._submit,
            "say": self._say,
            "dismiss": self._dismiss,
        }

    async def serve(self, request: web.Request) -> web.Response:
        """Carry out the path's action; what cannot be done is answered with `refused`, a line for people."""
        action = self._actions.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        try:
            return web.json_response(await action(_object(await request.read())))
        except Refusal as refusal:
            return _refused(refusal.words, refusal.field)
        except ApiError as error:
            return _refused(error.message, None)

    async def _command(self, asked: Json) -> Json:
        person = self._person(asked)
        options = {name: _value(value) for name, value in _mapping(asked, "options").items()}
        return self._answer(person, await person.type_command(_text(asked, "command"), options))

    async def _autocomplete(self, asked: Json) -> Json:
        option = _text(asked, "option")
        others = {name: value for name, value in _mapping(asked, "options").items() if name != option}
        found = await self._person(asked).autocomplete(
            _text(asked, "command"), option, _text(asked, "typed"), **others
        )
        return {"choices": [{"name": choice.name, "value": choice.value} for choice in found]}

    async def _press(self, asked: Json) -> Json:
        person, message = self._message(asked)
        custom_id = _text(asked, "custom_id")
        if "values" not in asked:
            return self._answer(person, await person.press(message, custom_id=custom_id))
        values = asked["values"]
        if not isinstance(values, list):
            raise Refusal("Nothing was chosen.")
        return self._answer(person, await person.choose(message, custom_id, [str(value) for value in values]))

    async def _submit(self, asked: Json) -> Json:
        opened = self._modals.get(_text(asked, "modal"))
        if opened is None or opened.person.name != asked.get("as"):
            raise Refusal("This form is not open any more.")
        values = {name: _value(value) for name, value in _mapping(asked, "values").items()}
        await opened.person.submit(opened.modal, values)
        self._modals.pop(_text(asked, "modal"), None)
        return {}

    async def _say(self, asked: Json) -> Json:
        self._person(asked).say(_text(asked, "text"))
        return {}

    async def _dismiss(self, asked: Json) -> Json:
        person, message = self._message(asked)
        if not message.ephemeral:
            raise Refusal("Only what you alone can see can be dismissed.")
        person.delete(message)
        return {}

    def _person(self, asked: Json) -> Person:
        user = next((each for each in people(self._backend) if each.name == asked.get("as")), None)
        if user is None:
            raise Refusal("There is no such person.")
        wanted = asked.get("channel")
        for channel in View(self._backend, user).channels():
            if str(channel.id) == wanted:
                return Person(self._backend, user, channel)
        raise Refusal("You cannot see this channel (any more).")

    def _message(self, asked: Json) -> tuple[Person, Message]:
        person = self._person(asked)
        wanted = _text(asked, "message")
        if not wanted.isdecimal() or len(wanted) > _LONGEST_ID:
            raise Refusal("There is no such message.")
        return person, person.message(int(wanted))

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


def _object(body: bytes) -> Json:
    try:
        asked = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise Refusal("This page and its server do not understand each other; reload it.")
    return asked


def _text(asked: Json, key: str) -> str:
    value = asked.get(key)
    if not isinstance(value, str):
        raise Refusal(f"The page did not say which {key}.")
    return value


def _mapping(asked: Json, key: str) -> dict[str, object]:
    value = asked.get(key, {})
    if not isinstance(value, dict):
        raise Refusal(f"The page did not say which {key}.")
    return value


def _value(value: object) -> object:
    """A value as people's side takes it; files come as {filename, content_type, base64}."""
    if isinstance(value, list):
        return [_value(each) for each in value]
    if not isinstance(value, dict):
        return value
    try:
        data = base64.b64decode(str(value.get("base64", "")), validate=True)
    except binascii.Error:
        raise Refusal("This file did not arrive whole.") from None
    return Upload(
        filename=str(value.get("filename") or "unknown"),
        data=data,
        content_type=str(value.get("content_type") or "application/octet-stream"),
    )
