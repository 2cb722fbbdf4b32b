"""/users, /gateway and /oauth2: who the bot is and where it connects."""

from bot.playground import api_error, payloads
from bot.playground.backend import Backend
from bot.playground.call import Call, Endpoint


async def me(backend: Backend, _: Call) -> object:
    return payloads.own_user(backend.world.application.bot)


async def user(backend: Backend, call: Call) -> object:
    found = backend.world.users.get(call.ids.get("user_id", 0))
    if found is None:
        raise api_error.unknown_user()
    return payloads.user(found)


async def open_direct_message(backend: Backend, call: Call) -> object:
    recipient = str(call.form.get("recipient_id"))
    found = backend.world.users.get(int(recipient)) if recipient.isdecimal() else None
    if found is None:
        raise api_error.unknown_user()
    return payloads.channel(backend.world.direct_message(found))


async def gateway(backend: Backend, _: Call) -> object:
    return {"url": _gateway_url(backend)}


async def gateway_for_bots(backend: Backend, _: Call) -> object:
    return {
        "url": _gateway_url(backend),
        "shards": 1,
        "session_start_limit": {
            "total": 1000,
            "remaining": 1000,
            "reset_after": 86_400_000,
            "max_concurrency": 1,
        },
    }


async def application(backend: Backend, _: Call) -> object:
    return payloads.application(backend.world.application, backend.world)


def _gateway_url(backend: Backend) -> str:
    return backend.attachments.base_url.replace("http", "ws", 1) + "/gateway"


ENDPOINTS = [
    Endpoint(method="GET", template="/users/@me", run=me),
    Endpoint(method="POST", template="/users/@me/channels", run=open_direct_message),
    Endpoint(method="GET", template="/users/{user_id}", run=user),
    Endpoint(method="GET", template="/gateway", run=gateway, with_token=False),
    Endpoint(method="GET", template="/gateway/bot", run=gateway_for_bots),
    Endpoint(method="GET", template="/oauth2/applications/@me", run=application),
    Endpoint(method="GET", template="/applications/@me", run=application),
]
