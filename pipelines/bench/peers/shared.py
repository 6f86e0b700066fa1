"""What the peers share: reading the files that the tools wrote, and the originals."""
import gzip
import struct


def registry():
    """A table (workload, peer) -> function, and the decorator `peer(name, *workloads)` that fills it.

    A function takes the arguments of the process, prepares what is not to be timed, and returns the work: a function
    that does it once and returns a number to be checked (a loss, an accuracy, a difference) or None.
    """
    table = {}

    def peer(name, *workloads):
        def enter(function):
            for workload in workloads:
                table[workload, name] = function
            return function
        return enter
    return table, peer


def tensors(path):
    from safetensors.numpy import load_file
    return load_file(path)


def rows(job, part):
    """Rows of 784 floats from 0 to 1 and their classes: part is train or test."""
    import numpy as np
    data = tensors(f"{job.out}/{part}.st")
    return data["x"], data["y"].astype(np.int64)


def layers(path):
    """The layer list of a model, such as ["dense:300", "relu", ...]."""
    from safetensors import safe_open
    with safe_open(path, "np") as file:
        return [line.split(",")[0] for line in file.metadata()["nn.arch"].split("\n") if line]


def parameters(path):
    """The (weight [outputs, inputs], bias) of each dense layer of a model, in order."""
    found = tensors(path)
    names = sorted((name for name in found if name.endswith(".weight") and found[name].ndim == 2
                    and name.split(".")[0].isdigit()), key=lambda name: int(name.split(".")[0]))
    return [(found[name], found[name.replace("weight", "bias")]) for name in names]


def read_idx(path):
    import numpy as np
    with gzip.open(path) as file:
        raw = file.read()
    rank = raw[3]
    shape = struct.unpack(f">{rank}I", raw[4:4 + 4 * rank])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_images(job):
    """The four files as they come: training rows and classes, test rows and classes; floats from 0 to 255."""
    import numpy as np
    found = []
    for part in ("train", "t10k"):
        x = read_idx(f"{job.data}/{part}-images-idx3-ubyte.gz")
        found += [x.reshape(len(x), 784).astype(np.float32),
                  read_idx(f"{job.data}/{part}-labels-idx1-ubyte.gz").astype(np.int64)]
    return found


def standardize(train, test):
    mean, deviation = train.mean(0), train.std(0)
    deviation[deviation == 0] = 1
    return (train - mean) / deviation, (test - mean) / deviation


def difference(job, probabilities):
    """How far a peer's probabilities are, in the mean, from those that nn-predict wrote for the same model and rows.

    This is a check and no part of the work: it is computed the first time only.
    """
    import numpy as np
    if not hasattr(job, "difference"):
        ours = tensors(f"{job.out}/{job.workload}.p.st")["p"]
        job.difference = float(np.abs(np.asarray(probabilities) - ours).mean())
    return job.difference
