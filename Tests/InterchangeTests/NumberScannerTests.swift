import Glibc
import Testing

@testable import Interchange

/// The float in a text.
private func scan(_ text: String) -> Float? {
  Array(text.utf8).withUnsafeBufferPointer { NumberScanner.float($0) }
}

@Suite struct NumberScannerTests {
  @Test(arguments: [
    "0", "7", "-0", "+1", "255", "1.", ".5", "-1.5e3", "1e-3", "1E+10", "16777217", "16777219", "0.1", "0.3",
    "3.4028234663852886e38", "3.4028235677973366e38", "1e39", "-1e39", "1.17549435e-38", "1e-45", "7e-46", "1e-400",
    "123456789012345678901234567890", "0.000000000000000000000000000001",
    "1.00000017881393421514957253748434595763683319091796875001",
    "1.00000017881393432617187499", "1.00000017881393432617187500", "1.00000017881393432617187501", "9007199254740993",
    "18446744073709551615", "9999999999999999999e-19", "8388608.5", "8388609.5", "1e23", "1e22", "4.35e-22",
  ])
  func agreesWithTheCLibrary(_ text: String) {
    let expected = strtof(text, nil)
    #expect(scan(text)?.bitPattern == expected.bitPattern)
  }

  @Test func agreesWithTheCLibraryAroundTheMiddleBetweenFloats() {
    var bits: UInt32 = 12345
    for step in 0..<20_000 {
      bits = bits &* 1_664_525 &+ 1_013_904_223
      let value = Float(bitPattern: bits & 0x7fff_ffff)
      guard value.isFinite, value.nextUp.isFinite else { continue }
      let middle = (Double(value) + Double(value.nextUp)) / 2
      let text = String([middle, middle.nextUp, middle.nextDown, Double(value)][step % 4])
      #expect(scan(text)?.bitPattern == strtof(text, nil).bitPattern, "\(text)")
    }
  }

  @Test(arguments: ["", "-", ".", "1e", "e5", "1e+", "0x10", "1,5", "1 ", " 1", "--1", "nan", "inf", "1_000", "½", "١"])
  func refusesWhatIsNoNumber(_ text: String) { #expect(scan(text) == nil) }

  @Test func readsWords() {
    func word(_ text: String) -> Float? { Array(text.utf8).withUnsafeBufferPointer { NumberScanner.word($0) } }
    #expect(word("NaN")?.isNaN == true)
    #expect(word("-Infinity") == -.infinity)
    #expect(word("inf") == .infinity)
    #expect(word("infinite") == nil)
    #expect(word("") == nil)
  }
}
