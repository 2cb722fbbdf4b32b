"""The shapes of gateway payloads, out of the objects that Discord's description has schemas for.

The description covers REST alone. What an event adds to an object is written here, from
https://discord.com/developers/docs/events/gateway-events.
"""

from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: Mapping[str, Schema], *, required: str = "") -> Schema:
    return {"type": "object", "properties": dict(properties), "required": required.split()}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _more(base: Schema, **properties: Schema) -> Schema:
    return {"allOf": [base, _object(properties)]}


def _nullable(schema: Schema) -> Schema:
    return {"oneOf": [{"type": "null"}, schema]}


SNOWFLAKE: Final = _ref("SnowflakeType")
STRING: Final[Schema] = {"type": "string"}
INTEGER: Final[Schema] = {"type": "integer"}
BOOLEAN: Final[Schema] = {"type": "boolean"}
ANYTHING: Final[Schema] = {"type": "object", "additionalProperties": True}
TIME: Final[Schema] = {"type": "string", "format": "date-time"}
PERMISSIONS: Final[Schema] = {"type": "string", "pattern": "^[0-9]+$"}

USER: Final = _ref("UserResponse")
# What the description calls a member always holds its user; a message's and a resolved one leaves it out.
_MEMBER_KEYS: Final = (
    "avatar avatar_decoration_data banner collectibles communication_disabled_until flags joined_at nick "
    "pending premium_since roles mute deaf"
)
_MEMBER_PLACE: Final = "#/components/schemas/GuildMemberResponse/properties/"
MEMBER_WITHOUT_USER: Final = _object(
    {key: {"$ref": _MEMBER_PLACE + key} for key in _MEMBER_KEYS.split()}, required="roles joined_at flags"
)
MEMBER: Final = _more(_ref("GuildMemberResponse"), guild_id=SNOWFLAKE)
CHANNEL: Final[Schema] = {
    "oneOf": [_ref("GuildChannelResponse"), _ref("PrivateChannelResponse"), _ref("ThreadResponse")]
}
MESSAGE: Final = _more(_ref("MessageResponse"), guild_id=SNOWFLAKE, member=MEMBER_WITHOUT_USER)

GUILD: Final = _more(
    _ref("GuildResponse"),
    joined_at=TIME,
    large=BOOLEAN,
    unavailable=BOOLEAN,
    member_count=INTEGER,
    voice_states=_list(ANYTHING),
    members=_list(_ref("GuildMemberResponse")),
    channels=_list(_ref("GuildChannelResponse")),
    threads=_list(_ref("ThreadResponse")),
    presences=_list(ANYTHING),
    stage_instances=_list(ANYTHING),
    guild_scheduled_events=_list(ANYTHING),
    soundboard_sounds=_list(ANYTHING),
)
UNAVAILABLE_GUILD: Final = _object({"id": SNOWFLAKE, "unavailable": BOOLEAN}, required="id")

_OPTION: Final = _object(
    {
        "name": STRING,
        "type": INTEGER,
        "value": {"type": ["string", "integer", "number", "boolean"]},
        "focused": BOOLEAN,
        # Subcommands hold options in their turn; a subcommand group holds subcommands.
        "options": {"type": "array"},
    },
    required="name type",
)
_RESOLVED: Final = _object(
    {
        "users": {"type": "object", "additionalProperties": USER},
        "members": {
            "type": "object",
            "additionalProperties": _more(MEMBER_WITHOUT_USER, permissions=PERMISSIONS),
        },
        "roles": {"type": "object", "additionalProperties": _ref("GuildRoleResponse")},
        "channels": {"type": "object", "additionalProperties": ANYTHING},
        "messages": {"type": "object", "additionalProperties": MESSAGE},
        "attachments": {"type": "object", "additionalProperties": _ref("MessageAttachmentResponse")},
    }
)
_COMMAND_DATA: Final = _object(
    {
        "id": SNOWFLAKE,
        "name": STRING,
        "type": {"type": "integer", "enum": [1, 2, 3]},
        "resolved": _RESOLVED,
        "options": _list(_OPTION),
        "guild_id": SNOWFLAKE,
        "target_id": SNOWFLAKE,
    },
    required="id name type",
)
_PRESS_DATA: Final = _object(
    {
        "custom_id": STRING,
        "component_type": {"type": "integer", "enum": [2, 3, 5, 6, 7, 8]},
        "id": INTEGER,
        "values": _list(STRING),
        "resolved": _RESOLVED,
    },
    required="custom_id component_type",
)
_MODAL_DATA: Final = _object(
    {"custom_id": STRING, "components": _list(ANYTHING), "resolved": _RESOLVED},
    required="custom_id components",
)


