#!/usr/bin/env python3
"""Makes the files in Tests/Fixtures/images: PNG and Netpbm images, damaged ones, and what PIL reads in the sound ones.

Needs NumPy and Pillow (13.0.0 was used) and safetensors. expected.safetensors holds the pixels of each image by its
file's name, opacity left out, and under "fit HxW NAME" the image as ImageOps.fit brings it to that size. Committed tests
read the files and need no Python.
"""

import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps
from safetensors.numpy import save_file

here = pathlib.Path(__file__).resolve().parent / "images"
here.mkdir(exist_ok=True)
random = np.random.default_rng(7)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width, height, depth, colour, interlaced=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def filtered(rows: np.ndarray, step: int) -> bytes:
    """Rows of bytes, each by another of the five filters."""
    out = b""
    before = np.zeros(rows.shape[1], np.int64)
    for number, row in enumerate(rows.astype(np.int64)):
        kind = number % 5
        left = np.concatenate([np.zeros(step, np.int64), row[:-step]])[: len(row)]
        corner = np.concatenate([np.zeros(step, np.int64), before[:-step]])[: len(row)]
        estimate = left + before - corner
        a, b, c = abs(estimate - left), abs(estimate - before), abs(estimate - corner)
        paeth = np.where((a <= b) & (a <= c), left, np.where(b <= c, before, corner))
        foretold = [np.zeros_like(row), left, before, (left + before) // 2, paeth][kind]
        out += bytes([kind]) + ((row - foretold) % 256).astype(np.uint8).tobytes()
        before = row
    return out


def png(width, height, depth, colour, rows, before=b"", pieces=1, after=b""):
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    data = zlib.compress(filtered(rows, max(1, samples * depth // 8)), 9)
    cut = [data[len(data) * i // pieces:len(data) * (i + 1) // pieces] for i in range(pieces)]
    parts = b"".join(chunk(b"IDAT", piece) for piece in cut)
    return SIGNATURE + header(width, height, depth, colour) + before + parts + after + chunk(b"IEND", b"")


def packed(samples: np.ndarray, depth: int) -> np.ndarray:
    bits = np.unpackbits(samples[..., None].astype(np.uint8), axis=-1)[..., 8 - depth:]
    return np.packbits(bits.reshape(len(samples), -1), axis=-1)


files = {}
width, height = 13, 11
for depth in [1, 2, 4, 8]:
    files[f"grey{depth}.png"] = png(width, height, depth, 0, packed(random.integers(0, 1 << depth, (height, width)), depth))
    palette = chunk(b"PLTE", random.integers(0, 256, 3 << depth, np.uint8).tobytes())
    rows = packed(random.integers(0, 1 << depth, (height, width)), depth)
    files[f"palette{depth}.png"] = png(width, height, depth, 3, rows, palette)
bytes_ = lambda *shape: random.integers(0, 256, shape, np.uint8)
files["rgb.png"] = png(width, height, 8, 2, bytes_(height, width * 3), pieces=7, after=chunk(b"tEXt", b"a\0b"))
files["grey-alpha.png"] = png(width, height, 8, 4, bytes_(height, width * 2))
files["rgb-alpha.png"] = png(width, height, 8, 6, bytes_(height, width * 4))
files["rgb-key.png"] = png(width, height, 8, 2, bytes_(height, width * 3), chunk(b"tRNS", bytes(6)))
files["palette-alpha.png"] = png(
    width, height, 8, 3, bytes_(height, width) % 4, chunk(b"PLTE", bytes(range(12))) + chunk(b"tRNS", b"\xff\x80"))
files["one.png"] = png(1, 1, 8, 0, bytes_(1, 1))

# Smooth enough for a resized image to mean something, and with an edge.
y, x = np.mgrid[0:37, 0:50]
smooth = np.stack([x * 5, y * 6, (x > 20) * 255 ^ (x + y)], -1).astype(np.uint8)
for name, image in [("wide.png", smooth), ("tall.png", smooth.transpose(1, 0, 2)), ("smooth.png", smooth[..., 2])]:
    Image.fromarray(np.ascontiguousarray(image)).save(here / name, optimize=True)
    files[name] = (here / name).read_bytes()
files["grey.pgm"] = b"P5\n# a comment\n%d %d\n255\n" % (width, height) + bytes_(height, width).tobytes()
files["largest-99.pgm"] = b"P5 %d\t%d\r\n99 " % (width, height) + (bytes_(height, width) % 100).tobytes()
files["rgb.ppm"] = b"P6\n%d %d\n255\n" % (width, height) + bytes_(height, width, 3).tobytes()

expected = {}
for name, content in files.items():
    (here / name).write_bytes(content)
    image = Image.open(here / name)
    has_colour = image.mode in ("P", "RGB", "RGBA")
    expected[name] = np.asarray(image.convert("RGBA").convert("RGB") if has_colour else image.convert("L"))
for name in ["wide.png", "tall.png", "smooth.png", "rgb.png"]:
    for size in [(16, 16), (8, 24), (44, 30), (60, 3), (37, 50), (1, 1)]:
        image = ImageOps.fit(Image.fromarray(expected[name]), size[::-1], Image.Resampling.BILINEAR)
        expected[f"fit {size[0]}x{size[1]} {name}"] = np.asarray(image)
for name in ["wide.png", "rgb.png"]:
    expected[f"grey {name}"] = np.asarray(Image.fromarray(expected[name]).convert("L"))
save_file(expected, here / "expected.safetensors")

# What must be refused, by what is wrong.
good = files["grey8.png"]
body = good[33:]
row = zlib.compress(bytes(14))
data = lambda content: chunk(b"IDAT", content)
end = chunk(b"IEND", b"")
grey = SIGNATURE + header(13, 1, 8, 0)
damaged = {
    "interlaced": SIGNATURE + header(13, 11, 8, 0, interlaced=1) + body,
    "16-bit": SIGNATURE + header(13, 11, 16, 0) + body,
    "3-bit": SIGNATURE + header(13, 11, 3, 0) + body,
    "colour-5": SIGNATURE + header(13, 11, 8, 5) + body,
    "method": SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 13, 11, 8, 0, 1, 0, 0)) + body,
    "empty-size": SIGNATURE + header(0, 11, 8, 0) + body,
    "huge": SIGNATURE + header(2**31 - 1, 2**31 - 1, 8, 6) + data(row) + end,
    "bomb": SIGNATURE + header(10000, 10000, 8, 0) + data(row) + end,
    "bomb-beyond": grey + data(zlib.compress(bytes(10_000_000), 9)) + end,
    "short-data": grey + data(zlib.compress(bytes(13))) + end,
    "short-stream": grey + data(row[:-6]) + end,
    "adler": grey + data(row[:-1] + b"\7") + end,
    "two-streams": grey + data(row + row) + end,
    "surplus": grey + data(row) + data(b"x") + end,
    "no-data": grey + end,
    "filter-5": grey + data(zlib.compress(b"\5" + bytes(13))) + end,
    "split-data": grey + data(row[:4]) + chunk(b"tEXt", b"") + data(row[4:]) + end,
    "no-palette": SIGNATURE + header(13, 1, 8, 3) + data(row) + end,
    "palette-length": SIGNATURE + header(13, 1, 8, 3) + chunk(b"PLTE", bytes(4)) + data(row) + end,
    "palette-index": SIGNATURE + header(13, 1, 8, 3) + chunk(b"PLTE", bytes(3)) + data(
        zlib.compress(bytes(13) + b"\1")) + end,
    "critical": grey + chunk(b"CUTE", b"") + data(row) + end,
    "crc": good[:60] + bytes([good[60] ^ 1]) + good[61:],
    "no-header": SIGNATURE + body,
    "cut": good[:-20],
    "cut-end": good[:-12],
    "after": good + b"\0",
    "signature": b"\x89PNG\n\n\x1a\n" + good[8:],
}
for name, content in damaged.items():
    (here / f"bad-{name}.png").write_bytes(content)
for name, content in {
    "text": b"P2 1 1 255 7\n", "bitmap": b"P4 8 1 \0", "16-bit": b"P5 1 1 65535 \0\1", "value": b"P5 1 1 100 \xff",
    "cut": b"P5 2 2 255 abc", "after": b"P5 2 2 255 abcde", "header": b"P5 2 ", "letter": b"P5 2 x 255 abcd",
    "huge": b"P6 99999 99999 255 abc", "size": b"P5 99999999999 1 255 a", "empty": b"P5 0 1 255 ",
    "comment": b"P5 #" + b"x" * 5000,
}.items():
    (here / f"bad-{name}.pnm").write_bytes(content)
