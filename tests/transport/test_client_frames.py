"""What is read of frames is what the parser reads, and every mask is seen, however they are cut."""

from __future__ import annotations

from aiohttp import WSMsgType
from hypothesis import example, given
from hypothesis import strategies as st

from asyncapi_socketio.transport._aiohttp import FrameParser
from asyncapi_socketio.transport.client_frames import ClientFrames
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


TEXTS = st.text(max_size=140).map(str.encode)
MESSAGES = st.lists(
    st.builds(
        lambda kind, payload, final: frame(kind, payload, final=final),
        st.sampled_from([TEXT, TEXT, TEXT, CONTINUATION, BINARY, PING]),
        TEXTS | st.binary(max_size=140),
        st.sampled_from([True, True, False]),
    ),
    max_size=8,
)
LARGEST = 130


def masked(parts: list[bytes]) -> bool:
    frames = ClientFrames(LARGEST)
    return all(frames.are_masked(part) for part in parts)


def read(parts: list[bytes]) -> tuple[list[object], str | None]:
    """Read as a WebSocket does: the messages, and what was wrong behind them."""
    frames, parser = ClientFrames(LARGEST), FrameParser(LARGEST)
    messages: list[object] = []
    for part in parts:
        texts, rest = frames.texts(part)
        messages += texts
        if rest:
            assert frames.are_masked(rest)
            messages += [content for kind, content, _ in parser.parse(rest) if kind in DATA]
    return messages, None if parser.error is None else str(parser.error)


def parsed(parts: list[bytes]) -> tuple[list[object], str | None]:
    """Read by the parser alone."""
    parser = FrameParser(LARGEST)
    messages = [
        content for part in parts for kind, content, _ in parser.parse(part) if kind in DATA
    ]
    return messages, None if parser.error is None else str(parser.error)


DATA = {WSMsgType.TEXT, WSMsgType.BINARY}


@example([frame(TEXT, b"a", final=False), frame(TEXT, b"b")], [])
@example([frame(TEXT, b"\xff"), frame(TEXT, b"b")], [])
@example([frame(TEXT, bytes(LARGEST + 1))], [])
@example([frame(TEXT, bytes(LARGEST)), frame(TEXT, b"b")], [3])
@given(MESSAGES, st.lists(st.integers(0, 500), max_size=6))
def test_what_is_read_is_what_the_parser_reads(frames: list[bytes], places: list[int]) -> None:
    parts = cut(b"".join(frames), places)
    assert read(parts)[1] == parsed(parts)[1]
    if parsed(parts)[1] is None:
        assert read(parts) == parsed(parts)


@given(st.lists(FRAMES, max_size=6), st.lists(st.integers(0, 500_000), max_size=12))
def test_masked_frames_are_let_in(frames: list[bytes], places: list[int]) -> None:
    assert masked(cut(b"".join(frames), places))


@given(st.lists(FRAMES, max_size=4), LENGTHS, st.lists(st.integers(0, 500_000), max_size=12))
def test_one_that_is_not_masked_is_found(frames: list[bytes], size: int, places: list[int]) -> None:
    bare = bytearray(frame(TEXT, bytes(size)))
    bare[1] &= 0x7F
    assert not masked(cut(b"".join([*frames, bytes(bare)]), places))
