import Tensors

/// What must hold for a parameter to be there: `hidden>=128`, several of them joined by `and`.
struct Condition: Equatable, Sendable {
  enum Comparison {
    case atLeast, atMost, differs, equals, above, below

    /// Longer signs come first, so that ">=" is not read as ">".
    static let signs: [(text: String, comparison: Comparison)] = [
      (">=", .atLeast), ("<=", .atMost), ("!=", .differs), ("==", .equals), ("=", .equals), (">", .above),
      ("<", .below),
    ]
  }

  struct Clause: Equatable, Sendable {
    var name: String
    var comparison: Comparison
    /// Several for equality, where any of them will do.
    var values: [String]
  }

  /// The text, for messages.
  let text: String
  let clauses: [Clause]

  /// Reads the text after `if`.
  init(parsing text: String) throws(Failure) {
    self.text = String(text.reversed().drop { $0 == " " }.reversed())
    var clauses: [Clause] = []
    for part in self.text.split(separator: " and ", omittingEmptySubsequences: false) {
      clauses.append(try Condition.clause(String(part)))
    }
    self.clauses = clauses
  }

  private static func clause(_ text: String) throws(Failure) -> Clause {
    let name = text.drop { $0 == " " }.prefix(while: Parameter.isNameCharacter)
    let rest = text[name.endIndex...].drop { $0 == " " }
    guard !name.isEmpty, let (sign, comparison) = Comparison.signs.first(where: { rest.hasPrefix($0.text) }) else {
      throw .usage("'if \(text)': NAME>=VALUE or another comparison is due")
    }
    var value = rest.dropFirst(sign.count).drop { $0 == " " }
    while value.last == " " { value.removeLast() }
    let takesTexts = comparison == .equals || comparison == .differs
    let values = takesTexts ? value.split(separator: ",").map(String.init) : [String(value)]
    guard !values.isEmpty, takesTexts || Double(values[0]) != nil else {
      throw .usage("'if \(text)': a \(takesTexts ? "value" : "number") is due after \(sign)")
    }
    return Clause(name: String(name), comparison: comparison, values: values)
  }

  /// Whether all clauses hold for a trial's values; one about a parameter that is not there does not.
  func holds(for values: [String: String]) -> Bool {
    clauses.allSatisfy { clause in values[clause.name].map(clause.holds) ?? false }
  }

  /// A parameter of which no value lets all the clauses about it hold; nil when there is none.
  func neverHolds(among parameters: [Parameter]) -> Parameter? {
    parameters.first { parameter in
      let asked = clauses.filter { $0.name == parameter.name }
      let bounds = asked.flatMap(\.values).compactMap(Double.init)
      return !asked.isEmpty
        && !parameter.domain.samples(around: bounds).contains { value in asked.allSatisfy { $0.holds(for: value) } }
    }
  }
}

extension Domain {
  /// Values of which one satisfies comparisons with `bounds` if any value does: of a range its ends, the bounds within it,
  /// and what lies between them.
  fileprivate func samples(around bounds: [Double]) -> [String] {
    switch self {
    case .choices(let texts): return texts
    case .integers(let range, _):
      let ends = Double(range.lowerBound)...Double(range.upperBound)
      let near = bounds.flatMap { [$0.rounded(.down), $0.rounded(.up), $0.rounded(.down) - 1, $0.rounded(.up) + 1] }
      return ([ends.lowerBound, ends.upperBound] + near.filter(ends.contains)).map(Numbers.text)
    case .reals(let range, _):
      let places = ([range.lowerBound, range.upperBound] + bounds.filter(range.contains)).sorted()
      return (places + zip(places, places.dropFirst()).map { ($0 + $1) / 2 }).map(Numbers.text)
    }
  }
}

extension Condition.Clause {
  func holds(for value: String) -> Bool {
    switch comparison {
    case .equals: return values.contains { isSame($0, value) }
    case .differs: return !values.contains { isSame($0, value) }
    case .atLeast, .atMost, .above, .below:
      guard let left = Double(value), let right = Double(values[0]) else { return false }
      switch comparison {
      case .atLeast: return left >= right
      case .atMost: return left <= right
      case .above: return left > right
      default: return left < right
      }
    }
  }

  /// Numbers are compared as such: 1e-3 is 0.001.
  private func isSame(_ a: String, _ b: String) -> Bool {
    if let left = Double(a), let right = Double(b) { return left == right }
    return a == b
  }
}
