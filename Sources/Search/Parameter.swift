import Tensors

/// A parameter of a search: its name, the values it may take, and when it is there at all.
struct Parameter: Equatable, Sendable {
  let name: String
  let domain: Domain
  let condition: Condition?

  /// Reads `NAME=VALUES` or `NAME=VALUES if CONDITION`.
  init(parsing text: String) throws(Failure) {
    let name = text.prefix(while: Parameter.isNameCharacter)
    guard let first = name.first, !first.isNumber, text[name.endIndex...].hasPrefix("=") else {
      throw .usage("'\(text)': NAME=VALUES is due, such as lr=log:1e-4..1e-1 or hidden=64,128")
    }
    guard !text.contains(where: \.isNewline) else { throw .usage("'\(name)': one line is due") }
    guard !Template.reserved.contains(String(name)) else {
      throw .usage("'\(name)': {\(name)} is taken; another name is due")
    }
    var values = (text[name.endIndex...].dropFirst() + " ")[...]
    var condition: Condition?
    if let mark = values.firstRange(of: " if ") {
      condition = try Condition(parsing: String(values[mark.upperBound...]))
      values = values[..<mark.lowerBound]
    }
    while values.last == " " { values.removeLast() }
    self.name = String(name)
    self.condition = condition
    do throws(Failure) { domain = try Domain(parsing: String(values)) } catch { throw error.at("'\(name)'") }
  }

  /// Names are letters, digits and underscores.
  static func isNameCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "_")
  }
}
