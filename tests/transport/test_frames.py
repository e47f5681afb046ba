"""Every frame's mask is seen, however the bytes of the stream are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asyncapi_socketio.transport.frames import Masks
from tests.transport.wire import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame

LENGTHS = st.one_of(st.integers(0, 130), st.sampled_from([65_535, 65_536, 70_000]))
FRAMES = st.builds(
    lambda opcode, length: frame(opcode, bytes(length)),
    st.sampled_from([CONTINUATION, TEXT, BINARY, CLOSE, PING]),
    LENGTHS,
)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    """Cut a stream at these places."""
    ends = sorted({place % (len(stream) + 1) for place in places} | {len(stream)})
    return [stream[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@given(st.lists(FRAMES, max_size=6), st.lists(st.integers(0, 500_000), max_size=12))
def test_masked_frames_are_let_in(frames: list[bytes], places: list[int]) -> None:
    masks = Masks()
    assert all(masks.are_set(part) for part in cut(b"".join(frames), places))


@given(st.lists(FRAMES, max_size=4), LENGTHS, st.lists(st.integers(0, 500_000), max_size=12))
def test_one_that_is_not_masked_is_found(frames: list[bytes], size: int, places: list[int]) -> None:
    masked = bytearray(frame(TEXT, bytes(size)))
    masked[1] &= 0x7F
    masks = Masks()
    stream = b"".join([*frames, bytes(masked)])
    assert not all(masks.are_set(part) for part in cut(stream, places))
