"""What a backup says of itself, in its manifest.json."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

MANIFEST_NAME: Final = "manifest.json"
FORMAT: Final = 1
_LARGEST: Final = 1 << 30
"""Bytes that a manifest may have at most: eleven million pictures."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_TYPES: Final = {
    "format": int,
    "made_at": str,
    "easel": str,
    "schema": int,
    "jobs": int,
    "database_sha256": str,
    "database_bytes": int,
    "pictures": dict,
    "lost": dict,
}


class UnreadableManifest(ValueError):  # noqa: N818 — named for what it says
    """The manifest is no such thing; `str()` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in a backup.

    `pictures`: the size in bytes of each, by its digest. `lost`: pictures that the database names and that
    were gone or damaged when the backup was made, with what was wrong.

    Raises:
        UnreadableManifest: a digest is none, or a number is negative.
    """

    made_at: str
    easel: str
    schema: int
    jobs: int
    database_sha256: str
    database_bytes: int
    pictures: Mapping[str, int]
    lost: Mapping[str, str]
    format: int = FORMAT

    def __post_init__(self) -> None:
        if self.format != FORMAT:
            raise UnreadableManifest(f"has format {self.format}, this Easel knows {FORMAT}; update Easel")
        for digest in (self.database_sha256, *self.pictures, *self.lost):
            if not _DIGEST.fullmatch(digest):
                raise UnreadableManifest(f"names {digest[:80]!r}, which is no SHA-256")
        for number in (self.schema, self.jobs, self.database_bytes, *self.pictures.values()):
            if type(number) is not int or number < 0:
                raise UnreadableManifest(f"says {number!r} where a size or count belongs")

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Manifest":
        """The manifest in a file.

        Raises:
            UnreadableManifest: it cannot be read, or is of a format this Easel does not know.
        """
        if path.is_symlink() or not path.is_file():
            raise UnreadableManifest("is not there, or no plain file")
        if path.stat().st_size > _LARGEST:
            raise UnreadableManifest("is far too large")
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise UnreadableManifest(f"cannot be read: {error}") from error
        if not isinstance(body, dict):
            raise UnreadableManifest("holds no JSON object")
        if isinstance(body.get("format"), int) and body["format"] > FORMAT:
            raise UnreadableManifest(f"has format {body['format']}, this Easel knows {FORMAT}; update Easel")
        for name, kind in _TYPES.items():
            if type(body.get(name)) is not kind:
                raise UnreadableManifest(f"lacks {name}, or it is of another kind")
        return cls(**{name: body[name] for name in _TYPES})
