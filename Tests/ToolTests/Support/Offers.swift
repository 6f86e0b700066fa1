/// What a tool answers to the shells' scripts.
enum Offers {
  /// The words offered for the last word of a line.
  static func of(_ line: String) -> [Substring] {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    let answer = Command(
      script: "\(words[0]) --complete \(words.count - 1) \(words.map { "'\($0)'" }.joined(separator: " "))",
      directory: Places.package
    ).run()
    return answer.text.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "\t" } }
  }
}
