import Tensors

/// In which quotes of the shell (POSIX, 2.2) a place of a command is, and how a value is written there.
enum ShellQuoting: Sendable {
  case none, single, double

  /// The quotes after a character that is not behind a backslash.
  func after(_ character: Character) -> ShellQuoting {
    switch (self, character) {
    case (.none, "'"): .single
    case (.none, "\""): .double
    case (.single, "'"), (.double, "\""): .none
    default: self
    }
  }

  /// A value of which the shell makes nothing but itself.
  func quoted(_ value: String) -> String {
    switch self {
    case .none: value.shellWord
    case .single: value.shellQuoted
    case .double: String(value.flatMap { "\"\\$`".contains($0) ? ["\\", $0] : [$0] })
    }
  }
}

/// A command substitution within double quotes, `"$(…)"` or with backquotes, in which quotes begin anew.
struct Substitution: Sendable {
  /// Parentheses that are open in it.
  private var depth = 0
  private var isBackquoted = false
  /// Whether the dollar was taken, and the parenthesis comes next.
  private var isOpening = false

  /// Whether a place is in one.
  var isOpen: Bool { depth > 0 || isBackquoted }

  /// Takes the first character of what is left of a command.
  mutating func take(_ rest: Substring, _ quoting: ShellQuoting) {
    if depth > 0 || isOpening {
      isOpening = false
      depth += rest.first == "(" ? 1 : rest.first == ")" ? -1 : 0
    } else if quoting == .double, rest.hasPrefix("$(") {
      isOpening = true
    } else if rest.first == "`", quoting == .double || isBackquoted {
      isBackquoted.toggle()
    }
  }
}
