"""NumPy, scikit-learn, onnxruntime, pandas and polars, each where it is the best peer or the usual one."""
from shared import difference, parameters, read_idx, registry, rows

PEERS, peer = registry()

SGEMM = 2048


@peer("numpy", "sgemm")
def matrix_product(job):
    """The limit of arithmetic: a product of square matrices of SGEMM rows by NumPy's OpenBLAS."""
    import numpy as np
    a, b = (np.random.default_rng(seed).random((SGEMM, SGEMM), np.float32) for seed in (1, 2))
    c = np.empty_like(a)
    return lambda: float(np.matmul(a, b, out=c)[0, 0])


def onnx_session(job, path):
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
    nodes, values, name = [], [], "x"
    dense = parameters(path)
    for i, (weight, bias) in enumerate(dense):
        values += [numpy_helper.from_array(weight, f"w{i}"), numpy_helper.from_array(bias, f"b{i}")]
        nodes.append(helper.make_node("Gemm", [name, f"w{i}", f"b{i}"], [f"z{i}"], transB=1))
        last = i == len(dense) - 1
        name = "p" if last else f"h{i}"
        nodes.append(helper.make_node("Softmax" if last else "Relu", [f"z{i}"], [name]))
    graph = helper.make_graph(nodes, "network", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 784])],
                              [helper.make_tensor_value_info("p", TensorProto.FLOAT, ["n", 10])], values)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = job.threads, 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


@peer("onnxruntime", "P1")
def predict_batches(job):
    import numpy as np
    session, x = onnx_session(job, f"{job.out}/T1.st"), rows(job, "test")[0]
    batches = [x[i:i + job.batch] for i in range(0, len(x), job.batch)]
    return lambda: difference(
        job, np.concatenate([session.run(None, {"x": batch})[0] for batch in batches]))


@peer("onnxruntime", "P1s")
def predict_rows(job):
    job.batch = 1
    return predict_batches(job)


def components(job):
    return 100 if job.workload == "D1a" else 784


@peer("numpy", "D1a", "D1b")
def whiten(job):
    import numpy as np
    x, count = rows(job, "train")[0], components(job)

    def work():
        centered = x - x.mean(0)
        values, vectors = np.linalg.eigh(centered.T @ centered / np.float32(len(x) - 1))
        return abs(float((centered @ (vectors[:, ::-1][:, :count] / np.sqrt(values[::-1][:count])))[0, 0]))
    return work


@peer("scikit-learn", "D1a", "D1b")
def whiten_by_pca(job):
    from sklearn.decomposition import PCA
    x, count = rows(job, "train")[0], components(job)
    return lambda: abs(float(
        PCA(n_components=count, whiten=True, svd_solver="covariance_eigh").fit_transform(x)[0, 0]))


@peer("scikit-learn", "D2")
def standard(job):
    from sklearn.preprocessing import StandardScaler
    x = rows(job, "train")[0]
    return lambda: float(StandardScaler().fit_transform(x)[0, 0])


@peer("pandas", "D3")
def csv_by_pandas(job):
    import numpy as np
    import pandas
    path = f"{job.out}/images.csv"
    return lambda: float(np.ascontiguousarray(pandas.read_csv(path, header=None).to_numpy(np.float32))[0, -1])


@peer("polars", "D3")
def csv_by_polars(job):
    import numpy as np
    import polars
    path = f"{job.out}/images.csv"
    return lambda: float(
        np.ascontiguousarray(polars.read_csv(path, has_header=False).to_numpy(), dtype=np.float32)[0, -1])


@peer("numpy", "D4")
def images(job):
    return lambda: float(read_idx(f"{job.data}/train-images-idx3-ubyte.gz")[0, 0, 0])
