#if canImport(Glibc)
  import Glibc
#endif
import Kernels
import Networks
import Synchronization
import Tensors

/// Predictions of a trained model: probabilities for classes, outputs for numbers, with uncertainty on request.
public final class Predictor {
  private let network: Network
  /// Made when there are rows for it: until then the widths are only what the model claims.
  private var executor: Executor?
  private let largestBatch: Int
  private let team: ThreadTeam
  private let loss: (any Loss)?
  private let classes: [String]?
  private let place: String
  /// The layer whose outputs are wanted; nil for the predictions.
  private let layer: Int?

  /// A predictor of a `model` frame.
  ///
  /// - Parameter capacity: rows of a batch at most, which are fewer when they are wide (see `Executor.batchRows`); the
  ///   predictions do not depend on it.
  /// - Parameter layer: the name or the position of the layer whose outputs `outputs` gives; nil for the network's, which
  ///   `predict` makes predictions of.
  public init(_ frame: Frame, team: ThreadTeam, capacity: Int = 256, layer: String? = nil) throws(Failure) {
    let whole = try Network(frame: frame)
    let position = try layer.map { name throws(Failure) in try whole.position(ofLayer: name, of: frame.place) }
    network = if let position { try whole.prefix(through: position) } else { whole }
    self.layer = position
    self.team = team
    largestBatch = Executor.batchRows(of: network, atMost: capacity)
    do throws(Failure) {
      loss = try (layer == nil ? frame.metadata[Metadata.loss] : nil).map { text throws(Failure) in
        try LossKind.make(parsing: text)
      }
    } catch {
      throw .input("\(frame.place): nn.loss: \(error.message)")
    }
    classes = frame[list: Metadata.classes]
    place = frame.place
  }

  /// Whether the model has layers of the dropout family, without which Monte-Carlo passes are all the same.
  public var isRandom: Bool { network.layers.contains(where: \.isRandom) }

  /// Memory for a batch of so many rows, or as many as there may be; frames that grow make it anew a few times.
  private func executor(for rows: Int) -> Executor {
    if let executor, executor.capacity >= min(rows, largestBatch) { return executor }
    let capacity = min(largestBatch, max(rows, 2 * (executor?.capacity ?? 0)))
    let made = Executor(network, capacity: capacity, team: team, keepsPrefix: true, keepsOutputs: layer != nil)
    executor = made
    return made
  }

  private var givesProbabilities: Bool {
    loss.map { $0.predictions != .numbers } ?? (network.architecture.layers.last?.name == "softmax")
  }

  /// The shape of what comes out for a row.
  private var outputShape: [Int] {
    layer.map { network.layers[$0].outputShape } ?? [network.outputCount]
  }