def _interaction(kinds: list[int], data: Schema, *required: str, **more: Schema) -> Schema:
    return _object(
        {
            "id": SNOWFLAKE,
            "application_id": SNOWFLAKE,
            "type": {"type": "integer", "enum": kinds},
            "data": data,
            "guild": _object({"id": SNOWFLAKE, "features": _list(STRING), "locale": STRING}, required="id"),
            "guild_id": SNOWFLAKE,
            "channel": ANYTHING,
            "channel_id": SNOWFLAKE,
            "member": _more(_ref("GuildMemberResponse"), permissions=PERMISSIONS),
            "user": USER,
            "token": STRING,
            "version": {"type": "integer", "const": 1},
            "app_permissions": PERMISSIONS,
            "locale": STRING,
            "guild_locale": STRING,
            "entitlements": {"type": "array"},
            "entitlement_sku_ids": {"type": "array"},  # out of use, and still sent
            "authorizing_integration_owners": {"type": "object", "additionalProperties": STRING},
            "context": {"type": "integer", "enum": [0, 1, 2]},
            "attachment_size_limit": {"type": "integer", "minimum": 1},
            **more,
        },
        required="id application_id type data token version app_permissions locale entitlements "
        "authorizing_integration_owners attachment_size_limit channel_id " + " ".join(required),
    )


INTERACTION: Final[Schema] = {
    "oneOf": [
        _interaction([2, 4], _COMMAND_DATA),
        _interaction([3], _PRESS_DATA, "message", message=MESSAGE),
        _interaction([5], _MODAL_DATA, message=MESSAGE),
    ]
}
READY: Final = _object(
    {
        "v": {"type": "integer", "const": 10},
        "private_channels": {"type": "array"},
        "_trace": _list(STRING),
        "user": _more(USER, verified=BOOLEAN, mfa_enabled=BOOLEAN, email=_nullable(STRING), locale=STRING),
        "guilds": _list(UNAVAILABLE_GUILD),
        "session_id": STRING,
        "resume_gateway_url": {"type": "string", "format": "uri"},
        "shard": _list(INTEGER),
        "application": _object({"id": SNOWFLAKE, "flags": INTEGER}, required="id flags"),
    },
    required="v user guilds session_id resume_gateway_url application",
)
_ROLE_EVENT: Final = _object(
    {"guild_id": SNOWFLAKE, "role": _ref("GuildRoleResponse")}, required="guild_id role"
)
_REACTION: Final = _object(
    {
        "user_id": SNOWFLAKE,
        "channel_id": SNOWFLAKE,
        "message_id": SNOWFLAKE,
        "guild_id": SNOWFLAKE,
        "member": _ref("GuildMemberResponse"),
        "emoji": ANYTHING,
        "message_author_id": SNOWFLAKE,
        "burst": BOOLEAN,
        "burst_colors": _list(STRING),
        "type": INTEGER,
    },
    required="user_id channel_id message_id emoji burst type",
)
_REACTIONS_GONE: Final = _object(
    {"channel_id": SNOWFLAKE, "message_id": SNOWFLAKE, "guild_id": SNOWFLAKE, "emoji": ANYTHING},
    required="channel_id message_id",
)
_THREAD: Final = _more(_ref("ThreadResponse"), newly_created=BOOLEAN)
_GONE_THREAD: Final = _object(
    {"id": SNOWFLAKE, "guild_id": SNOWFLAKE, "parent_id": SNOWFLAKE, "type": INTEGER},
    required="id guild_id parent_id type",
)
_THREAD_MEMBERS: Final = _object(
    {
        "id": SNOWFLAKE,
        "guild_id": SNOWFLAKE,
        "member_count": {"type": "integer", "minimum": 0, "maximum": 50},
        "added_members": _list(_more(_ref("ThreadMemberResponse"), presence=_nullable(ANYTHING))),
        "removed_member_ids": _list(SNOWFLAKE),
    },
    required="id guild_id member_count",
)
_TYPING: Final = _object(
    {
        "channel_id": SNOWFLAKE,
        "guild_id": SNOWFLAKE,
        "user_id": SNOWFLAKE,
        "timestamp": INTEGER,
        "member": _ref("GuildMemberResponse"),
    },
    required="channel_id user_id timestamp",
)
_PRESENCE: Final = _object(
    {
        "user": _object({"id": SNOWFLAKE}, required="id"),
        "guild_id": SNOWFLAKE,
        "status": {"type": "string", "enum": ["online", "idle", "dnd", "offline"]},
        "activities": _list(ANYTHING),
        "client_status": {"type": "object", "additionalProperties": STRING},
    },
    required="user guild_id status activities client_status",
)
_MEMBERS_CHUNK: Final = _object(
    {
        "guild_id": SNOWFLAKE,
        "members": _list(_ref("GuildMemberResponse")),
        "chunk_index": INTEGER,
        "chunk_count": INTEGER,
        "not_found": _list(SNOWFLAKE),
        "presences": _list(_PRESENCE),
        "nonce": STRING,
    },
    required="guild_id members chunk_index chunk_count",
)
_DELETED_MESSAGE: Final = _object(
    {"id": SNOWFLAKE, "channel_id": SNOWFLAKE, "guild_id": SNOWFLAKE}, required="id channel_id"
)

