import Tensors

extension Domain {
  /// Reads `64,128,256`, `0..0.5`, `1..8`, `log:1e-4..1e-1`, and a range with levels, `log:1e-4..1e-1/4`, which are
  /// choices then.
  ///
  /// A range is of whole numbers when both ends are written as such. A backslash before a comma, or a backslash, of a
  /// choice makes it a part of its text.
  init(parsing text: String) throws(Failure) {
    let isLogarithmic = text.hasPrefix("log:")
    let body = isLogarithmic ? String(text.dropFirst(4)) : text
    guard let (ends, levels) = try Domain.range(body) else {
      guard !isLogarithmic else { throw .usage("log: is for a range, such as log:1e-4..1e-1") }
      self = .choices(try Domain.choices(text))
      return
    }
    let domain = try Domain.range(ends, isLogarithmic)
    if case .integers(let range, _) = domain, let levels, levels > range.count {
      throw .usage(
        "\(body): of whole numbers there are but \(range.count); \(ends.0).0..\(ends.1).0/\(levels) has those between")
    }
    if let levels, let values = domain.levels(levels) { self = .choices(values) } else { self = domain }
  }

  /// "LOW..HIGH" or "LOW..HIGH/LEVELS", numbers as they are spelled; nil for anything else, such as "../data".
  private static func range(_ text: String) throws(Failure) -> (ends: (String, String), levels: Int?)? {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let low = String(text[..<dots.lowerBound])
    let rest = text[dots.upperBound...].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard Double(low) != nil, Double(rest[0]) != nil else { return nil }
    guard rest.count > 1 else { return ((low, String(rest[0])), nil) }
    guard let levels = Int(rest[1]), (1...mostIntegers).contains(levels) else {
      throw .usage("'/\(rest[1])': a number of levels from 1 to \(mostIntegers) is due")
    }
    return ((low, String(rest[0])), levels)
  }

  private static func range(_ ends: (String, String), _ isLogarithmic: Bool) throws(Failure) -> Domain {
    if let low = Int(ends.0), let high = Int(ends.1) {
      guard low <= high else { throw .usage("\(ends.0)..\(ends.1): the range is empty") }
      guard !isLogarithmic || low > 0 else { throw .usage("a range by logarithm begins above 0") }
      guard low.magnitude < 1 << 52, high.magnitude < 1 << 52 else { throw tooLarge }
      return .integers(low...high, isLogarithmic: isLogarithmic)
    }
    if [ends.0, ends.1].contains(where: { Int($0) == nil && $0.allSatisfy { $0.isNumber || $0 == "-" } }) {
      throw tooLarge
    }
    let (low, high) = (try Numbers.number(ends.0, in: .any), try Numbers.number(ends.1, in: .any))
    guard low <= high else { throw .usage("\(ends.0)..\(ends.1): the range is empty") }
    guard !isLogarithmic || low > 0 else { throw .usage("a range by logarithm begins above 0") }
    return .reals(low...high, isLogarithmic: isLogarithmic)
  }

  private static var tooLarge: Failure { .usage("whole numbers below 2^52 are due") }

  private static func choices(_ text: String) throws(Failure) -> [String] {
    var choices = [""]
    var isEscaped = false
    for character in text {
      if isEscaped {
        choices[choices.count - 1].append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "," {
        choices.append("")
      } else {
        choices[choices.count - 1].append(character)
      }
    }
    guard !isEscaped, !choices.contains("") else {
      throw .usage("values separated by commas, or a range such as 0..0.5, are due")
    }
    if let twice = choices.indices.first(where: { choices[..<$0].contains(choices[$0]) }) {
      throw .usage("the value '\(choices[twice])' twice")
    }
    return choices
  }
}