  /// The predictions for the rows of a `data` frame that is prepared as the model wants; or, of a predictor of a layer's
  /// outputs, a `data` frame with these for `x`, and with the answers and weights of the rows.
  ///
  /// - Parameters:
  ///   - passes: Monte-Carlo passes (Gal and Ghahramani 2016); 0 predicts deterministically.
  ///   - firstRow: the number of the frame's first row in its stream, by which its random numbers are found.
  public func predict(_ frame: Frame, passes: Int, seed: Int, firstRow: Int) throws(Failure) -> Frame {
    let rows = try frame.checkData()
    let data = try Dataset(frames: [frame])
    guard data.columns == network.inputCount else {
      throw .input("\(frame.place): 'x' has \(data.columns) values per row; \(place) takes \(network.inputCount)")
    }
    let executor = executor(for: rows)
    let columns = outputShape.reduce(1, *)
    let output = layer.map { executor.output(of: $0) } ?? executor.output
    var sums = Sums(
      rows: rows, columns: columns, isMonteCarlo: passes > 0,
      areAlternatives: loss.map { $0.predictions == .alternatives } ?? true)
    func tiles(at start: Int) -> TileGrid {
      TileGrid(
        rows: min(executor.capacity, rows - start), columns: 1, tileRows: max(1, 32768 / data.columns), tileColumns: 1)
    }
    // A layer may swallow a NaN, so it is looked for where it comes in.
    let isSpoiled = Atomic(false)
    func check(_ matrix: Matrix, _ rows: Range<Int>) {
      if data.mayHoldNaN, !matrix.isFinite(rows: rows) { isSpoiled.store(true, ordering: .relaxed) }
    }
    let view = data.view()
    defer { executor.endView() }
    func prepare(_ rows: Range<Int>, at start: Int, in matrix: Matrix) {
      if let view { return check(view, start + rows.lowerBound..<start + rows.upperBound) }
      data.gather(rows, at: start, order: nil, into: matrix)
      check(matrix, rows)
    }
    let first = tiles(at: 0)
    team.forEach(first.count) { prepare(first[$0].rows, at: 0, in: executor.input) }
    for start in stride(from: 0, to: rows, by: executor.capacity) {
      let count = min(executor.capacity, rows - start)
      let isLast = start + count == rows
      if let view { executor.viewInput(view.rows(start..<start + count)) }
      let next = isLast || view != nil ? executor.input : executor.nextInput  // made here, not by one of the threads
      let mode: Pass.Mode = passes > 0 ? .monteCarlo : .inference
      for number in 0..<max(1, passes) {
        let pass = Pass(
          mode, rows: count, seed: UInt64(seed), step: UInt32(truncatingIfNeeded: number), firstRow: firstRow + start)
        if number == 0 {
          // The rows of the next batch are gathered, or only looked at, beside this one's work.
          executor.forward(pass, errands: tiles(at: start + count)) { tile in
            prepare(tile.rows, at: start + count, in: next)
          }
        } else {
          executor.forwardFromFirstRandomLayer(pass)
        }
        if passes == 0 || executor.isRandom || number == 0 { loss?.predict(output, rows: 0..<count) }
        sums.add(output, rows: count, at: start)
      }
      if !isLast, view == nil { executor.advanceInput() }
    }
    if isSpoiled.load(ordering: .relaxed), let value = data.firstNotFinite(team) {
      throw .input("\(frame.place): \(value); every value must be a finite number")
    }
    return try result(sums, passes: max(1, passes), for: frame)
  }

  private func result(_ sums: Sums, passes: Int, for frame: Frame) throws(Failure) -> Frame {
    let shape = [sums.rows] + outputShape
    let mean = sums.mean(of: passes)
    if let i = mean.firstIndex(where: { !$0.isFinite }) {
      throw .input(
        "\(place): the output for row \(i / sums.columns) of \(frame.place) is \(mean[i].shown): its parameters, or the "
          + "data, are too large")
    }
    if layer != nil { return outputs(Tensor(mean, shape: shape), for: frame) }
    var result = Frame(.prediction, index: frame.index, isLast: frame.isLast)
    result.tensors[givesProbabilities ? "p" : "output"] = Tensor(mean, shape: shape)
    if sums.isMonteCarlo {
      result.tensors["std"] = Tensor(sums.standardDeviation(of: passes), shape: shape)
      if givesProbabilities {
        let (entropy, information) = sums.entropies(of: passes)
        result.tensors["entropy"] = Tensor(entropy, shape: [sums.rows])
        result.tensors["mutual_information"] = Tensor(information, shape: [sums.rows])
      }
    }
    result.tensors["y"] = frame.tensors["y"]
    result[list: Metadata.classes] = classes ?? frame[list: Metadata.classes]
    result.metadata[Metadata.role] = frame.metadata[Metadata.role]
    result.metadata[Metadata.targets] = frame.metadata[Metadata.targets]
    // A single column needs no mark: yes against no is a choice of two.
    if sums.columns > 1, loss?.predictions == .independent {
      result.metadata[Metadata.probabilities] = Metadata.independent
    }
    return result
  }
}

