/// The text of `--help`, at most 80 columns wide.
extension Tool {
  /// Purpose, synopsis, examples, the options by group.
  var help: String {
    var out = "\(name) - \(purpose)\n\nUsage: \(name) [OPTION ...]\(operands.isEmpty ? "" : " " + operands)\n"
    out += "\nExamples:\n" + examples.map { "  \($0)\n" }.joined()
    var groups: [String] = []
    for option in table where !groups.contains(option.group) { groups.append(option.group) }
    for group in groups {
      out += "\n\(group):\n"
      for option in table where option.group == group { out += option.helpLines }
    }
    for note in notes { out += "\n" + Help.wrap(note, indent: 0) }
    return out + "\nSee man \(name) for more.\n"
  }

  /// A few lines for somebody who typed the bare name.
  var shortHelp: String {
    "\(name) - \(purpose)\n\nUsage: \(name) [OPTION ...] \(operands)\n\n"
      + examples.prefix(2).map { "  \($0)\n" }.joined() + "\nTry '\(name) --help' for more."
  }
}

extension Option {
  /// "  -e, --epochs N      passes over the data", wrapped.
  var helpLines: String {
    var head = short.map { "  -\($0), " } ?? "      "
    switch argument {
    case .none: head += "--\(long)"
    case .toggle: head += "--[no-]\(long)"
    case .value(let placeholder, _): head += "--\(long) \(placeholder)"
    }
    let column = 28
    let text = Help.wrap(summary, indent: column)
    if head.count < column - 1 {
      return head + String(repeating: " ", count: column - head.count) + text.dropFirst(column)
    }
    return head + "\n" + text
  }
}

enum Help {
  static let width = 80

  /// Words filled into lines of at most 80 columns, each indented, with a line feed at the end.
  static func wrap(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, indent + line.count + 1 + word.count > width {
          lines.append(line)
          line = ""
        }
        line += line.isEmpty ? String(word) : " " + word
      }
      lines.append(line)
    }
    return lines.map { margin + $0 + "\n" }.joined()
  }
}
