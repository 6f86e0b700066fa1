import Networks
import Tensors

/// `--class-weight`: how much the classes, or the outputs of several yeses and nos, count in the loss.
public enum ClassWeights: Sendable {
  /// rows / (classes · rows of the class), so that every class counts the same in all (scikit-learn's `balanced`).
  case balanced
  /// Weights by class name or id; a class that is not named has weight 1.
  case given([(name: String, weight: Double)])

  /// Reads `balanced` or `cat:2,dog:0.5`.
  public init(parsing text: String) throws(Failure) {
    if text == "balanced" {
      self = .balanced
      return
    }
    var pairs: [(name: String, weight: Double)] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      // The last colon, since a class may be called by a time of day.
      guard let colon = part.lastIndex(of: ":"), colon > part.startIndex else {
        throw .usage("'\(part)': 'balanced' or CLASS:WEIGHT is due, such as 0:2,1:0.5")
      }
      let name = String(part[..<colon])
      guard !pairs.contains(where: { $0.name == name }) else { throw .usage("class '\(name)' twice") }
      do throws(Failure) {
        pairs.append((name, try Numbers.number(String(part[part.index(after: colon)...]), in: .notNegative)))
      } catch {
        throw .usage("'\(part)': \(error.message)")
      }
    }
    self = .given(pairs)
  }

  /// The text that reads back as these weights.
  var description: String {
    switch self {
    case .balanced: "balanced"
    case .given(let pairs): pairs.map { "\($0.name):\(Numbers.text($0.weight))" }.joined(separator: ",")
    }
  }

  /// A weight for each class of the data, or for each output.
  func resolve(_ data: Dataset, _ loss: any Loss, outputs: Int) throws(Failure) -> [Float] {
    guard data.hasClasses || loss.answers.areClasses || loss.answers == .shares else {
      throw .usage(
        "--class-weight: \(loss.spec.name) on numbers knows no classes; weights go with class ids, or with "
          + "cross-entropy, bce, bce-with-logits and multilabel-soft-margin")
    }
    let count = data.hasClasses ? max(2, outputs) : outputs
    switch self {
    case .given(let pairs):
      var weights = [Float](repeating: 1, count: count)
      let names = data.classes ?? (0..<count).map(String.init)
      for (name, weight) in pairs {
        guard let id = names.firstIndex(of: name), id < count else {
          throw .usage("--class-weight: " + Nearest.unknown(name, "class", among: names))
        }
        weights[id] = Float(weight)
      }
      guard weights.contains(where: { $0 > 0 }) else {
        throw .usage("--class-weight: the weight of every class is 0: nothing would be learnt")
      }
      return weights
    case .balanced:
      let rows = try data.rowsOfClasses(count, loss)
      let present = rows.filter { $0 > 0 }
      let all = present.reduce(0, +)
      return rows.map { $0 > 0 ? Float(all / (Double(present.count) * $0)) : 1 }
    }
  }
}

extension Dataset {
  /// How many rows each class has; of probabilities, their sums.
  fileprivate func rowsOfClasses(_ count: Int, _ loss: any Loss) throws(Failure) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    switch answers {
    case .classes(let labels):
      for label in labels where Int(label) != loss.ignoredClass { sums[Int(label)] += 1 }
    case .values(let values, let columns) where loss.answers.areClasses:
      for (i, value) in values.enumerated() { sums[i % columns] += Double(value) }
    case .values, .inputs, .none:
      throw .usage("--class-weight balanced: counts the rows of each class, and this data has no classes")
    }
    return sums
  }
}
