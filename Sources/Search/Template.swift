import Tensors

/// A command with places for values: `{name}`, and `{name=text}` with what stands there when the parameter is absent.
///
/// A brace after a dollar is the shell's, `{{` is a brace, and braces around anything but a name are left alone.
struct Template: Sendable {
  /// What every trial has besides its parameters.
  static let reserved = ["id", "n", "epochs"]

  private enum Piece: Sendable {
    case text(String)
    case value(name: String, fallback: String?, ShellQuoting)
  }
  private var pieces: [Piece] = []

  /// Reads a command of one line, or of several of which each goes on in the next as the shell has it: behind a backslash,
  /// a pipe, `&&` or `||`.
  init(parsing text: String) throws(Failure) {
    let line = try Template.joined(text)
    var plain = ""
    var quoting = ShellQuoting.none
    var substitution = Substitution()
    var rest = line[...]
    while let character = rest.first {
      if rest.hasPrefix("{{") {
        plain.append("{")
        rest = rest.dropFirst(2)
      } else if character == "{", plain.last != "$", let (name, fallback, length) = Template.place(rest) {
        guard !substitution.isOpen else {
          throw .usage("{\(name)}: within \"$( )\" values cannot be quoted; leave out the quotes around it")
        }
        pieces.append(.text(plain))
        plain = ""
        pieces.append(.value(name: name, fallback: fallback, quoting))
        rest = rest.dropFirst(length)
      } else {
        if character == "\\", quoting != .single, rest.count > 1 {
          plain.append(rest.removeFirst())
          plain.append(rest.removeFirst())
          continue
        }
        substitution.take(rest, quoting)
        quoting = quoting.after(character)
        plain.append(character)
        rest = rest.dropFirst()
      }
    }
    pieces.append(.text(plain))
  }

  private static func joined(_ text: String) throws(Failure) -> String {
    var joined = ""
    for line in text.split(whereSeparator: \.isNewline) {
      if joined.last == "\\" {
        joined.removeLast()
      } else if !joined.isEmpty {
        let end = joined.reversed().drop { $0 == " " }
        guard end.first == "|" || end.prefix(2).elementsEqual("&&") else {
          throw .usage("the command has several lines; join them by ';', or by '\\' at their ends")
        }
        joined += " "
      }
      joined += line
    }
    return joined
  }

  /// The place at the beginning of a text; nil when the brace begins something else.
  private static func place(_ text: Substring) -> (name: String, fallback: String?, length: Int)? {
    guard let end = text.firstIndex(of: "}") else { return nil }
    let inside = text[..<end].dropFirst()
    let name = inside.prefix(while: Parameter.isNameCharacter)
    guard let first = name.first, !first.isNumber else { return nil }
    let rest = inside[name.endIndex...]
    guard rest.isEmpty || rest.first == "=" else { return nil }
    return (
      String(name), rest.isEmpty ? nil : String(rest.dropFirst()), text.distance(from: text.startIndex, to: end) + 1
    )
  }

  /// The names that are asked for.
  var names: [String] {
    pieces.compactMap { if case .value(let name, _, _) = $0 { name } else { nil } }
  }

  /// Fails where a name is unknown, a parameter goes nowhere, or one that may be absent has no text for that.
  func check(_ space: Space) throws(Failure) {
    let known = space.parameters.map(\.name)
    for case .value(let name, let fallback, _) in pieces where !Template.reserved.contains(name) {
      guard let parameter = space.parameters.first(where: { $0.name == name }) else {
        let names = known + Template.reserved
        throw .usage("{\(name)}: \(Nearest.unknown(name, "parameter", among: names)); '{{' stands for a brace")
      }
      if let condition = parameter.condition, fallback == nil {
        throw .usage("{\(name)}: absent unless \(condition.text); write {\(name)=TEXT} with what stands there then")
      }
    }
    let asked = names + space.parameters.flatMap { $0.condition?.clauses.map(\.name) ?? [] }
    if let idle = known.first(where: { !asked.contains($0) }) {
      throw .usage("'\(idle)': the parameter goes nowhere; write {\(idle)} in the command")
    }
  }

  /// The command of a trial: values are quoted so that the shell takes them as they are.
  ///
  /// - Parameter epochs: what `{epochs}` stands for.
  func command(_ trial: Trial, epochs: Int?) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .value(let name, let fallback, let quoting):
        quoting.quoted(Template.value(name, trial, epochs) ?? fallback ?? "")
      }
    }.joined()
  }

  /// A file name of a trial: values as they are.
  func path(_ trial: Trial, epochs: Int?) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .value(let name, let fallback, _): Template.value(name, trial, epochs) ?? fallback ?? ""
      }
    }.joined()
  }

  private static func value(_ name: String, _ trial: Trial, _ epochs: Int?) -> String? {
    switch name {
    case "id": trial.id
    case "n": String(trial.number)
    case "epochs": epochs.map(String.init)
    default: trial[name]
    }
  }
}
