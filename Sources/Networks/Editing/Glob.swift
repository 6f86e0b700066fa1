/// Shell patterns with `*` and `?`.
enum Glob {
  static func matches(_ name: String, _ pattern: String) -> Bool {
    matches(Array(name)[...], Array(pattern)[...])
  }

  /// Backtracks to the last `*` only, so the time is at most the product of the lengths.
  private static func matches(_ name: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
    var (n, p) = (name.startIndex, pattern.startIndex)
    var (starP, starN) = (-1, 0)
    while n < name.endIndex {
      if p < pattern.endIndex, pattern[p] == "*" {
        (starP, starN) = (p, n)
        p += 1
      } else if p < pattern.endIndex, pattern[p] == "?" || pattern[p] == name[n] {
        (n, p) = (n + 1, p + 1)
      } else if starP >= 0 {
        starN += 1
        (n, p) = (starN, starP + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }

  /// What the stars of a pattern without `?` stand for in a name, each as little as can be; nil where the name does not
  /// match.
  static func captures(of name: Substring, _ pattern: String) -> [Substring]? {
    var pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
    let first = pieces.removeFirst()
    guard name.hasPrefix(first) else { return nil }
    guard let last = pieces.popLast() else { return name == first ? [] : nil }
    var rest = name.dropFirst(first.count)
    var captures: [Substring] = []
    for piece in pieces {
      guard let found = piece.isEmpty ? rest.startIndex..<rest.startIndex : rest.firstRange(of: piece) else {
        return nil
      }
      captures.append(rest[..<found.lowerBound])
      rest = rest[found.upperBound...]
    }
    guard rest.count >= last.count, rest.hasSuffix(last) else { return nil }
    return captures + [rest.dropLast(last.count)]
  }
}
