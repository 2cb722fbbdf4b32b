"""All parts of the loopback Discord, for those who act upon it: the REST API, people, and whoever tests."""

from dataclasses import dataclass

from bot.playground.attachments import Attachments
from bot.playground.callbacks import Callbacks
from bot.playground.channel_events import ChannelEvents
from bot.playground.clock import Clock
from bot.playground.commands import Commands
from bot.playground.faults import Faults
from bot.playground.interactions import Interactions
from bot.playground.messages import Messages
from bot.playground.observer import Observer
from bot.playground.pins import Pins
from bot.playground.presences import Presences
from bot.playground.reactions import Reactions
from bot.playground.record import Record
from bot.playground.sessions import Sessions
from bot.playground.snowflakes import Snowflakes
from bot.playground.threads import Threads
from bot.playground.typing_signs import TypingSigns
from bot.playground.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The parts, put together."""

    world: World
    clock: Clock
    ids: Snowflakes
    record: Record
    faults: Faults
    attachments: Attachments
    sessions: Sessions
    threads: Threads
    messages: Messages
    reactions: Reactions
    pins: Pins
    typing_signs: TypingSigns
    presences: Presences
    interactions: Interactions
    callbacks: Callbacks
    commands: Commands
    observer: Observer | None

    @classmethod
    def of(cls, world: World, clock: Clock, observer: Observer | None) -> "Backend":
        ids = Snowflakes(clock.now)
        record = Record(clock.now)
        faults = Faults()
        attachments = Attachments(clock.now)
        sessions = Sessions(clock.now, faults, observer)
        events = ChannelEvents(world, sessions)
        threads = Threads(world, clock=clock, sessions=sessions, events=events, record=record)
        messages = Messages(
            world,
            clock=clock,
            ids=ids,
            attachments=attachments,
            events=events,
            threads=threads,
            record=record,
        )
        interactions = Interactions(
            world, clock=clock, ids=ids, messages=messages, sessions=sessions, record=record
        )
        return cls(
            world=world,
            clock=clock,
            ids=ids,
            record=record,
            faults=faults,
            attachments=attachments,
            sessions=sessions,
            threads=threads,
            messages=messages,
            reactions=Reactions(world, events=events, record=record),
            pins=Pins(messages, clock=clock, events=events),
            typing_signs=TypingSigns(world, clock=clock, events=events, record=record),
            presences=Presences(world, sessions=sessions, record=record),
            interactions=interactions,
            callbacks=Callbacks(world, messages=messages, interactions=interactions),
            commands=Commands(world, clock=clock, ids=ids, record=record),
            observer=observer,
        )
