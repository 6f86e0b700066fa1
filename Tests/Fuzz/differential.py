#!/usr/bin/env python3
"""Mutated files through our reader and the reference library: we refuse, or it accepts and sees the same tensors.

Needs safetensors 0.8.0. Usage: differential.py READER CASES [SEED [FILE...]]

READER is Differential, which `make -C Tests/Fuzz` builds; FILEs are further images to start from, such as a corpus that
has grown.
"""
import json, pathlib, random, struct, subprocess, sys, tempfile, time, zlib
import safetensors

HERE = pathlib.Path(__file__).parent
reader, cases = sys.argv[1], int(sys.argv[2])
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 0)
files = [pathlib.Path(name) for name in sys.argv[4:]] + list((HERE / "corpus" / "Frames").iterdir())
# Headers alone get zeros for data.
headers = [path.read_bytes() for path in (HERE / "corpus" / "Header").iterdir()]
images = [path.read_bytes() for path in files]
words = [b"F32", b"F64", b"F16", b"BF16", b"I64", b"U8", b"BOOL", b"F8_E4M3", b"U16", b"C64",
         b"null", b"true", b"-0", b"0", b"1", b"1.0", b"1e2", b"00", b"9223372036854775807", b"18446744073709551616", b"[]", b"{}",
         b'""', b"\\u0000", b"\\ud800", b"\xff", b"\xc3\xa9", b"\\u00e9", b"e\xcc\x81", b" ", b"\t", b"\n", b",", b"/",
         b'"dtype"', b'"shape"', b'"data_offsets"', b'"__metadata__"', b'"a"', b'":{"', b"}", b"]", b'{"a":"b"}']


def mutated(data: bytes) -> bytes:
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
        if not data:
            break
        i = rng.randrange(len(data))
        kind = rng.randrange(8)
        if kind == 0:
            data[i] = rng.randrange(256)
        elif kind == 1:
            data[i] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del data[i:i + rng.randrange(1, 9)]
        elif kind == 3:
            data[i:i] = rng.choice(words)
        elif kind == 4:
            word = rng.choice(words)
            data[i:i + len(word)] = word
        elif kind == 5:
            j = rng.randrange(len(data))
            data[i:i] = data[j:j + rng.randrange(1, 80)]
        elif kind == 6:  # another digit, where there is one
            digits = [k for k in range(len(data)) if 48 <= data[k] < 58]
            if digits:
                data[rng.choice(digits)] = 48 + rng.randrange(10)
        else:
            data[i:i + 1] = bytes([data[i]]) * rng.randrange(2, 5)
    return bytes(data)


def case() -> bytes:
    if rng.random() < 0.15:
        return mutated(rng.choice(images))
    # The header alone, with a length that fits it, and data as long as it asks for, mostly.
    if rng.random() < 0.5:
        text, data = rng.choice(headers), b""
    else:
        image = rng.choice(images)
        length = struct.unpack("<Q", image[:8])[0] if len(image) >= 8 else 0
        text, data = image[8:8 + length], image[8 + length:]
    text = mutated(text) if rng.random() < 0.98 else text
    if rng.random() < 0.8:
        try:
            entries = json.loads(text)
            end = max((int(e["data_offsets"][1]) for k, e in entries.items() if k != "__metadata__"), default=0)
            if end <= 1 << 16:
                data = (data + bytes(end))[:end]
        except Exception:
            pass
    return struct.pack("<Q", len(text)) + text + data


def reference(image: bytes):
    """What the reference library sees; None when it refuses."""
    try:
        found = safetensors.deserialize(image)
    except safetensors.SafetensorError:
        return None
    return {
        name: [info["dtype"], list(info["shape"]), f"{zlib.crc32(bytes(info['data'])):08x}"] for name, info in found
    }


def metadata(image: bytes):
    with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
        file.write(image)
        file.flush()
        with safetensors.safe_open(file.name, "np") as opened:
            return opened.metadata() or {}


ours = subprocess.Popen([reader], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
start, accepted, stricter, compared, done = time.time(), 0, 0, 0, 0
while done < cases:
    batch = [case() for _ in range(min(16, cases - done))]
    batch = [image for image in batch if len(image) < 4000]  # so that no pipe is ever full
    done += len(batch)
    ours.stdin.write(b"".join(struct.pack("<I", len(image)) + image for image in batch))
    ours.stdin.flush()
    for image in batch:
        frames = json.loads(ours.stdout.readline())
        begin = 0
        for frame in frames:
            single = image[begin:frame["end"]]
            begin = frame["end"]
            theirs = reference(single)
            accepted += 1
            if theirs != frame["tensors"]:
                sys.exit(f"{single!r}\nwe see {frame['tensors']}\nthey see {theirs}")
            if accepted % 16 == 0:
                compared += 1
                if metadata(single) != frame["metadata"]:
                    sys.exit(f"{single!r}\nwe see {frame['metadata']}\nthey see {metadata(single)}")
        if not frames and reference(image) is not None:
            stricter += 1
ours.stdin.close()
if ours.wait() != 0:
    sys.exit(f"the reader ended with {ours.returncode}")
print(f"{done} images: {accepted} frames accepted and seen alike ({compared} with their metadata), "
      f"{stricter} images refused that the reference library takes; {done / (time.time() - start):.0f}/s")
