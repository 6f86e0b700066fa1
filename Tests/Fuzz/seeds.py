#!/usr/bin/env python3
"""Writes the corpora of the fuzzing targets again: small examples, by the built tools (on PATH) and from the fixtures.

Usage: PATH=.build/release:$PATH Tests/Fuzz/seeds.py
"""
import gzip, json, pathlib, re, struct, subprocess, tempfile

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parent / "Fixtures"
work = pathlib.Path(tempfile.mkdtemp())


def run(command: str) -> None:
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=work, check=True)


def seed(target: str, name: str, content) -> None:
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def parts(path: pathlib.Path) -> tuple[dict, bytes]:
    image = path.read_bytes()
    length = struct.unpack("<Q", image[:8])[0]
    return json.loads(image[8:8 + length]), image[8 + length:]


def plain(header: dict) -> bytes:
    """The header without the checksum, which a mutation of the data would not match."""
    header = {key: dict(value) for key, value in header.items()}
    header["__metadata__"].pop("nn.crc32", None)
    return json.dumps(header, separators=(",", ":")).encode()


def described(path: pathlib.Path, without: tuple[str, ...] = ()) -> bytes:
    """A frame as Model, Preparation and Checkpoint take it: lines for metadata and tensors, a zero byte, the data."""
    header, data = parts(path)
    metadata = header.pop("__metadata__")
    keys = [key for key in ["nn.arch", "nn.input", "nn.prep", "nn.prepared"] if key in metadata]
    lines = [key + "=" + metadata[key].replace("\n", "|") for key in keys]
    kept = b""
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        if name in without:
            continue
        kept += data[begin:end]
        lines.append(f"{name} {entry['dtype']} {'x'.join(map(str, entry['shape']))}".rstrip())
    return "\n".join(lines).encode() + b"\0" + kept


def unchecked(path: pathlib.Path) -> bytes:
    """A frame without its checksum."""
    header, data = parts(path)
    text = plain(header)
    return struct.pack("<Q", len(text)) + text + data


(work / "t.csv").write_text("a,b,c,label\n1,2.5,-3e4,x\n4,5,6,y\n7,8,9,x\n0.5,1,2,y\n1,1,2,x\n")
run("nn-import -q --label label t.csv -o t.st")
run("nn-import -q --label label --chunk 2 t.csv > stream.st")
run("nn-init -q --input 3 dense:2 bn elu dropout:0.2 dense:2 -o init.st")
run("nn-init -q --input 3 dense:2,init=he_normal,l2=0.1,maxnorm=3 prelu:0.1,shared=no layernorm dense:2 -o other.st")
run("nn-train -q --epochs 2 --batch-size 2 --optimizer adam init.st t.st -o model.st")
run("nn-predict -q model.st t.st -o p.st")
run("nn-prep -q --center --scale t.st --save scale.st > prepared.st")
run("nn-prep -q --center --pca 2 --whiten t.st --save pca.st > /dev/null")
run("nn-prep -q --center --zca t.st --save zca.st > /dev/null")
run("nn-prep -q --minmax t.st --save minmax.st > /dev/null")

for name in ["t", "stream", "p", "prepared"]:
    seed("Frames", name, (work / f"{name}.st").read_bytes())
    header, data = parts(work / f"{name}.st")
    seed("Header", name, plain(header))
seed("Frames", "unchecked", unchecked(work / "t.st"))
seed("Frames", "two", unchecked(work / "p.st") * 2)
seed("Header", "types", json.dumps({
    f"t{i}": {"dtype": dtype, "shape": shape, "data_offsets": [0, 0]}
    for i, (dtype, shape) in enumerate([("F64", [0]), ("BF16", [2, 0]), ("BOOL", [0, 1, 2])])}))
seed("Header", "escapes", '{"a\\u00e9\\ud83d\\ude00\\n":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}  ')
for name in ["init", "other", "model"]:
    seed("Model", name, described(work / f"{name}.st"))
for name in ["scale", "pca", "zca", "minmax", "prepared"]:
    seed("Preparation", name, described(work / f"{name}.st"))

(work / "xy.csv").write_text("a,b,label\n" + "".join(f"{i},{i * i},{i % 2}\n" for i in range(5)))
run("nn-import -q --label label xy.csv -o xy.st")
run("nn-init -q --input 2 dense:2,bias=no bn -o small.st")
run("nn-train -q --epochs 3 --batch-size 2 --optimizer nadam --average ema:0.9 --keep best --log-gradients "
    "--log xy.jsonl --schedule plateau small.st xy.st --valid xy.st --early-stop patience=2 "
    "--checkpoint run.st --every 2steps -o /dev/null")
seed("Checkpoint", "end", described(work / "run.st"))
seed("Checkpoint", "begin", described(work / "run.st", without=("state.finished", "state.epoch", "state.step")))

run("nn-train -q --epochs 2 --log log.jsonl --batch-size 2 init.st t.st > /dev/null")
log = re.sub(rb'"seconds":[^}]*', b'"seconds":0.001', (work / "log.jsonl").read_bytes())
seed("Log", "whole", b"\x02" + log)
seed("Log", "cut", b"\x05" + log[:-7])

