/// Answers what may stand at a place of a command line.
///
/// The scripts for the shells ask the tool itself: `nn-freeze --complete 3 nn-freeze model.st --freeze co`, with the
/// number of the word that is being typed, cut at the cursor, and all words. So what is offered is decided in one place,
/// by the option table that the parser reads too, and for all shells; it can depend on the files on the line, as names of
/// layers do; and the scripts, which are the same for every tool, need no change when an option comes. It costs the 2 ms in
/// which a tool starts. The request is no option, since it is for scripts alone.
struct Completer<Values> {
  /// What leads a request.
  static var request: String { "--complete" }

  let options: [Option<Values>]
  let operands: Completion

  /// What is offered: words, or files.
  struct Answer: Equatable {
    /// See `Completion.endings`.
    var endings: [String]?
    var offers: [Completion.Offer]

    /// A line `files ENDING ...` or `words`, then a line for each offer: the word, a tab, its summary.
    var text: String {
      let head = endings.map { (["files"] + $0).joined(separator: " ") } ?? "words"
      return ([head] + offers.map { "\($0.text)\t\($0.summary)" }).joined(separator: "\n") + "\n"
    }
  }

  /// The answer to the arguments behind `--complete`; a request that makes no sense is answered with nothing.
  func answer(_ arguments: ArraySlice<String>) -> Answer {
    let words = Array(arguments.dropFirst())
    guard let cursor = arguments.first.flatMap({ Int($0) }), words.indices.dropFirst().contains(cursor) else {
      return Answer(endings: nil, offers: [])
    }
    let (place, others) = place(of: cursor, among: words)
    switch place {
    case .value(let completion, let lead):
      let line = Completion.Line(word: String(words[cursor].dropFirst(lead.count)), operands: others)
      let offers = completion.offers(line).filter { $0.text.hasPrefix(line.word) }
      return Answer(
        endings: completion.endings, offers: offers.map { Completion.Offer(lead + $0.text, $0.summary) })
    case .option:
      return Answer(endings: nil, offers: optionNames.filter { $0.text.hasPrefix(words[cursor]) })
    }
  }

  private enum Place {
    /// A value or an operand, behind what leads it in the same word, such as `--valid=`.
    case value(Completion, lead: String)
    case option
  }

  /// What the word at the cursor is, and the operands beside it. The words are read as `Parser` reads them, but a line
  /// that is being typed has mistakes, which do not matter here.
  private func place(of cursor: Int, among words: [String]) -> (Place, [String]) {
    var others: [String] = []
    var place = Place.value(operands, lead: "")
    var expected: Completion?
    var onlyOperands = false
    for (i, word) in words.enumerated().dropFirst() {
      if let completion = expected {
        if i == cursor { place = .value(completion, lead: "") }
        expected = nil
      } else if onlyOperands || !word.hasPrefix("-") || (word == "-" && i != cursor) {
        if i != cursor { others.append(word) }
      } else if i == cursor {
        place = self.place(inOption: word)
      } else if word == "--" {
        onlyOperands = true
      } else {
        expected = completionDue(after: word)
      }
    }
    return (place, others)
  }

  private func place(inOption word: String) -> Place {
    guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return .option }
    let name = word[..<equals].dropFirst(2)
    guard let option = options.first(where: { $0.long == name }), case .value(_, let completion) = option.argument
    else {
      return .option
    }
    return .value(completion, lead: String(word[...equals]))
  }

  /// What the word after an option, or after a cluster of switches, is; nil where it has no value, or has it attached.
  private func completionDue(after word: String) -> Completion? {
    let option: Option<Values>?
    if word.hasPrefix("--") {
      option = options.first { $0.long == word.dropFirst(2) }
    } else {
      let letters = word.dropFirst()
      let first = letters.firstIndex { letter in options.contains { $0.short == letter && $0.argument.takesValue } }
      option = first.flatMap { i in letters.index(after: i) == letters.endIndex ? letters[i] : nil }
        .flatMap { letter in options.first { $0.short == letter } }
    }
    guard let option, case .value(_, let completion) = option.argument else { return nil }
    return completion
  }

  /// All names of options: first the long ones, which say what they mean.
  private var optionNames: [Completion.Offer] {
    let long = options.flatMap { option in
      [Completion.Offer("--\(option.long)", option.summary)]
        + (option.argument.isToggle ? [Completion.Offer("--no-\(option.long)", "not: \(option.summary)")] : [])
    }
    return long + options.compactMap { option in option.short.map { Completion.Offer("-\($0)", option.summary) } }
  }
}
