import Tensors

/// A choice of layers: `all`, a position or name, a range `0-3`, a glob, `top:N`, `bottom:N`, or several of these
/// joined by commas.
public struct LayerSelection: Equatable, Sendable {
  private enum Part: Equatable {
    case all
    case range(ClosedRange<Int>)
    case glob(String)
    case top(Int)
    case bottom(Int)
  }

  private let parts: [Part]
  private let text: String

  /// Reads the text of a selection.
  public init(parsing text: String) throws(Failure) {
    self.text = text
    var parts: [Part] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      if word == "all" {
        parts.append(.all)
      } else if word.hasPrefix("top:") {
        parts.append(.top(try Numbers.integer(String(word.dropFirst(4)), in: 1...1_000_000)))
      } else if word.hasPrefix("bottom:") {
        parts.append(.bottom(try Numbers.integer(String(word.dropFirst(7)), in: 1...1_000_000)))
      } else if let range = LayerSelection.range(word) {
        parts.append(.range(range))
      } else if !word.isEmpty {
        parts.append(.glob(word))
      } else {
        throw .usage("layers are due, such as 0-3, top:2 or 'conv*'")
      }
    }
    self.parts = parts
  }

  private static func range(_ word: String) -> ClosedRange<Int>? {
    let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    switch ends.count {
    case 1: return ends[0].flatMap { $0 >= 0 ? $0...$0 : nil }
    case 2:
      guard let first = ends[0], let last = ends[1], first <= last else { return nil }
      return first...last
    default: return nil
    }
  }

  /// The positions of the chosen layers among those that have parameters.
  ///
  /// - Throws: a usage failure when a part of the selection names no layer with parameters.
  public func positions(in network: Network) throws(Failure) -> Set<Int> {
    let trainable = network.layers.indices.filter { i in network.layers[i].parameters.contains { $0.role != .buffer } }
    let names = network.architecture.names
    var result: Set<Int> = []
    for part in parts {
      let found: [Int]
      switch part {
      case .all: found = trainable
      case .top(let count): found = Array(trainable.suffix(count))
      case .bottom(let count): found = Array(trainable.prefix(count))
      case .range(let range): found = trainable.filter { range.contains($0) }
      case .glob(let pattern): found = trainable.filter { Glob.matches(names[$0], pattern) }
      }
      guard !found.isEmpty else {
        let known = trainable.map { names[$0] }.joined(separator: ", ")
        throw .usage("'\(text)' names no layer with parameters; they are \(known)")
      }
      result.formUnion(found)
    }
    return result
  }
}
