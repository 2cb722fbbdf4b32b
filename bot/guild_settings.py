"""What a server's moderators can set beside quotas, with what holds where they set nothing. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

LONGEST_RETENTION: Final = 3_650
"""Days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """One server's settings; each field's name is the setting's.

    Attributes:
        channels: ids of the channels in which pictures may be asked for, threads with theirs; empty for all.
        models: names of the models that may be used; empty for all.
        model: the model where nobody names one; None for the studio's own default.
        sampler: likewise the sampler; None for the model's own.
        aspect: likewise the shape, as "3:2"; None for a square or what the model likes.
        previews: whether pictures are shown while they form.
        log_channel: the id of the channel that is told what moderators do; None for none.
        keep_days: days after which pictures are forgotten; None for the studio's own rule.
        ping_minutes: whoever waited longer than this is pinged when their pictures come; None for nobody.
    """

    channels: tuple[int, ...] = ()
    models: tuple[str, ...] = ()
    model: str | None = None
    sampler: str | None = None
    aspect: str | None = None
    previews: bool = True
    log_channel: int | None = None
    keep_days: int | None = None
    ping_minutes: int | None = None

    @classmethod
    def of(cls, stored: Mapping[str, object]) -> Self:
        """From what is stored; what this version does not know is left alone."""
        known: dict[str, Any] = {
            each.name: stored[each.name] for each in fields(cls) if stored.get(each.name) is not None
        }
        for name in ("channels", "models"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)

    def allows_channel(self, channel: int, parent: int | None) -> bool:
        """Whether pictures may be asked for in a channel, or in a thread of `parent`."""
        return not self.channels or channel in self.channels or parent in self.channels
