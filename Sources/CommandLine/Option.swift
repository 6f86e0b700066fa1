import Tensors

/// One option of a tool: the single definition from which the parser, `--help`, the completion scripts and the test of
/// the manual follow.
///
/// `Values` is the tool's own struct of settings; an option writes into it through a key path or a closure.
public struct Option<Values> {
  /// What follows the option's name.
  public enum Argument: Sendable {
    /// Nothing: `--name` switches on.
    case none
    /// Nothing: `--name` switches on and `--no-name` off.
    case toggle
    /// One value, named so in the help, completed so in a shell.
    case value(String, Completion)

    var takesValue: Bool { if case .value = self { true } else { false } }
    var isToggle: Bool { if case .toggle = self { true } else { false } }
  }

  let long: String
  let short: Character?
  let argument: Argument
  let summary: String
  let group: String
  let set: (inout Values, String) throws(Failure) -> Void

  init(
    _ long: String, _ short: Character?, _ argument: Argument, _ summary: String, group: String,
    set: @escaping (inout Values, String) throws(Failure) -> Void
  ) {
    self.long = long
    self.short = short
    self.argument = argument
    self.summary = summary
    self.group = group
    self.set = set
  }

  /// The same option under another heading of the help.
  public func under(_ group: String) -> Option {
    Option(long, short, argument, summary, group: group, set: set)
  }
}

/// The heading of options that say nothing else.
let defaultGroup = "Options"

extension Option {
  /// A switch: off unless given.
  public static func flag(
    _ long: String, short: Character? = nil, _ path: WritableKeyPath<Values, Bool>, _ summary: String
  ) -> Option {
    Option(long, short, .none, summary, group: defaultGroup) { (values, _) in values[keyPath: path] = true }
  }

  /// A switch that has a `--no-` form; the summary tells the default.
  public static func toggle(
    _ long: String, _ path: WritableKeyPath<Values, Bool>, _ summary: String
  ) -> Option {
    Option(long, nil, .toggle, summary, group: defaultGroup) { (values, text) in
      values[keyPath: path] = text != "no"
    }
  }

  /// Any value that `parse` makes of the text; its failure is told with the option's name.
  public static func parsed<Value>(
    _ long: String, short: Character? = nil, value placeholder: String,
    _ path: WritableKeyPath<Values, Value>,
    _ summary: String, completion: Completion = .nothing,
    parse: @escaping (String) throws(Failure) -> Value
  ) -> Option {
    Option(long, short, .value(placeholder, completion), summary, group: defaultGroup) {
      (values, text) throws(Failure) in
      do throws(Failure) { values[keyPath: path] = try parse(text) } catch {
        throw Option.refusal(long, text, error)
      }
    }
  }

  /// Like `parsed`, for an option that may be given many times.
  public static func repeated<Value>(
    _ long: String, short: Character? = nil, value placeholder: String,
    _ path: WritableKeyPath<Values, [Value]>,
    _ summary: String, completion: Completion = .nothing,
    parse: @escaping (String) throws(Failure) -> Value
  ) -> Option {
    Option(long, short, .value(placeholder, completion), summary, group: defaultGroup) {
      (values, text) throws(Failure) in
      do throws(Failure) { values[keyPath: path].append(try parse(text)) } catch {
        throw Option.refusal(long, text, error)
      }
    }
  }

  /// "--lr 1x: a number above 0 is due"; a message that begins with the text itself does not say it twice.
  private static func refusal(_ long: String, _ text: String, _ failure: Failure) -> Failure {
    .usage("--\(long) " + (failure.message.hasPrefix("\(text):") ? "" : "\(text): ") + failure.message)
  }

  /// A whole number in a range.
  public static func integer(
    _ long: String, short: Character? = nil, value placeholder: String = "N", in range: ClosedRange<Int>,
    _ path: WritableKeyPath<Values, Int>, _ summary: String
  ) -> Option {
    parsed(long, short: short, value: placeholder, path, summary) { (text) throws(Failure) in
      try Numbers.integer(text, in: range)
    }
  }
  /// A whole number in a range, absent by default.
  public static func integer(
    _ long: String, short: Character? = nil, value placeholder: String = "N", in range: ClosedRange<Int>,
    _ path: WritableKeyPath<Values, Int?>, _ summary: String
  ) -> Option {
    parsed(long, short: short, value: placeholder, path, summary) { (text) throws(Failure) in
      try Numbers.integer(text, in: range)
    }
  }

  /// A finite number in a range.
  public static func number(
    _ long: String, short: Character? = nil, value placeholder: String = "X", in range: Numbers.Range,
    _ path: WritableKeyPath<Values, Double>, _ summary: String
  ) -> Option {
    parsed(long, short: short, value: placeholder, path, summary) { (text) throws(Failure) in
      try Numbers.number(text, in: range)
    }
  }
  /// A finite number in a range, absent by default.
  public static func number(
    _ long: String, short: Character? = nil, value placeholder: String = "X", in range: Numbers.Range,
    _ path: WritableKeyPath<Values, Double?>, _ summary: String
  ) -> Option {
    parsed(long, short: short, value: placeholder, path, summary) { (text) throws(Failure) in
      try Numbers.number(text, in: range)
    }
  }

  /// A path.
  public static func file(
    _ long: String, short: Character? = nil, value placeholder: String = "FILE",
    _ path: WritableKeyPath<Values, String?>, _ summary: String, completion: Completion = .files
  ) -> Option {
    parsed(long, short: short, value: placeholder, path, summary, completion: completion) {
      (text) throws(Failure) in
      guard !text.isEmpty else { throw .usage("a file name is due") }
      return text
    }
  }

  /// Any text.
  public static func text(
    _ long: String, short: Character? = nil, value placeholder: String,
    _ path: WritableKeyPath<Values, String?>,
    _ summary: String, completion: Completion = .nothing
  ) -> Option {
    parsed(long, short: short, value: placeholder, path, summary, completion: completion) { (text) in text }
  }

  /// One of the cases of an enumeration, spelled as their raw values.
  public static func choice<Value: RawRepresentable<String> & CaseIterable>(
    _ long: String, short: Character? = nil, value placeholder: String,
    _ path: WritableKeyPath<Values, Value>,
    _ summary: String
  ) -> Option {
    let words = Value.allCases.map(\.rawValue)
    return parsed(long, short: short, value: placeholder, path, summary, completion: .words(words)) {
      (text) throws(Failure) in
      guard let value = Value(rawValue: text) else { throw .usage(Nearest.unknown(text, among: words)) }
      return value
    }
  }
}
