"""/interactions and /webhooks: answers to interactions, which carry their token in the path."""

from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint
from bot.playground.interaction import Interaction
from bot.playground.stored import StoredMessage

_TRUE = frozenset({"1", "true", "True"})


async def responded(backend: Backend, call: Call) -> object:
    token = call.words.get("interaction_token", "")
    outcome = backend.callbacks.respond(call.ids.get("interaction_id", 0), token, call.form, call.uploads)
    return outcome if call.query.get("with_response") in _TRUE else None


async def original(backend: Backend, call: Call) -> object:
    return backend.messages.payload(backend.callbacks.original(_interaction(backend, call)))


async def original_edited(backend: Backend, call: Call) -> object:
    interaction = _interaction(backend, call)
    return _edited(backend, call, interaction, backend.callbacks.original(interaction))


async def original_deleted(backend: Backend, call: Call) -> object:
    message = backend.callbacks.original(_interaction(backend, call))
    backend.messages.delete(message, backend.world.application.bot)
    return None


async def followed_up(backend: Backend, call: Call) -> object:
    interaction = _interaction(backend, call)
    return backend.messages.payload(backend.callbacks.follow_up(interaction, call.form, call.uploads))


async def one(backend: Backend, call: Call) -> object:
    return backend.messages.payload(_message(backend, call, _interaction(backend, call)))


async def one_edited(backend: Backend, call: Call) -> object:
    interaction = _interaction(backend, call)
    return _edited(backend, call, interaction, _message(backend, call, interaction))


async def one_deleted(backend: Backend, call: Call) -> object:
    message = _message(backend, call, _interaction(backend, call))
    backend.messages.delete(message, backend.world.application.bot)
    return None


def _interaction(backend: Backend, call: Call) -> Interaction:
    return backend.interactions.followed_up(
        call.ids.get("webhook_id", 0), call.words.get("webhook_token", "")
    )


def _message(backend: Backend, call: Call, interaction: Interaction) -> StoredMessage:
    return backend.callbacks.owned(interaction, call.ids.get("message_id", 0))


def _edited(backend: Backend, call: Call, interaction: Interaction, message: StoredMessage) -> object:
    backend.callbacks.edit(interaction, message, call.form, call.uploads)
    return backend.messages.payload(message)


_HOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = _HOOK + "/messages/@original"
_ONE = _HOOK + "/messages/{message_id}"
_CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
ENDPOINTS = [
    Endpoint(method="POST", template=_CALLBACK, run=responded, with_token=False),
    Endpoint(method="POST", template=_HOOK, run=followed_up, with_token=False),
    Endpoint(method="GET", template=_ORIGINAL, run=original, with_token=False),
    Endpoint(method="PATCH", template=_ORIGINAL, run=original_edited, with_token=False),
    Endpoint(method="DELETE", template=_ORIGINAL, run=original_deleted, with_token=False),
    Endpoint(method="GET", template=_ONE, run=one, with_token=False),
    Endpoint(method="PATCH", template=_ONE, run=one_edited, with_token=False),
    Endpoint(method="DELETE", template=_ONE, run=one_deleted, with_token=False),
]
