import Tensors

/// Where a trial's files are: what tells that it is finished, and its log.
///
/// They are the words with `{id}` that stand behind the last `-o` (`--output`) and `--log` of the command, unless other
/// patterns are given.
struct TrialFiles: Sendable {
  /// The file that is there when the trial is finished.
  let result: Template?
  let log: Template?

  init(command: String, result: String?, log: String?) throws(Failure) {
    let words = TrialFiles.words(command)
    self.result = try TrialFiles.template(result ?? TrialFiles.last(of: ["-o", "--output"], words), "--done")
    self.log = try TrialFiles.template(log ?? TrialFiles.last(of: ["--log"], words), "--log")
  }

  private static func template(_ pattern: String?, _ option: String) throws(Failure) -> Template? {
    guard let pattern else { return nil }
    guard pattern.contains("{id}") || pattern.contains("{n}") else {
      throw .usage("\(option) \(pattern): {id} is due in the name, since each trial has a file of its own")
    }
    return try Template(parsing: pattern)
  }

  /// The words of a command as the shell splits them, quotes taken off; its operators are spaces here.
  private static func words(_ command: String) -> [String] {
    var words = [""]
    var quoting = ShellQuoting.none
    for character in command {
      let next = quoting.after(character)
      if quoting == .none, character.isWhitespace || "|&;<>()".contains(character) {
        if words.last != "" { words.append("") }
      } else if next == quoting {
        words[words.count - 1].append(character)
      }
      quoting = next
    }
    return words
  }

  private static func last(of options: [String], _ words: [String]) -> String? {
    for i in words.indices.reversed() {
      for option in options {
        let isLong = option.hasPrefix("--") && words[i].hasPrefix(option + "=")
        let value =
          isLong
          ? String(words[i].dropFirst(option.count + 1))
          : words[i] == option && i + 1 < words.count ? words[i + 1] : ""
        if value.contains("{id}") { return value }
      }
    }
    return nil
  }
}
