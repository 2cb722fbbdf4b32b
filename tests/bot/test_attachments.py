"""Pictures as files that Discord takes."""

from io import BytesIO

import pytest
from PIL import Image

from bot import attachments


def _noise(side: int) -> bytes:
    """A PNG that no encoder can make small."""
    out = BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


def test_what_fits_is_sent_as_it_is() -> None:
    """The PNG of the engine, byte for byte, under a name that says where it came from."""
    png = _noise(64)
    uploads = attachments.fit([png, png], limit=10 * 2**20, job="abc")
    assert [upload.filename for upload in uploads] == ["easel-abc-1.png", "easel-abc-2.png"]
    assert all(upload.data == png for upload in uploads)


@pytest.mark.parametrize("limit", [200_000, 120_000])
def test_what_is_too_large_becomes_webp_of_the_same_size(limit: int) -> None:
    """Fewer bytes, not fewer pixels."""
    (upload,) = attachments.fit([_noise(512)], limit=limit, job="abc")
    assert upload.filename == "easel-abc-1.webp"
    assert len(upload.data) <= limit
    with Image.open(BytesIO(upload.data)) as image:
        assert image.size == (512, 512)


def test_each_request_gets_a_fresh_file() -> None:
    """A file object serves one request; a retry needs another."""
    (upload,) = attachments.fit([_noise(16)], limit=10**6, job="abc")
    assert upload.file().fp.read() == upload.file().fp.read() == upload.data
