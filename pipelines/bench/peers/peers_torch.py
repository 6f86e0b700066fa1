"""PyTorch: eager, as most people run it, and compiled."""
from shared import difference, layers, read_images, registry, rows, standardize, tensors

PEERS, peer = registry()


def setup(job, threads=None):
    import torch
    torch.set_num_threads(threads or job.threads)
    torch.manual_seed(0)
    return torch


def network(torch, path):
    """The network of a model that the tools wrote, with its parameters."""
    modules, width = [], 784
    for layer in layers(path):
        name, _, value = layer.partition(":")
        if name == "dense":
            modules.append(torch.nn.Linear(width, int(value)))
            width = int(value)
        elif name == "bn":
            modules.append(torch.nn.BatchNorm1d(width))
        elif name == "dropout":
            modules.append(torch.nn.Dropout(float(value)))
        else:
            modules.append({"relu": torch.nn.ReLU}[name]())
    model = torch.nn.Sequential(*modules)
    wanted = model.state_dict()
    model.load_state_dict({name: torch.from_numpy(value) for name, value in tensors(path).items() if name in wanted},
                          strict=False)
    return model


def initial(job):
    return f"{job.out}/{job.workload.removesuffix('a')}.init.st"


def optimizer(torch, model, job, fused):
    if job.optimizer == "adam":
        return torch.optim.Adam(model.parameters(), lr=job.lr, fused=fused)
    return torch.optim.SGD(model.parameters(), lr=job.lr, fused=fused)