seed("Table", "label", b"\x04\x01\x00\x00" + (work / "t.csv").read_bytes())
seed("Table", "plain", b"\x06\x00\x02\x01" + b"1,2,3\n4,5,6\n7,8,9\n")
seed("Table", "tabs", b"\x01\x14\x00\x03" + b"a\tb\tc\r\n1\t\"2\"\t3\r\n4\t\"\"\t6\r\n")
seed("Table", "missing", b"\x21\x03\x00\x00" + b"a;b;c\n1;NA;x\n?;2;y\n3;4;\"x\"\"y\"\n")
seed("Table", "categories", b"\x01\xc1\x00\x07" + b"a,b,c\nred,1,2\nblue,3,4\nred,5,6\n")

# The first byte chooses the features, the use of the labels and the classes; the second chunks and pieces.
seed("LIBSVM", "classes", b"\x00\x00" + b"+1 1:0.5 3:-2 # a comment\n-1 2:1\r\n\n+1\n")
seed("LIBSVM", "targets", b"\x00\x04" + b"# comment\n1.5 1:1\n2 7:3e4\n")
seed("LIBSVM", "given", b"\x12\x05" + b"-1 1:1\n+1 2:2 3:1\n2 3:0\n1\n0 1:5\n")
seed("LIBSVM", "numbers", b"\x4b\x02" + b"nan 1:inf\n2 100:-inf\n")
seed("LIBSVM", "wide", b"\x00\x00" + b"1 1:1 2147483647:1\n")

for target in ["IDX", "NPY"]:
    endings = {"IDX": ".idx", "NPY": ".npy"}[target]
    for path in sorted((FIXTURES / "interchange").glob("*" + endings)):
        seed(target, path.stem, b"\x00" + path.read_bytes())
        seed(target, path.stem + "-piped", b"\x05" + path.read_bytes())
for path in ["deflated", "unusual-names"]:
    seed("NPZ", path, (FIXTURES / "interchange" / f"{path}.npz").read_bytes())
for path in sorted((FIXTURES / "images").glob("*.p*m")):
    if path.stat().st_size < 1500:
        seed("PNM", path.stem, b"\x00\x00" + path.read_bytes())
        seed("PNM", path.stem + "-piped", b"\x27\x05" + path.read_bytes())
for name in ["grey1", "grey8", "palette2", "palette-alpha", "rgb", "rgb-alpha", "one", "bad-bomb", "bad-interlaced"]:
    seed("PNG", name, b"\x01" + (FIXTURES / "images" / f"{name}.png").read_bytes())
for name, header in {"grey": b"\5\4\x08\0\0", "palette": b"\5\4\2\3\4", "colours": b"\5\4\x08\6\0"}.items():
    seed("PNG", "rows-" + name, b"\x02" + header + b"\1\2\3\4\5\6\7" * 9)
pack = lambda content: gzip.compress(content, mtime=0)
seed("Gzip", "idx", b"\x00" + (FIXTURES / "interchange" / "labels.idx.gz").read_bytes())
seed("Gzip", "images", b"\x03" + pack((FIXTURES / "interchange" / "images.idx").read_bytes()))
seed("Gzip", "npy", b"\x00" + pack((FIXTURES / "interchange" / "x.npy").read_bytes()))
seed("Gzip", "csv", b"\x01" + pack((work / "t.csv").read_bytes()))
seed("Gzip", "members", b"\x00" + pack(b"1,2\n") + pack(b"3,4\n") + b"\0\0")

# The first byte chooses the parser: 0 layers, 3 optimizer, 4 schedule, 6 loss, 7 initialiser, 8 the small texts.
for number, text in enumerate([
    "dense:300\nbn elu dropout:0.2 # comment\ndense:10",
    "dense:4,init=he_normal,l2=1e-4,maxnorm=3,lr=0,name=fc.a relu",
    "dropconnect:3:0.5 prelu:0.1,shared=no layernorm,eps=1e-3 softmax",
    "alphadropout:0.1 selu flatten gelu,approximate=tanh",
]):
    seed("Spec", f"layers{number}", b"\0" + text.encode())
for number, text in enumerate(["adam:0.9:0.999,eps=1e-8", "sgd", "nesterov:0.9", "rmsprop,alpha=0.9,centered=yes"]):
    seed("Spec", f"optimizer{number}", b"\3" + text.encode())
for number, text in enumerate([
    "step:30:0.1,warmup=5", "cosine:1e-5,by=step", "1cycle,pct_start=0.4", "invsqrt:10", "plateau,patience=3",
    "piecewise:10:0.1:20:0.01",
    "power:20:1", "exponential:0.9", "linear:0,over=5", "table:rates.txt",
]):
    seed("Spec", f"schedule{number}", b"\4" + text.encode())
for number, text in enumerate([
    "cross-entropy,smoothing=0.1", "huber:1", "multi-margin:0.5,reduction=sum", "0=1,1=2.5",
]):
    seed("Spec", f"loss{number}", b"\6" + text.encode())
for number, text in enumerate([
    "normal:0:0.05", "uniform:-1:1", "orthogonal:2", "constant:0.5", "variance_scaling:2:fan_avg", "identity:2",
]):
    seed("Spec", f"initializer{number}", b"\7" + text.encode())
seed("Spec", "colon-after-comma", b"\0dense:3,a:b,l2=1")  # once read back as another spec
for number, text in enumerate(["ema:0.999", "swa:5", "0-3,fc*", "95%", "28x28", "1e-5:10"]):
    seed("Spec", f"small{number}", b"\x08" + text.encode())
