"""The gateway: a WebSocket over which a bot hears what happens.

https://discord.com/developers/docs/events/gateway
"""

import json
import secrets
from typing import Final

from aiohttp import WSMsgType, web

from bot.playground import payloads
from bot.playground.clock import Clock
from bot.playground.connection import GatewayConnection
from bot.playground.presences import Presences
from bot.playground.record import Record
from bot.playground.resources import Guild
from bot.playground.sessions import PRIVILEGED, Intent, Session, Sessions
from bot.playground.stored import Json
from bot.playground.world import World

HEARTBEAT_INTERVAL: Final = 41.25
"""Seconds, as Discord asks for."""
_HEARTBEAT, _IDENTIFY, _PRESENCE, _VOICE, _RESUME = 1, 2, 3, 4, 6
_RECONNECT, _REQUEST_MEMBERS, _INVALID_SESSION, _HELLO, _HEARTBEAT_ACK = 7, 8, 9, 10, 11
_NOT_AUTHENTIC: Final = 4004


class _GatewayError(Exception):
    """The connection must end with this close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gateway:
    """Accepts bots' connections and keeps their sessions.

    Args:
        heartbeat_interval: seconds between the heartbeats asked for; after two without one the
            connection is closed.
    """

    def __init__(
        self,
        world: World,
        *,
        sessions: Sessions,
        presences: Presences,
        clock: Clock,
        record: Record,
        heartbeat_interval: float,
    ) -> None:
        self.url = ""  # set when the server knows its port
        self.identified = 0
        self._world = world
        self._sessions = sessions
        self._presences = presences
        self._clock = clock
        self._record = record
        self._heartbeat_interval = heartbeat_interval
        self._connections: set[GatewayConnection] = set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Speak the gateway's protocol until either side has had enough."""
        socket = web.WebSocketResponse(max_msg_size=4096 * 16, compress=False, timeout=1.0)
        await socket.prepare(request)
        connection = GatewayConnection(
            socket, request.transport, compressed=request.query.get("compress") == "zlib-stream"
        )
        self._connections.add(connection)
        connection.send_op(_HELLO, {"heartbeat_interval": int(self._heartbeat_interval * 1000)})
        try:
            await self._listen(connection)
        except _GatewayError as closing:
            await connection.finish()
            await socket.close(code=closing.code, message=closing.reason.encode())
        finally:
            self._connections.discard(connection)
            self._detach(connection)
            await connection.finish()
        return socket

    async def reconnect(self) -> None:
        """Ask every bot to reconnect and resume, as Discord does before it restarts a gateway."""
        for connection in tuple(self._connections):
            connection.send_op(_RECONNECT, None)

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every bot that its session is no longer good."""
        for connection in tuple(self._connections):
            if not resumable and connection.session is not None:
                self._sessions.remove(connection.session.id)
            connection.send_op(_INVALID_SESSION, resumable)

    def drop(self) -> None:
        """Cut every connection without a word; the sessions can be resumed."""
        for connection in tuple(self._connections):
            self._detach(connection)
            connection.cut()

    async def expel(self) -> None:
        """Close every connection as Discord does when the bot's token is no longer good."""
        for connection in tuple(self._connections):
            if connection.session is not None:
                self._sessions.remove(connection.session.id)
            await connection.finish()
            await connection.socket.close(code=_NOT_AUTHENTIC, message=b"Authentication failed.")

    async def close(self) -> None:
        for connection in tuple(self._connections):
            await connection.finish()
            await connection.socket.close(code=1001, message=b"going away")

    async def _listen(self, connection: GatewayConnection) -> None:
        while True:
            try:
                message = await connection.socket.receive(timeout=self._heartbeat_interval * 2)
            except TimeoutError:
                raise _GatewayError(4009, "Session timed out.") from None
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                if connection.socket.close_code in (1000, 1001) and connection.session is not None:
                    self._sessions.remove(connection.session.id)
                return
            await self._hear(connection, _decoded(message.data))

    async def _hear(self, connection: GatewayConnection, frame: Json) -> None:
        op, data = frame.get("op"), frame.get("d")
        if op == _HEARTBEAT:
            connection.send_op(_HEARTBEAT_ACK, None)
        elif op == _IDENTIFY and isinstance(data, dict):
            self._identify(connection, data)
        elif op == _RESUME and isinstance(data, dict):
            self._resume(connection, data)
        elif connection.session is None:
            raise _GatewayError(4003, "Not authenticated.")
        elif op == _REQUEST_MEMBERS and isinstance(data, dict):
            self._send_members(connection.session, data)
        elif op == _PRESENCE and isinstance(data, dict):
            self._presences.told(connection.session, data.get("status"))
        elif op != _VOICE:
            raise _GatewayError(4001, "Unknown opcode.")

    def _identify(self, connection: GatewayConnection, data: Json) -> None:
        if connection.session is not None:
            raise _GatewayError(4005, "Already authenticated.")
        self._authenticate(data)
        if not isinstance(data.get("properties"), dict):
            raise _GatewayError(4002, "Error while decoding payload.")
        if not isinstance(data.get("intents"), int):
            raise _GatewayError(4013, "Invalid intent(s).")
        intents = Intent(data["intents"])
        if intents & PRIVILEGED & ~Intent(self._world.application.privileged_intents):
            raise _GatewayError(4014, "Disallowed intent(s).")
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            raise _GatewayError(4010, "Invalid shard.")
        session = Session(secrets.token_hex(16), intents=intents, shard=(number, count))
        session.connection = connection
        connection.session = session
        self._sessions.add(session)
        presence = data.get("presence")
        if isinstance(presence, dict):
            self._presences.told(session, presence.get("status"))
        self.identified += 1
        self._welcome(session)
        self._record.note("connected", detail=session.id)

    def _welcome(self, session: Session) -> None:
        application = self._world.application
        guilds = [
            guild
            for guild in self._world.guilds.values()
            if application.bot.id in guild.members and session.concerns(guild.id)
        ]
        ready = {
            "v": 10,
            "user": payloads.own_user(application.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {"id": str(application.id), "flags": payloads.application_flags(application)},
        }
        self._sessions.dispatch_to(session, "READY", ready)
        if session.intents & Intent.GUILDS:
            for guild in guilds:
                created = payloads.guild_create(guild, self._world)
                self._show_members(session, guild, created)
                self._sessions.dispatch_to(session, "GUILD_CREATE", created)

    def _show_members(self, session: Session, guild: Guild, created: Json) -> None:
        """Add what the privileged intents let a bot know of others from the start."""
        if session.intents & Intent.GUILD_MEMBERS:
            created["members"] = [payloads.member(each) for each in guild.members.values()]
        if session.intents & Intent.GUILD_PRESENCES:
            created["presences"] = self._presences.of(guild)

    def _resume(self, connection: GatewayConnection, data: Json) -> None:
        self._authenticate(data)
        session = self._sessions.get(str(data.get("session_id")))
        heard = data.get("seq") or 0
        if session is None or not session.can_resume(heard, self._clock.now()):
            connection.send_op(_INVALID_SESSION, False)
            return
        session.connection, session.lost_at = connection, None
        connection.session = session
        session.replay(heard)
        self._record.note("resumed", detail=session.id)

    def _authenticate(self, data: Json) -> None:
        if str(data.get("token")).removeprefix("Bot ") != self._world.application.token:
            raise _GatewayError(_NOT_AUTHENTIC, "Authentication failed.")

    def _send_members(self, session: Session, data: Json) -> None:
        guild = self._world.guilds.get(int(data.get("guild_id", 0)))
        if guild is None:
            return
        asked = {int(user) for user in data.get("user_ids") or []}
        query = data.get("query")
        if not asked and not query and not session.intents & Intent.GUILD_MEMBERS:
            raise _GatewayError(4014, "Disallowed intent(s).")
        found = [
            payloads.member(member)
            for member in guild.members.values()
            if (member.user.id in asked if asked else member.user.name.startswith(query or ""))
        ]
        chunk: Json = {
            "guild_id": str(guild.id),
            "members": found[: data.get("limit") or None],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(user) for user in asked if user not in guild.members],
        }
        if data.get("presences") and session.intents & Intent.GUILD_PRESENCES:
            chunk["presences"] = self._presences.of(guild)
        if "nonce" in data:
            chunk["nonce"] = data["nonce"]
        self._sessions.dispatch_to(session, "GUILD_MEMBERS_CHUNK", chunk)

    def _detach(self, connection: GatewayConnection) -> None:
        session, connection.session = connection.session, None
        if session is not None and session.connection is connection:
            session.connection = None
            session.lost_at = self._clock.now()
            self._record.note("disconnected", detail=session.id)


def _decoded(data: object) -> Json:
    try:
        frame = json.loads(data if isinstance(data, str | bytes) else "")
    except ValueError:
        raise _GatewayError(4002, "Error while decoding payload.") from None
    if not isinstance(frame, dict):
        raise _GatewayError(4002, "Error while decoding payload.")
    return frame
