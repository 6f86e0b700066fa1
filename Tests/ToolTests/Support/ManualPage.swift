/// What the tests need of a manual page in mdoc(7): its options and the commands of its examples.
struct ManualPage {
  let lines: [Substring]

  init?(_ path: String) {
    guard let text = Files.text(path) else { return nil }
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The lines of a section.
  func section(_ name: String) -> [Substring] {
    let heading = ".Sh \(name)"
    guard let start = lines.firstIndex(where: { $0 == heading }) else { return [] }
    return Array(lines[(start + 1)...].prefix { !$0.hasPrefix(".Sh ") })
  }

  /// The headings, in order.
  var sections: [Substring] { lines.filter { $0.hasPrefix(".Sh ") }.map { $0.dropFirst(4) } }

  /// The options that have an item: "--output", "-o" …; `[no-]name` counts as both.
  var options: Set<String> {
    var found: Set<String> = []
    for line in lines where line.hasPrefix(".It Fl ") {
      var words = line.split(separator: " ").dropFirst()
      while let word = words.popFirst() {
        guard word == "Fl", var name = words.popFirst() else { continue }
        while let last = name.last, ",".contains(last) { name.removeLast() }
        if name.hasPrefix("-[no-]") {
          found.formUnion(["--\(name.dropFirst(6))", "--no-\(name.dropFirst(6))"])
        } else {
          found.insert("-\(name)")
        }
      }
    }
    return found
  }

  /// The commands of a section: each `.Dl` line, and each block of `.Bd -literal` as one script.
  func commands(in section: String) -> [String] {
    var commands: [String] = []
    var block: [String]?
    for line in self.section(section) {
      if line.hasPrefix(".Bd ") {
        block = []
      } else if line == ".Ed" {
        if let script = block { commands.append(script.joined(separator: "\n")) }
        block = nil
      } else if block != nil {
        block?.append(ManualPage.plain(line))
      } else if line.hasPrefix(".Dl ") {
        commands.append(ManualPage.plain(ManualPage.unquoted(line.dropFirst(4))))
      }
    }
    return commands
  }

  /// The arguments of a macro line without the quotes that mdoc takes away, one space apart.
  private static func unquoted(_ text: Substring) -> Substring {
    var words: [String] = []
    var rest = text
    while let first = rest.first {
      if first == " " {
        rest.removeFirst()
      } else if first == "\"" {
        rest.removeFirst()
        var word = ""
        while let character = rest.popFirst() {
          if character == "\"" {
            guard rest.first == "\"" else { break }  // two quotes stand for one
            rest.removeFirst()
          }
          word.append(character)
        }
        words.append(word)
      } else {
        let word = rest.prefix { $0 != " " }
        words.append(String(word))
        rest = rest.dropFirst(word.count)
      }
    }
    return words.joined(separator: " ")[...]
  }

  /// The text as it is shown: roff's escapes resolved.
  static func plain(_ text: Substring) -> String {
    let names = [
      "(dq": "\"", "(aq": "'", "(ti": "~", "(ha": "^", "(ga": "`", "(bs": "\\", "(rs": "\\", "(lq": "\u{201c}",
      "[dq]": "\"", "[aq]": "'", "[ti]": "~", "[ha]": "^", "e": "\\", "-": "-", "&": "", "\\": "\\",
    ]
    var result = ""
    var rest = text
    while let character = rest.popFirst() {
      guard character == "\\" else {
        result.append(character)
        continue
      }
      if let (name, value) = names.first(where: { rest.hasPrefix($0.key) }) {
        rest = rest.dropFirst(name.count)
        result += value
      }
    }
    return result
  }
}
