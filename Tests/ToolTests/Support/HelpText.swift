/// What `--help` of a tool says, taken apart.
struct HelpText {
  struct Option {
    var short: String?
    /// With its dashes; a toggle has two.
    var long: [String]
    /// The placeholder of its value.
    var value: String?
  }

  let outcome: Outcome
  var lines: [Substring] { outcome.text.split(separator: "\n", omittingEmptySubsequences: false) }

  static func of(_ tool: String) -> HelpText {
    HelpText(outcome: Command(script: "\(tool) --help", directory: Places.package).run())
  }

  /// The lines that begin "  -o, --output FILE" or "      --top K".
  var options: [Option] {
    lines.compactMap { line in
      guard line.hasPrefix("  -") || line.hasPrefix("      --") else { return nil }
      var words = line.split(separator: " ")[...]
      var option = Option(long: [])
      if let word = words.first, word.hasSuffix(",") {
        option.short = String(word.dropLast())
        words.removeFirst()
      }
      guard let name = words.popFirst(), name.hasPrefix("--") else { return nil }
      let bare = name.hasPrefix("--[no-]") ? name.dropFirst(7) : name.dropFirst(2)
      option.long = name.hasPrefix("--[no-]") ? ["--\(bare)", "--no-\(bare)"] : ["--\(bare)"]
      // A placeholder stands one space after the name; the summary stands two or more away, or on the next line.
      let after = line[name.endIndex...]
      if after.hasPrefix(" "), !after.hasPrefix("  "), let value = words.first { option.value = String(value) }
      return option
    }
  }

  /// All names, short and long.
  var names: Set<String> { Set(options.flatMap { ($0.short.map { [$0] } ?? []) + $0.long }) }

  var examples: [String] {
    guard let start = lines.firstIndex(of: "Examples:") else { return [] }
    return lines[(start + 1)...].prefix { !$0.isEmpty }.map { String($0.drop { $0 == " " }) }
  }

  func has(_ name: String) -> Bool { names.contains(name) }
}
