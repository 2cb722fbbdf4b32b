"""Why Easel says no: values with data. `bot.render` finds the words.

    Refusal
    ├── NotHere            the command needs a server, or the button belongs to another one
    ├── NotYours           only its owner or a moderator may do that
    ├── NeedsManageServer  only who manages the server may do that
    ├── NeedsModerator     only who may manage messages in the whole server may do that
    ├── NothingToSet       a quota command that names no limit
    ├── TwoTargets         a quota command that names more than one target
    ├── NoSuchRule         the quota rule to be taken away is not there
    ├── Unreadable         an option holds what cannot be read
    ├── NotBanned          who is to be let in was not shut out
    ├── Untouchable        who manages the server, or is a bot, cannot be shut out
    ├── UnknownJob         no such job, or its pictures are gone
    ├── NothingOfYours     the person has no job that could be cancelled
    ├── AlreadyOver        it has ended; there is nothing left to cancel
    ├── BrokenForm         a form came back that this version did not give out
    ├── BrokenPanel        a button, menu or form of a panel that this version did not give out
    ├── BrokenCommand      a command, or an option of it, that this version does not offer
    ├── NotAMember         an option names somebody who is not in the server
    ├── BotCannotPost      the bot lacks permissions in this channel
    └── Draining           the studio is closing and takes nothing new

One more, `uploads.UploadRefused`, says why a file cannot be used. Two come from below: `store.QuotaRefused`
and `inference.InvalidRequest`. `FormRefused` carries any of
them where what was typed is kept.
"""


class Refusal(Exception):  # noqa: N818 — a polite no, not a failure
    """Something a person may not or cannot do now; nothing was charged."""


class NotHere(Refusal):
    """Used in direct messages, or on a message from another server."""


class NotYours(Refusal):
    """The job belongs to somebody else and the person is no moderator."""


class NeedsManageServer(Refusal):
    """Settings of the server are for those who manage it."""


class NeedsModerator(Refusal):
    """Moderating is for those who may manage messages in the whole server."""


class NothingToSet(Refusal):
    """A quota was to be set, but no limit was named."""


class TwoTargets(Refusal):
    """A quota was to be set for more than one target at once."""


class Unreadable(Refusal):
    """An option holds what cannot be read.

    Attributes:
        option: its name.
        said: what it holds.
        mend: how to write it.
    """

    def __init__(self, option: str, said: str, mend: str) -> None:
        super().__init__(option, said, mend)
        self.option = option
        self.said = said
        self.mend = mend


class NotBanned(Refusal):
    """There is no ban that could be lifted."""


class Untouchable(Refusal):
    """Who manages the server, or is a bot, cannot be shut out."""


class NoSuchRule(Refusal):
    """A quota rule was to be taken away that is not there."""


class UnknownJob(Refusal):
    """There is no such job here any more."""


class AlreadyOver(Refusal):
    """The job has ended already."""


class NothingOfYours(Refusal):
    """The person has no job that waits or runs."""


class BrokenForm(Refusal):
    """A modal of another version came back, or one that nobody filled in."""


class BrokenPanel(Refusal):
    """A button, menu or form came back that this version gave out nowhere, or not there."""


class BrokenCommand(Refusal):
    """A command came that is not, or is no longer, offered like that."""


class NotAMember(Refusal):
    """An option names somebody who is not in the server, or is no longer."""


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


class FormRefused(Exception):  # noqa: N818 — a polite no, not a failure
    """A form will not do as it was filled in, but what was typed is kept.

    Attributes:
        job: whose form it is.
        cause: what is wrong with it.
    """

    def __init__(self, job: str, cause: Exception) -> None:
        super().__init__(job, cause)
        self.job = job
        self.cause = cause
