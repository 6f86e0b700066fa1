import Plots

/// The body of a page of HTML as it grows: nothing of it runs, and nothing is loaded from elsewhere.
struct HTML {
  private(set) var body = ""

  /// Text of unknown origin as it may stand in an element or an attribute.
  static func escaped(_ text: String) -> String { XMLText.escaped(text) }

  /// A sentence in which no option such as --lr is broken over two lines.
  private static func withOptions(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      let escaped = HTML.escaped(String(word))
      return word.hasPrefix("--") ? "<span class=\"option\">\(escaped)</span>" : escaped
    }.joined(separator: " ")
  }

  /// A cell of a table.
  enum Cell {
    case text(String)
    /// Set to the right.
    case number(String)
    case image(InlineImage)
    /// What explains the others.
    case words(String)

    fileprivate var html: String {
      switch self {
      case .text(let text): "<td>\(HTML.escaped(text))</td>"
      case .number(let text): "<td class=\"number\">\(HTML.escaped(text))</td>"
      case .image(let image): "<td>\(image.html)</td>"
      case .words(let text): "<td class=\"words\">\(HTML.escaped(text))</td>"
      }
    }

    fileprivate var isNumber: Bool { if case .number = self { true } else { false } }
  }

  mutating func append(_ other: HTML) { body += other.body }

  mutating func title(_ text: String) { body += "<h1>\(HTML.escaped(text))</h1>\n" }

  /// The heading of a section, to which links of the page lead.
  mutating func section(_ text: String, id: String) { body += "<h2 id=\"\(id)\">\(HTML.escaped(text))</h2>\n" }

  mutating func heading(_ text: String) { body += "<h3>\(HTML.escaped(text))</h3>\n" }

  mutating func paragraph(_ text: String) { body += "<p>\(HTML.escaped(text))</p>\n" }

  /// Links to sections.
  mutating func links(_ sections: [(title: String, id: String)]) {
    let links = sections.map { "<a href=\"#\($0.id)\">\(HTML.escaped($0.title))</a>" }
    body += "<nav>\(links.joined(separator: "\n"))</nav>\n"
  }

  /// Numbers that are read first, each with a word below it.
  mutating func facts(_ facts: [(value: String, name: String)]) {
    let items = facts.map { "<li><b>\(HTML.escaped($0.value))</b> \(HTML.escaped($0.name))</li>\n" }
    if !items.isEmpty { body += "<ul class=\"facts\">\n\(items.joined())</ul>\n" }
  }

  /// Text of several lines as it is, tabs included, such as commands.
  mutating func preformatted(_ text: String) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map { HTML.escaped(String($0)) }
        .joined(separator: "\t")
    }
    body += "<pre>\(lines.joined(separator: "\n"))</pre>\n"
  }

  /// A list of sentences, each with a second one.
  mutating func list(_ entries: [(String, String)]) {
    let items = entries.map { "<li>\(HTML.escaped($0.0)) <em>\(HTML.withOptions($0.1))</em></li>\n" }
    body += "<ul>\n\(items.joined())</ul>\n"
  }

  /// A table, whose columns of numbers have their heads to the right, too.
  mutating func table(_ head: [String], _ rows: [[Cell]]) {
    let cells = head.enumerated().map { column, text in
      let isNumber = rows.first.map { $0.indices.contains(column) && $0[column].isNumber } ?? false
      return "<th\(isNumber ? " class=\"number\"" : "")>\(HTML.escaped(text))</th>"
    }
    let lines = rows.map { "<tr>\($0.map(\.html).joined())</tr>\n" }.joined()
    body +=
      "<div class=\"wide\"><table>\n<thead><tr>\(cells.joined())</tr></thead>\n<tbody>\n\(lines)</tbody>\n</table></div>\n"
  }

  /// Figures side by side where there is room.
  mutating func figures(_ figures: [PlacedFigure]) {
    guard !figures.isEmpty else { return }
    body += "<div class=\"figures\">\n\(figures.map(\.html).joined())</div>\n"
  }

  /// Images with a line below each.
  mutating func images(_ images: [(InlineImage, caption: String)]) {
    let figures = images.map { image, caption in
      "<figure>\(image.html)<figcaption>\(HTML.escaped(caption))</figcaption></figure>\n"
    }
    body += "<div class=\"images\">\n\(figures.joined())</div>\n"
  }
}
