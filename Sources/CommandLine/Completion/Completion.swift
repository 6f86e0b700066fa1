/// What a shell offers for an option's value or for an operand: words, or files with some endings.
public struct Completion: Sendable {
  /// The command line as far as an offer depends on it.
  public struct Line: Sendable {
    /// The value so far.
    public var word: String
    /// The operands that are typed already, before the word or behind it.
    public var operands: [String]
  }

  /// One thing that is offered in the place of the value so far.
  public struct Offer: Equatable, Sendable {
    /// The whole value, or one that goes on: after a last `:`, `,` or `=` shells add no space.
    public var text: String
    /// A few words about it, which zsh and fish show.
    public var summary: String

    /// An offer.
    public init(_ text: String, _ summary: String = "") {
      self.text = text
      self.summary = summary
    }
  }

  /// The endings of the files that are offered, none for all files; nil where no file is due.
  let endings: [String]?
  let offers: @Sendable (Line) -> [Offer]

  private init(endings: [String]? = nil, offers: @escaping @Sendable (Line) -> [Offer] = { _ in [] }) {
    self.endings = endings
    self.offers = offers
  }

  /// Anything may be typed, and nothing is offered.
  public static let nothing = Completion()
  /// All files.
  public static let files = Completion(endings: [])
  /// Files with tensors: what the tools write, and state dicts.
  public static let tensorFiles = Completion.files(["st", "safetensors"])

  /// Files with one of some endings, without their dots; all files where there is none.
  public static func files(_ endings: [String]) -> Completion { Completion(endings: endings) }

  /// What depends on the line. Those that do not begin with the word so far are left out.
  public static func offers(_ offers: @escaping @Sendable (Line) -> [Offer]) -> Completion {
    Completion(offers: offers)
  }

  /// One of some words.
  public static func words(_ words: [String]) -> Completion {
    .offers { _ in words.map { Offer($0) } }
  }

  /// Several of some words, joined by commas.
  public static func list(_ words: [String]) -> Completion {
    .offers { line in parts(of: line.word, separator: ",") { _ in words.map { Offer($0) } } }
  }

  /// What is offered for the last of several parts of a word, with the parts before it.
  public static func parts(
    of word: String, separator: Character, _ offers: (_ last: String) -> [Offer]
  ) -> [Offer] {
    let start = word.lastIndex(of: separator).map { word.index(after: $0) } ?? word.startIndex
    return offers(String(word[start...])).map { Offer(word[..<start] + $0.text, $0.summary) }
  }
}
