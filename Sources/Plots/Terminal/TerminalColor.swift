/// The inks of a terminal, of its 256 colours: near those of the SVG figures, and of a brightness that can be read on
/// black and on white.
enum TerminalColor {
  private static let series = [32, 166, 36, 169, 172, 75, 244]
  /// Fills from weak to strong, for right and wrong.
  private static let blues = [153, 110, 67, 25]
  private static let reds = [223, 216, 209, 166]

  /// What begins text of an ink.
  static func foreground(_ ink: Ink) -> String {
    switch ink {
    case .plain, .inverse: reset
    case .strong: "\u{1b}[0;1m"
    case .muted: "\u{1b}[0;38;5;245m"
    case .series(let i): "\u{1b}[0;38;5;\(series[i % series.count])m"
    }
  }

  /// What begins text over a fill: dark on the weak ones, light on the strong.
  static func background(_ ink: Ink, strength: Double) -> String {
    let level = max(0, min(3, Int(strength * 4)))
    let ramp = ink == .series(0) ? blues : reds
    return "\u{1b}[0;38;5;\(level == 3 ? 231 : 16);48;5;\(ramp[level])m"
  }

  /// Everything as usual.
  static let reset = "\u{1b}[0m"
}