def epochs(torch, model, x, y, batch, step):
    """An epoch as a function: whole batches in a new random order; the mean loss."""
    whole = len(x) // batch * batch

    def epoch():
        total = torch.zeros(())
        for index in torch.randperm(len(x))[:whole].split(batch):
            total += step(x.index_select(0, index), y.index_select(0, index))
        return total.item() / (whole // batch)
    return epoch


def descent(torch, model, update, x, y, batch, compiled):
    """Epochs of steps of an optimizer on the cross-entropy."""
    def loss_of(x, y):
        return torch.nn.functional.cross_entropy(model(x), y)
    if compiled:
        loss_of = torch.compile(loss_of)

    def step(x, y):
        update.zero_grad(set_to_none=True)
        loss = loss_of(x, y)
        loss.backward()
        update.step()
        return loss.detach()
    return epochs(torch, model, x, y, batch, step)


def training(job, fused, compiled):
    torch = setup(job)
    x, y = (torch.from_numpy(part) for part in rows(job, "train"))
    model = network(torch, initial(job)).train()
    return descent(torch, model, optimizer(torch, model, job, fused), x, y, job.batch, compiled)


@peer("torch", "T1", "T2", "T3", "T3a", "T4")
def train_eager(job):
    return training(job, fused=False, compiled=False)


@peer("torch-fused", "T3a", "T4")
def train_fused(job):
    return training(job, fused=True, compiled=False)


@peer("torch-compile", "T1", "T2", "T3")
def train_compiled(job):
    """The whole step, forward, backward and update, as one graph: PyTorch's fastest way."""
    torch = setup(job)
    x, y = (torch.from_numpy(part) for part in rows(job, "train"))
    model = network(torch, initial(job)).train()
    values = [value.detach() for value in model.parameters()]
    running = [statistic for m in model if isinstance(m, torch.nn.BatchNorm1d)
               for statistic in (m.running_mean, m.running_var)]

    def loss_of(values, x, y):
        left, moments = iter(values), []
        for module in model:
            if isinstance(module, torch.nn.Linear):
                x = torch.nn.functional.linear(x, next(left), next(left))
            elif isinstance(module, torch.nn.BatchNorm1d):
                mean, variance = x.mean(0), x.var(0, unbiased=False)
                moments += [mean.detach(), variance.detach()]
                x = (x - mean) * torch.rsqrt(variance + module.eps) * next(left) + next(left)
            elif isinstance(module, torch.nn.Dropout):
                x = torch.nn.functional.dropout(x, module.p, training=True)
            else:
                x = module(x)
        return torch.nn.functional.cross_entropy(x, y), moments
    gradient = torch.func.grad_and_value(loss_of, has_aux=True)

    @torch.compile
    def whole_step(values, running, x, y):
        gradients, (loss, moments) = gradient(values, x, y)
        for value, slope in zip(values, gradients):
            value.sub_(job.lr * slope)
        for statistic, moment in zip(running, moments):
            statistic.mul_(0.9).add_(moment, alpha=0.1)
        return loss
    return epochs(torch, model, x, y, job.batch, lambda x, y: whole_step(values, running, x, y))


def classifier(torch, path):
    torch.set_grad_enabled(False)
    return torch.nn.Sequential(network(torch, path), torch.nn.Softmax(1)).eval()


@peer("torch", "P1")
def predict_batches(job):
    torch = setup(job)
    model = classifier(torch, f"{job.out}/T1.st")
    batches = torch.from_numpy(rows(job, "test")[0]).split(job.batch)
    return lambda: difference(job, torch.cat([model(batch) for batch in batches]).numpy())


@peer("torch", "P1s")
def predict_rows(job):
    job.batch = 1
    return predict_batches(job)


@peer("torch", "P2")
def monte_carlo(job):
    torch = setup(job)
    model = classifier(torch, f"{job.out}/T3.st").train()
    batches = torch.from_numpy(rows(job, "test")[0]).split(1000)

    def work():
        sums = [torch.zeros(len(batch), 10) for batch in batches]
        for _ in range(100):
            for total, batch in zip(sums, batches):
                total += model(batch)
        return difference(job, torch.cat(sums).numpy() / 100)
    return work


@peer("torch", "P3")
def ensemble(job):
    torch = setup(job)
    models = [classifier(torch, f"{job.out}/member.{member}.st") for member in range(10)]
    batches = torch.from_numpy(rows(job, "test")[0]).split(1000)

    def work():
        means = [sum(model(batch) for model in models) / len(models) for batch in batches]
        return difference(job, torch.cat(means).numpy())
    return work


@peer("torch", "D1a", "D1b")
def whiten(job):
    torch = setup(job)
    x = torch.from_numpy(rows(job, "train")[0])
    count = 100 if job.workload == "D1a" else 784

    def work():
        centered = x - x.mean(0)
        values, vectors = torch.linalg.eigh(centered.T @ centered / (len(x) - 1))
        return float((centered @ (vectors.flip(1)[:, :count] / values.flip(0)[:count].sqrt()))[0, 0].abs())
    return work


@peer("torch", "D2")
def standard(job):
    torch = setup(job)
    x = torch.from_numpy(rows(job, "train")[0])

    def work():
        variance, mean = torch.var_mean(x, 0, correction=0)
        deviation = variance.sqrt()
        deviation[deviation == 0] = 1
        return float(((x - mean) / deviation)[0, 0])
    return work


def train_t1(torch, job, x, y, passes, seed):
    """T1's network from its first values, trained for some epochs."""
    torch.manual_seed(seed)
    model = network(torch, f"{job.out}/T1.init.st")
    for module in model:
        if isinstance(module, torch.nn.Linear):
            torch.nn.init.xavier_uniform_(module.weight)
    update = torch.optim.SGD(model.parameters(), lr=0.01, fused=True)

    def step(x, y):
        update.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        update.step()
        return loss.detach()
    epoch = epochs(torch, model, x, y, 32, step)
    for _ in range(passes):
        epoch()
    return model


def accuracy(torch, model, x, y):
    with torch.no_grad():
        return float((model(x).argmax(1) == y).float().mean())


@peer("torch", "S2")
def whole_task(job):
    def work():
        torch = setup(job)
        from safetensors.torch import save_file
        x, y, test, answers = read_images(job)
        x, test = standardize(x, test)
        model = train_t1(torch, job, torch.from_numpy(x), torch.from_numpy(y), 3, 0)
        save_file(model.state_dict(), f"{job.out}/S2.torch.st")
        return accuracy(torch, model, torch.from_numpy(test), torch.from_numpy(answers))
    return work


def member(task):
    """One of E1's ten, in a process of its own."""
    job, seed, data = task
    torch = setup(job, threads=1)
    from safetensors.torch import save_file
    x, y, test, answers = (torch.from_numpy(part) for part in data or read_images(job))
    if data is None:
        x, test = x / 255, test / 255
    model = train_t1(torch, job, x, y, 2, seed)
    save_file(model.state_dict(), f"{job.out}/E1.torch.{seed}.st")
    return accuracy(torch, model, test, answers)


SHARED = None  # E1's data, which forked processes see without copying


def member_of_pool(task):
    return member((*task, SHARED))


@peer("torch", "E1")
def ten_processes(job):
    """Ten processes of a script, as many at a time as there are threads: each imports, loads, trains and saves."""
    def work():
        import multiprocessing
        with multiprocessing.get_context("spawn").Pool(job.threads, maxtasksperchild=1) as pool:
            found = pool.map(member, [(job, seed, None) for seed in range(10)], chunksize=1)
        return sum(found) / len(found)
    return work


@peer("torch-pool", "E1")
def forked_pool(job):
    """One process loads PyTorch and the data, and forks workers that train one after the other."""
    def work():
        global SHARED
        import multiprocessing
        setup(job, threads=1)
        x, y, test, answers = read_images(job)
        SHARED = (x / 255, y, test / 255, answers)
        with multiprocessing.get_context("fork").Pool(job.threads) as pool:
            found = pool.map(member_of_pool, [(job, seed) for seed in range(10)], chunksize=1)
        return sum(found) / len(found)
    return work
