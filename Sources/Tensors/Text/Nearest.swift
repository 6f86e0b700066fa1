/// The known name that is closest to a mistyped one.
public enum Nearest {
  /// The nearest of some names, if one is near enough to be meant.
  public static func name(to word: String, among names: [String]) -> String? {
    let typed = Array(word.lowercased())
    if typed.count >= 3, let longer = names.first(where: { $0.hasPrefix(word) }) { return longer }
    // Of names equally near, the one that begins alike is meant: people get the first letters right.
    let best = names.compactMap { name -> (name: String, distance: Int, prefix: Int)? in
      let letters = Array(name.lowercased())
      // Each letter too many is a change, so a word from a file, however long, is compared with few names.
      guard abs(typed.count - letters.count) <= tolerance(typed, letters) else { return nil }
      return (name, distance(typed, letters), zip(typed, letters).prefix { $0 == $1 }.count)
    }.min { ($0.distance, -$0.prefix) < ($1.distance, -$1.prefix) }
    guard let (name, distance, _) = best, distance <= tolerance(typed, Array(name)),
      distance < max(word.count, name.count)
    else { return nil }
    return name
  }

  /// How many changes a slip of the finger makes at most.
  private static func tolerance(_ a: [Character], _ b: [Character]) -> Int { max(1, min(a.count, b.count) / 3 + 1) }

  /// "unknown 'adm' (did you mean 'adam'?)", or the list of names when none is near.
  public static func unknown(_ word: String, _ what: String = "", among names: [String]) -> String {
    let head = what.isEmpty ? "unknown '\(word)'" : "unknown \(what) '\(word)'"
    if let name = name(to: word, among: names) { return "\(head) (did you mean '\(name)'?)" }
    return names.isEmpty || names.count > 40 ? head : "\(head); known: \(names.joined(separator: ", "))"
  }

  /// The number of insertions, deletions, replacements and swaps of neighbours that turn one word into the other
  /// (optimal string alignment distance).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 1..<(a.count + 1) {
      var row = [i]
      for j in 1..<(b.count + 1) {
        var best = min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          best = min(best, beforeLast[j - 2] + 1)
        }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
