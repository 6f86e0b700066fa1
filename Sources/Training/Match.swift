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
  func check(_ data: Dataset, _ what: String) throws(Failure) {
    guard data.rows > 0 else { throw .input("the \(what) has no rows") }
    guard data.columns == network.inputCount else {
      throw .input(
        "the \(what) has \(data.columns) values per row; the model takes \(network.inputCount) "
          + "(nn-init --input \(data.columns) makes one for this data)")
    }
    switch data.answers {
    case .none:
      throw .input("the \(what) has no 'y': nothing to learn from; nn-import takes it with --label or --target")
    case .classes: try checkClasses(data, what)
    case .values(_, let columns): try checkValues(columns, what)
    }
    try checkLastLayer()
  }

  private var outputs: Int { network.outputCount }

  private func checkClasses(_ data: Dataset, _ what: String) throws(Failure) {
    let named = data.classes?.count
    let count = named ?? (data.largestClass ?? 0) + 1
    if loss.takesClasses {
      // Data without names may lack the last classes.
      guard count <= outputs, named == nil || named == outputs else {
        throw .input(
          "the \(what) has \(count) classes, the model \(outputs) output\(outputs == 1 ? "" : "s"): "
            + "end the layer list with dense:\(count)")
      }
    } else if outputs != 1 || count > 2 {
      throw .input(
        "\(loss.spec.name) takes targets, and the \(what) has \(count) classes: end the layer list with "
          + "dense:\(count), and use --loss cross-entropy")
    }
  }

  private func checkValues(_ columns: Int, _ what: String) throws(Failure) {
    if loss.takesClasses {
      throw .input("\(loss.spec.name) takes class ids, and the \(what) has targets; --loss mse goes with numbers")
    }
    guard columns == outputs else {
      throw .input(
        "the \(what) has \(columns) target\(columns == 1 ? "" : "s") a row, the model \(outputs) "
          + "output\(outputs == 1 ? "" : "s"): end the layer list with dense:\(columns)")
    }
  }

  /// Losses on logits do the last function themselves, stably.
  private func checkLastLayer() throws(Failure) {
    guard loss.predictsProbabilities, let last = network.architecture.layers.last?.name else { return }
    guard last == "softmax" || last == "sigmoid" else { return }
    throw .usage(
      "\(loss.spec.name) takes logits: leave out the \(last) at the end (nn-predict gives probabilities anyway)")
  }
}
