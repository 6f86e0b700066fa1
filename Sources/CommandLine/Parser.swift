import Tensors

/// Command lines in the usual grammar: `--name value`, `--name=value`, `--no-name`, `-n value`, `-nvalue`, clustered
/// switches, options and operands in any order, `--` before operands that look like options.
struct Parser<Values> {
  let options: [Option<Values>]

  /// Sets what the arguments say and returns the operands.
  func parse(_ arguments: [String], into values: inout Values) throws(Failure) -> [String] {
    var operands: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        operands += rest
        break
      } else if argument.hasPrefix("--") {
        try long(String(argument.dropFirst(2)), &rest, &values)
      } else if argument.hasPrefix("-"), argument != "-" {
        try cluster(argument.dropFirst(), &rest, &values)
      } else {
        operands.append(argument)
      }
    }
    return operands
  }

  private func long(
    _ text: String, _ rest: inout ArraySlice<String>, _ values: inout Values
  ) throws(Failure) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let attached = parts.count > 1 ? String(parts[1]) : nil
    if let option = options.first(where: { $0.long == name }) {
      guard case .value(let placeholder, _) = option.argument else {
        guard attached == nil else { throw .usage("--\(name) takes no value") }
        return try option.set(&values, "")
      }
      guard let value = attached ?? rest.popFirst() else { throw .usage("--\(name): \(placeholder) is due") }
      return try option.set(&values, value)
    }
    if name.hasPrefix("no-"),
      let option = options.first(where: { "no-\($0.long)" == name && $0.argument.isToggle })
    {
      guard attached == nil else { throw .usage("--\(name) takes no value") }
      return try option.set(&values, "no")
    }
    throw .usage(unknown(name))
  }

  private func cluster(
    _ text: Substring, _ rest: inout ArraySlice<String>, _ values: inout Values
  ) throws(Failure) {
    var letters = text
    while let letter = letters.popFirst() {
      guard let option = options.first(where: { $0.short == letter }) else {
        let meant = names.contains("--\(text)") ? " (did you mean '--\(text)'?)" : ""
        throw .usage("unknown option '-\(letter)'\(meant)")
      }
      guard case .value(let placeholder, _) = option.argument else {
        try option.set(&values, "")
        continue
      }
      guard let value = letters.isEmpty ? rest.popFirst() : String(letters) else {
        throw .usage("-\(letter): \(placeholder) is due")
      }
      return try option.set(&values, value)
    }
  }

  /// What other programs call options, by the names that they have here.
  private static var foreignNames: [String: String] {
    [
      "batch": "batch-size", "bs": "batch-size", "confusion": "figure", "learning-rate": "lr", "out": "output",
      "scheduler": "schedule", "test-size": "test", "val": "valid", "validation": "valid", "validation-data": "valid",
      "validation-split": "valid",
    ]
  }

  /// That there is no such option, and which is meant; all of them only where they are few.
  private func unknown(_ name: String) -> String {
    let spelled = String(name.lowercased().map { $0 == "_" ? "-" : $0 })
    if let meant = Parser.foreignNames[spelled], options.contains(where: { $0.long == meant }) {
      return "unknown option '--\(name)' (did you mean '--\(meant)'?)"
    }
    let isNear = Nearest.name(to: "--\(name)", among: names) != nil
    return Nearest.unknown("--\(name)", "option", among: isNear || names.count <= 12 ? names : [])
  }

  /// All long names with their dashes, as a mistyped one is compared with them.
  private var names: [String] {
    options.flatMap { $0.argument.isToggle ? ["--\($0.long)", "--no-\($0.long)"] : ["--\($0.long)"] }
  }
}