EVENTS: Final[Mapping[str, Schema]] = {
    "READY": READY,
    "GUILD_CREATE": GUILD,
    "GUILD_DELETE": UNAVAILABLE_GUILD,
    "GUILD_ROLE_CREATE": _ROLE_EVENT,
    "GUILD_ROLE_UPDATE": _ROLE_EVENT,
    "GUILD_ROLE_DELETE": _object({"guild_id": SNOWFLAKE, "role_id": SNOWFLAKE}, required="guild_id role_id"),
    "GUILD_MEMBER_ADD": MEMBER,
    "GUILD_MEMBER_UPDATE": MEMBER,
    "GUILD_MEMBER_REMOVE": _object({"guild_id": SNOWFLAKE, "user": USER}, required="guild_id user"),
    "CHANNEL_CREATE": CHANNEL,
    "CHANNEL_UPDATE": CHANNEL,
    "CHANNEL_DELETE": CHANNEL,
    "MESSAGE_CREATE": MESSAGE,
    "MESSAGE_UPDATE": MESSAGE,
    "MESSAGE_DELETE": _DELETED_MESSAGE,
    "MESSAGE_REACTION_ADD": _REACTION,
    "MESSAGE_REACTION_REMOVE": _REACTION,
    "MESSAGE_DELETE_BULK": _object(
        {"ids": _list(SNOWFLAKE), "channel_id": SNOWFLAKE, "guild_id": SNOWFLAKE}, required="ids channel_id"
    ),
    "MESSAGE_REACTION_REMOVE_ALL": _REACTIONS_GONE,
    "MESSAGE_REACTION_REMOVE_EMOJI": _REACTIONS_GONE,
    "CHANNEL_PINS_UPDATE": _object(
        {"guild_id": SNOWFLAKE, "channel_id": SNOWFLAKE, "last_pin_timestamp": _nullable(TIME)},
        required="channel_id",
    ),
    "THREAD_CREATE": _THREAD,
    "THREAD_UPDATE": _THREAD,
    "THREAD_DELETE": _GONE_THREAD,
    "THREAD_MEMBERS_UPDATE": _THREAD_MEMBERS,
    "TYPING_START": _TYPING,
    "PRESENCE_UPDATE": _PRESENCE,
    "GUILD_MEMBERS_CHUNK": _MEMBERS_CHUNK,
    "INTERACTION_CREATE": INTERACTION,
    "RESUMED": _object({}),
}
