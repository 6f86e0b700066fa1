"""JAX: a whole epoch is one compiled program, lax.scan over the batches of a permutation."""
from peers_torch import initial
from shared import difference, layers, parameters, read_images, registry, rows, standardize

PEERS, peer = registry()


def setup(job):
    import jax
    # XLA's own generator, which is several times faster here than JAX's default.
    jax.config.update("jax_default_prng_impl", "unsafe_rbg")
    return jax


def network(jax, path):
    """The layer list and the parameters of a model: weights [inputs, outputs]."""
    dense, values, width = iter(parameters(path)), [], 784
    for layer in layers(path):
        if layer.startswith("dense"):
            weight, bias = next(dense)
            values.append((jax.numpy.asarray(weight.T), jax.numpy.asarray(bias)))
            width = len(bias)
        elif layer == "bn":
            values.append((jax.numpy.ones(width), jax.numpy.zeros(width)))
        else:
            values.append(())
    return layers(path), values


def forward(jax, names, values, x, key=None, moments=None):
    """The logits. With a key dropout is active; bn takes the batch's mean and variance and appends them to moments."""
    for name, value in zip(names, values):
        if name.startswith("dense"):
            x = x @ value[0] + value[1]
        elif name == "relu":
            x = jax.nn.relu(x)
        elif name == "bn":
            mean, variance = x.mean(0), x.var(0)
            moments.append((mean, variance))
            x = (x - mean) * jax.lax.rsqrt(variance + 1e-5) * value[0] + value[1]
        elif key is not None:
            key, own = jax.random.split(key)
            keep = 1 - float(name.partition(":")[2])
            x = jax.numpy.where(jax.random.bernoulli(own, keep, x.shape), x / keep, 0.0)
    return x


def epoch_function(jax, names, optimizer, rate):
    def loss_of(values, x, y, key):
        moments = []
        logits = forward(jax, names, values, x, key, moments)
        chosen = jax.numpy.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1)
        return -chosen.mean(), moments

    def epoch(state, x, y, order, key):
        def step(state, index):
            values, running, first, second, count, key = state
            key, own = jax.random.split(key)
            (loss, moments), slopes = jax.value_and_grad(loss_of, has_aux=True)(values, x[index], y[index], own)
            running = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, running, moments)
            if optimizer == "sgd":
                values = jax.tree.map(lambda value, slope: value - rate * slope, values, slopes)
            else:
                count = count + 1
                first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slopes)
                second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, slopes)
                scale = rate / (1 - 0.9 ** count)
                root = jax.numpy.sqrt(1 - 0.999 ** count)
                values = jax.tree.map(lambda value, m, v: value - scale * m / (jax.numpy.sqrt(v) / root + 1e-8),
                                      values, first, second)
            return (values, running, first, second, count, key), loss
        state, losses = jax.lax.scan(step, (*state, key), order)
        return state[:-1], losses.mean()
    return jax.jit(epoch, donate_argnums=0)


def fresh_state(jax, names, values, optimizer):
    zeros = jax.tree.map(jax.numpy.zeros_like, values) if optimizer == "adam" else []
    running = [(jax.numpy.zeros_like(value[0]), jax.numpy.ones_like(value[0]))
               for name, value in zip(names, values) if name == "bn"]
    return values, running, zeros, jax.tree.map(jax.numpy.copy, zeros), jax.numpy.zeros(())


def trained(jax, path, x, y, batch, optimizer, rate, seed=0):
    """Trains an epoch at each call; returns the loss. The parameters are in `.values`."""
    import numpy as np
    names, values = network(jax, path)
    epoch = epoch_function(jax, names, optimizer, rate)
    state, key, order = fresh_state(jax, names, values, optimizer), jax.random.key(seed), np.random.default_rng(seed)
    x, y = jax.numpy.asarray(x), jax.numpy.asarray(y.astype(np.int32))
    whole = len(x) // batch * batch

    def work():
        nonlocal state, key
        key, own = jax.random.split(key)
        permutation = order.permutation(len(x))[:whole].reshape(-1, batch).astype(np.int32)
        state, loss = epoch(state, x, y, permutation, own)
        work.names, work.values = names, state[0]
        return float(loss)
    return work


@peer("jax", "T1", "T2", "T3", "T3a", "T4")
def train(job):
    return trained(setup(job), initial(job), *rows(job, "train"), job.batch, job.optimizer, job.lr)


@peer("jax", "P2")
def monte_carlo(job):
    jax = setup(job)
    names, values = network(jax, f"{job.out}/T3.st")
    batches = jax.numpy.asarray(rows(job, "test")[0].reshape(-1, 1000, 784))

    @jax.jit
    def passes(values, batches, key):
        def batch_pass(key, x):
            key, own = jax.random.split(key)
            return key, jax.nn.softmax(forward(jax, names, values, x, own))

        def one_pass(state, _):
            key, total = state
            key, p = jax.lax.scan(batch_pass, key, batches)
            return (key, total + p), None
        (_, total), _ = jax.lax.scan(one_pass, (key, jax.numpy.zeros((len(batches), 1000, 10))), None, length=100)
        return total.reshape(-1, 10) / 100
    return lambda: difference(job, passes(values, batches, jax.random.key(1)).block_until_ready())


@peer("jax", "P3")
def ensemble(job):
    jax = setup(job)
    models = [network(jax, f"{job.out}/member.{member}.st") for member in range(10)]
    names, members = models[0][0], [values for _, values in models]
    x = rows(job, "test")[0]
    batches = [jax.numpy.asarray(x[i:i + 1000]) for i in range(0, len(x), 1000)]

    @jax.jit
    def mean(members, x):
        return sum(jax.nn.softmax(forward(jax, names, values, x)) for values in members) / len(members)

    def work():
        import numpy as np
        return difference(job, np.concatenate([np.asarray(mean(members, x)) for x in batches]))
    return work


@peer("jax", "S2")
def whole_task(job):
    def work():
        import numpy as np
        from safetensors.numpy import save_file
        jax = setup(job)
        x, y, test, answers = read_images(job)
        x, test = standardize(x, test)
        epoch = trained(jax, f"{job.out}/T1.init.st", x, y, 32, "sgd", 0.01)
        for _ in range(3):
            epoch()
        arrays = {f"{i}.{j}": np.asarray(value)
                  for i, pair in enumerate(epoch.values) for j, value in enumerate(pair)}
        save_file(arrays, f"{job.out}/S2.jax.st")
        predict = jax.jit(lambda values, x: forward(jax, epoch.names, values, x).argmax(1))
        return float((np.asarray(predict(epoch.values, test)) == answers).mean())
    return work
