import Kernels
import Networks
import Tensors

/// Whether a network, a loss and data belong together, asked before training: what goes with what, in a sentence.
struct Match {
  private let network: Network
  private let loss: any Loss

  init(_ network: Network, _ loss: any Loss) {
    self.network = network
    self.loss = loss
  }

  /// Fails when they do not fit; `what` names the data.
  func check(_ data: Dataset, _ what: String, isWindow: Bool = false, team: ThreadTeam) throws(Failure) {
    guard data.rows > 0 else { throw .input("the \(what) has no rows") }
    guard data.columns == network.inputCount else {
      throw .input(
        "the \(what) has \(data.columns) values per row; the model takes \(network.inputCount) "
          + "(nn-init --input \(data.columns) makes one for this data)")
    }
    switch data.answers {
    case .none:
      throw .input("the \(what) has no 'y': nothing to learn from; nn-import takes it with --label or --target")
    case .inputs: break
    case .classes(let labels): try checkClasses(labels, named: data.classes?.count, isWindow, what)
    case .values(let values, let columns): try checkValues(values, columns, what)
    }
    try checkLastLayer()
    if let place = data.firstNotFinite(team) { throw .input("the \(what) has a value that is not finite: \(place)") }
  }

  private var name: String { loss.spec.name }
  private var outputs: Int { network.outputCount }
  private var lastLayer: String? { network.architecture.outputLayer?.name }

  // MARK: Answers

  private func checkClasses(_ labels: [Int32], named: Int?, _ isWindow: Bool, _ what: String) throws(Failure) {
    let ignored = loss.ignoredClass
    guard let largest = labels.lazy.map(Int.init).filter({ $0 != ignored }).max() else {
      if isWindow { return }
      throw .input("every row of the \(what) is of the ignored class")
    }
    var count = named ?? largest + 1
    guard named != 1 else { throw .input("the \(what) has one class: nothing to tell apart") }
    if !loss.answers.areClasses {
      guard outputs == 1, count <= 2 else {
        throw .input(
          "\(name) takes targets, and the \(what) has \(count) class\(count == 1 ? "" : "es"): "
            + (count == outputs ? "" : "end the layer list with dense:\(max(2, count)), and ")
            + "use --loss cross-entropy")
      }
      return
    }
    // An ignored class at the end needs no output.
    if let ignored, count == ignored + 1, count == outputs + 1 { count -= 1 }
    // Data without names may lack the last classes.
    if named == nil, outputs > 1, count > outputs {
      let row = labels.firstIndex(of: Int32(largest)) ?? 0
      throw .input(
        "row \(row) of the \(what) is of class \(largest), and the model has outputs for the classes 0 to \(outputs - 1): "
          + "correct the class, or end the layer list with dense:\(count)")
    }
    guard count <= outputs, named == nil || count == outputs else {
      throw .input(
        "the \(what) has \(count) classes, the model \(outputs) output\(outputs == 1 ? "" : "s"): "
          + "end the layer list with dense:\(count)"
          + (outputs == 1 && count == 2 ? ", or use --loss bce-with-logits" : ""))
    }
    guard outputs > 1 else {
      throw .input("\(name) takes an output for each class, and the model has one: two classes are dense:2")
    }
  }

  private func checkValues(_ values: [Float], _ columns: Int, _ what: String) throws(Failure) {
    if loss.answers == .classes {
      throw .input(
        "\(name) takes class ids, and the \(what) has \(columns) target\(columns == 1 ? "" : "s") a row; "
          + "one-hot rows go with cross-entropy, numbers with mse")
    }
    if loss.answers == .classesOrShares, columns == 1 {
      throw .input("\(name) takes class ids, and the \(what) has targets; --loss mse goes with numbers")
    }
    guard columns == outputs else {
      throw .input(
        "the \(what) has \(columns) target\(columns == 1 ? "" : "s") a row, the model \(outputs) "
          + "output\(outputs == 1 ? "" : "s"): end the layer list with dense:\(columns)")
    }
    switch loss.answers {
    case .classes, .numbers: break
    case .classesOrShares: try checkShares(values, columns, what)
    case .shares:
      try checkEach(values, columns, "targets from 0 to 1", "numbers go with mse", what) { $0 >= 0 && $0 <= 1 }
    case .signs:
      let least: Float = values.contains(-1) ? -1 : 0
      let advice = "probabilities go with bce-with-logits, numbers with mse"
      try checkEach(values, columns, "targets -1 and 1, or 0 and 1", advice, what) { $0 == least || $0 == 1 }
    }
  }

  private func checkEach(
    _ values: [Float], _ columns: Int, _ due: String, _ advice: String, _ what: String, _ isRight: (Float) -> Bool
  ) throws(Failure) {
    guard let i = values.firstIndex(where: { !isRight($0) }) else { return }
    throw .input("\(name) takes \(due), and row \(i / columns) of the \(what) has \(values[i]); \(advice)")
  }

  /// One-hot rows, or probabilities that sum to 1 but for the rounding of half-precision numbers.
  private func checkShares(_ values: [Float], _ columns: Int, _ what: String) throws(Failure) {
    for row in 0..<values.count / columns {
      let shares = values[row * columns..<(row + 1) * columns]
      let sum = shares.reduce(0, +)
      guard shares.allSatisfy({ $0 >= 0 }), abs(sum - 1) <= 0.01 else {
        throw .input(
          "\(name) takes class ids, or probabilities of the classes that sum to 1, and row \(row) of the \(what) has "
            + "other targets; several yeses a row go with multilabel-soft-margin, numbers with mse")
      }
    }
  }

  // MARK: Outputs

  private func checkLastLayer() throws(Failure) {
    let last = lastLayer ?? ""
    switch loss.outputs {
    case .numbers:
      guard last == "logsoftmax" else { return }
      throw .usage(
        "\(name) takes numbers, and logsoftmax at the end gives log-probabilities: they go with --loss nll and class ids; "
          + "one-hot rows with cross-entropy and no logsoftmax")
    case .logits:
      // Losses on logits do the last function themselves, stably.
      guard ["softmax", "sigmoid", "logsoftmax"].contains(last) else { return }
      var advice = "leave out the \(last) at the end (nn-predict gives probabilities anyway)"
      if last == "logsoftmax", loss.answers.areClasses { advice += ", or use --loss nll" }
      if last == "sigmoid", loss.answers == .shares { advice += ", or use --loss bce" }
      throw .usage("\(name) takes logits: \(advice)")
    case .logProbabilities:
      guard last != "logsoftmax" else { return }
      throw .usage(
        "\(name) takes log-probabilities: \(last == "softmax" ? "in place of the softmax, " : "")"
          + "end the layer list with logsoftmax; or use --loss cross-entropy, which takes logits")
    case .probabilities:
      guard last != "sigmoid" else { return }
      throw .usage(
        last == "softmax"
          ? "\(name) asks each output yes or no, and a softmax chooses one of them: leave it out, and use "
            + "--loss cross-entropy"
          : "\(name) takes probabilities: end the layer list with sigmoid; or use --loss bce-with-logits, "
            + "which takes logits")
    }
  }
}
