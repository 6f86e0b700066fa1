import Tensors

/// What the tensors of a state dict are called here, and which of them are left alone.
///
/// A map is a text of one rule a line, `THEIRS OURS`, with `#` comments: a tensor whose name is THEIRS is taken for OURS.
/// Stars in THEIRS stand for any text, and those of OURS for the same in turn; OURS `-` leaves the tensor out. The first
/// rule that fits counts; names that none fits stay as they are.
public struct WeightNames: Sendable {
  private struct Rule {
    var theirs: String
    var ours: String
  }

  private var rules: [Rule] = []
  private let skipped: [String]

  /// Names by a map's text.
  ///
  /// - Parameter skipping: patterns of names, as they are here, that are neither taken nor missed.
  public init(map text: String = "", skipping: [String] = []) throws(Failure) {
    skipped = skipping
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
      guard !words.isEmpty else { continue }
      guard words.count == 2 else { throw .input("line \(number + 1): two names are due, THEIRS OURS") }
      let rule = Rule(theirs: words[0], ours: words[1])
      guard rule.ours.count(where: { $0 == "*" }) <= rule.theirs.count(where: { $0 == "*" }) else {
        throw .input("line \(number + 1): more stars in the second name than in the first")
      }
      rules.append(rule)
    }
  }

  /// Whether a tensor of that name here keeps its first values.
  public func skips(_ name: String) -> Bool { skipped.contains { Glob.matches(name, $0) } }

  /// A pattern of tensors to keep that fits none of a model's names and none of those that other tensors get here.
  public func idlePattern(_ own: [String], _ theirs: some Sequence<String>) -> String? {
    let names = own + theirs.compactMap(name)
    return skipped.first { pattern in !names.contains { Glob.matches($0, pattern) } }
  }

  /// The tensors under their names here, without those that are left out, and a line for each that another has taken the
  /// name of.
  public func renamed(_ tensors: [String: Tensor]) -> (tensors: [String: Tensor], problems: [String]) {
    var result: [String: Tensor] = [:]
    var origins: [String: String] = [:]
    var problems: [String] = []
    for (theirs, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      guard let ours = name(of: theirs), !skips(ours) else { continue }
      if let other = origins.updateValue(theirs, forKey: ours) {
        problems.append("'\(other)' and '\(theirs)' are both '\(ours)'")
      }
      result[ours] = tensor
    }
    return (result, problems)
  }

  /// The name here; nil for a tensor that is left out.
  private func name(of theirs: String) -> String? {
    for rule in rules {
      guard var captures = Glob.captures(of: theirs[...], rule.theirs)?[...] else { continue }
      if rule.ours == "-" { return nil }
      var name = ""
      for character in rule.ours { name += character == "*" ? String(captures.popFirst() ?? "") : String(character) }
      return name
    }
    return theirs
  }
}
