"""Why Easel says no: values with data. `bot.render` finds the words.

    Refusal
    ├── NotHere            the command needs a server, or the button belongs to another one
    ├── NotYours           only its owner or a moderator may do that
    ├── NeedsManageServer  only who manages the server may do that
    ├── NothingToSet       a quota command that says neither seconds nor waiting nor remove
    ├── UnknownJob         no such job, or its pictures are gone
    ├── NothingOfYours     the person has no job that could be cancelled
    ├── AlreadyOver        it has ended; there is nothing left to cancel
    ├── BotCannotPost      the bot lacks permissions in this channel
    └── Draining           the studio is closing and takes nothing new

Two more come from below: `store.QuotaRefused` and `inference.InvalidRequest`.
"""


class Refusal(Exception):  # noqa: N818 — a polite no, not a failure
    """Something a person may not or cannot do now; nothing was charged."""


class NotHere(Refusal):
    """Used in direct messages, or on a message from another server."""


class NotYours(Refusal):
    """The job belongs to somebody else and the person is no moderator."""


class NeedsManageServer(Refusal):
    """Settings of the server are for those who manage it."""


class NothingToSet(Refusal):
    """A quota was to be set, but to nothing."""


class UnknownJob(Refusal):
    """There is no such job here any more."""


class AlreadyOver(Refusal):
    """The job has ended already."""


class NothingOfYours(Refusal):
    """The person has no job that waits or runs."""


class BotCannotPost(Refusal):
    """The bot itself lacks permissions where the answer should go.

    Attributes:
        missing: the permissions' names as Discord shows them.
    """

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(missing)
        self.missing = missing


class Draining(Refusal):
    """The studio is closing."""