extension Predictor {
  /// Data with a layer's outputs in the place of the rows they were made of, whose names of columns and preparation they
  /// do not have.
  private func outputs(_ x: Tensor, for frame: Frame) -> Frame {
    var result = Frame(.data, index: frame.index, isLast: frame.isLast)
    result.tensors = ["x": x]
    for name in ["y", "weight"] { result.tensors[name] = frame.tensors[name] }
    let kept = [Metadata.classes, Metadata.targets, Metadata.role, Metadata.epoch, Metadata.epochs]
    result.metadata.merge(frame.metadata.filter { kept.contains($0.key) }) { $1 }
    return result
  }
}

/// Sums over Monte-Carlo passes, in Double.
private struct Sums {
  let rows: Int
  let columns: Int
  let isMonteCarlo: Bool
  /// Whether a row's values are the probabilities of one choice; otherwise each is one of yes against no.
  private let areAlternatives: Bool
  private var sum: [Double]
  /// Σ (value − first value)², which does not cancel as Σ value² would.
  private var shiftedSquares: [Double]
  private var shifted: [Double]
  private var first: [Float]
  private var entropySum: [Double]

  init(rows: Int, columns: Int, isMonteCarlo: Bool, areAlternatives: Bool) {
    self.areAlternatives = areAlternatives
    (self.rows, self.columns, self.isMonteCarlo) = (rows, columns, isMonteCarlo)
    sum = Array(repeating: 0, count: rows * columns)
    let extra = isMonteCarlo ? rows * columns : 0
    shiftedSquares = Array(repeating: 0, count: extra)
    shifted = shiftedSquares
    first = Array(repeating: .nan, count: extra)
    entropySum = Array(repeating: 0, count: isMonteCarlo ? rows : 0)
  }

  mutating func add(_ output: Matrix, rows count: Int, at start: Int) {
    for row in 0..<count {
      let values = output[row: row]
      let base = (start + row) * columns
      for c in 0..<columns { sum[base + c] += Double(values[c]) }
      guard isMonteCarlo else { continue }
      var entropy = 0.0
      for c in 0..<columns {
        if first[base + c].isNaN { first[base + c] = values[c] }
        let difference = Double(values[c]) - Double(first[base + c])
        shifted[base + c] += difference
        shiftedSquares[base + c] += difference * difference
        entropy += self.entropy(Double(values[c]))
      }
      entropySum[start + row] += entropy
    }
  }

  /// The part of one probability in a row's entropy: −p·ln p, and −(1 − p)·ln(1 − p) where it stands for yes against no.
  private func entropy(_ p: Double) -> Double {
    let yes = p > 0 ? -p * log(p) : 0
    return areAlternatives || p >= 1 || p <= 0 ? yes : yes - (1 - p) * log(1 - p)
  }

  func mean(of passes: Int) -> [Float] { sum.map { Float($0 / Double(passes)) } }

  /// Over the passes, as a population.
  func standardDeviation(of passes: Int) -> [Float] {
    let n = Double(passes)
    return shifted.indices.map { i in
      Float(max(0, shiftedSquares[i] / n - shifted[i] / n * (shifted[i] / n)).squareRoot())
    }
  }

  /// The entropy of the mean, −Σ p̄·ln p̄, and the mutual information: that minus the mean entropy of the passes.
  func entropies(of passes: Int) -> (entropy: [Float], mutualInformation: [Float]) {
    var entropies: [Float] = []
    var information: [Float] = []
    for row in 0..<rows {
      var entropy = 0.0
      for c in 0..<columns {
        let p = sum[row * columns + c] / Double(passes)
        entropy += self.entropy(p)
      }
      entropies.append(Float(entropy))
      information.append(Float(max(0, entropy - entropySum[row] / Double(passes))))
    }
    return (entropies, information)
  }
}
