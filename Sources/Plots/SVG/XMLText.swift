/// Texts of unknown origin in XML.
public enum XMLText {
  /// The text with the characters escaped that have a meaning in XML, and a question mark for each that it may not hold
  /// (XML 1.0, section 2.2) or that would draw what follows in another direction.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\0"..<" ", "\u{7f}"..."\u{9f}", "\u{2028}"..."\u{202e}", "\u{2066}"..."\u{2069}", "\u{fffe}", "\u{ffff}":
        result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
