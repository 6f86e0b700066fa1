"""Runs exported ONNX files in onnxruntime 1.31.1 beside nn-predict, and checks them with onnx 1.23.2.

Every layer of `nn-init --list`, in every form that means something else to ONNX, and every preparation, from raw rows
to predictions. Prints the largest difference of each and fails above 1e-5 of the largest output.

    make check-onnx
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file, save_file

FLAT = """dense:7 | dense:7,bias=no | dropconnect:7:0.3 | bn | layernorm | dropout:0.5 | alphadropout:0.1 | relu
    | leakyrelu:0.1 | elu:0.5 | selu | sigmoid | tanh | gelu | gelu,approximate=tanh | silu | softplus | prelu
    | prelu,shared=no | softmax | logsoftmax | flatten
    | residual dense:9 relu end | residual dense:4 shortcut dense:4 end"""
IMAGES = """conv:6:3 | conv:6:3x5,pad=same | conv:8:3,stride=2,pad=1 | conv:6:2,pad=same,dilation=3
    | conv:9:3,groups=3 | conv:3:3,groups=3,pad=2 | conv:4:3,bias=no relu maxpool:2 bn | maxpool:3,stride=2,pad=1
    | avgpool:3,stride=2,pad=1 | conv:5:3 globalavgpool | bn | layernorm | prelu,shared=no | prelu | gelu | dropout2d:0.3
    | residual conv:3:3,pad=same bn relu conv:3:3,pad=same bn end relu
    | residual conv:8:3,pad=1,stride=2 shortcut conv:8:1,stride=2 bn end relu conv:4:3"""
NETWORKS = {
    "28x28x1": "conv:32:3 relu conv:64:3 relu maxpool:2 flatten dense:128 relu dense:10",
    "32x32x3": "-f " + os.path.abspath("pipelines/layers/resnet20.layers"),
}
PREPARATIONS = {
    "--center --scale --flatten": "--input 64 dense:20 relu dense:10",
    "--flatten --pca 20 --whiten": "--input 20 dense:20 tanh dense:10",
    "--zca --flatten": "--input 64 dense:20 elu dense:10",
    "--center --per all": "--input 8x8 residual conv:1:3,pad=same bn end relu flatten dense:10",
    "--minmax --per all": "--input 8x8 conv:8:3,pad=same bn relu maxpool:2 conv:8:3 relu flatten dense:10",
}
worst = 0.0


def shell(command):
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], check=True)


def check(model, rows, what):
    global worst
    shell(f"nn-export -q {model} -o model.onnx; nn-predict -q {model} {rows} -o p.st")
    onnx.checker.check_model("model.onnx", full_check=True)
    session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
    ours = load_file("p.st")
    name = "p" if "p" in ours else "output"
    assert [output.name for output in session.get_outputs()] == [name], what
    theirs = session.run(None, {"x": load_file(rows)["x"].astype(np.float32)})[0]
    assert theirs.shape == ours[name].shape, what
    difference = abs(theirs - ours[name]).max() / max(1.0, abs(theirs).max())
    worst = max(worst, difference)
    print(f"{difference:.1e}  {what}")


def main():
    digits = os.path.abspath("examples/data/digits.csv.gz")
    os.environ["PATH"] = os.path.abspath(".build/release") + ":" + os.environ["PATH"]
    os.chdir(tempfile.mkdtemp())
    random = np.random.default_rng(0)
    save_file({"x": random.standard_normal((20, 12)).astype(np.float32)}, "flat.st")
    save_file({"x": random.standard_normal((20, 9, 11, 3)).astype(np.float32)}, "images.st")
    for layers in [" ".join(text.split()) for text in FLAT.split("|")]:
        shell(f"nn-init --input 12 dense:9 {layers} dense:5 -o m.st")
        check("m.st", "flat.st", layers)
    for layers in [" ".join(text.split()) for text in IMAGES.split("|")]:
        heads = ["dense:5"] if "globalavgpool" in layers else ["flatten dense:5", ""]
        for head in heads:
            shell(f"nn-init --input 9x11x3 {layers} {head} -o m.st")
            check("m.st", "images.st", f"{layers} {head}")
    for size, layers in NETWORKS.items():
        shape = tuple(int(n) for n in size.split("x"))
        save_file({"x": random.standard_normal((20, *shape)).astype(np.float32)}, "images.st")
        shell(f"nn-init --input {size} {layers} -o m.st")
        check("m.st", "images.st", layers)
    shell(f"nn-import -q --label digit {digits} -o digits.st")
    save_file({"x": load_file("digits.st")["x"].reshape(-1, 8, 8), "y": load_file("digits.st")["y"]}, "raw.st")
    for preparation, model in PREPARATIONS.items():
        shell(f"nn-prep -q {preparation} raw.st | nn-train -q --epochs 3 --optimizer adam <(nn-init {model}) - -o m.st")
        check("m.st", "raw.st", f"{preparation} | {model}")
    print(f"{worst:.1e}  the largest")
    sys.exit(0 if worst <= 1e-5 else 1)


if __name__ == "__main__":
    main()
