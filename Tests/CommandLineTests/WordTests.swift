import Testing

@testable import CommandLine
@testable import Tensors

/// Numbers and nearest names.
@Suite("Words")
struct WordTests {
  @Test(
    "whole numbers are read whole",
    arguments: [
      ("0", 0), ("7", 7), ("100", 100), ("+7", 7), ("101", nil), ("-1", nil), ("", nil), ("1x", nil), (" 1", nil),
      ("1 ", nil),
      ("1.0", nil), ("1e2", nil), ("0x10", nil), ("99999999999999999999", nil), ("nan", nil), ("١", nil),
    ])
  func integers(_ text: String, _ value: Int?) {
    #expect((try? Numbers.integer(text, in: 0...100)) == value)
  }

  @Test(
    "numbers are read whole and finite",
    arguments: [
      ("0", 0.0), ("0.1", 0.1), ("1e-3", 1e-3), ("1E+3", 1e3), (".5", 0.5), ("-2", -2), ("+2", 2), ("", nil),
      ("x", nil),
      ("0.1x", nil), ("1e", nil), ("nan", nil), ("inf", nil), ("infinity", nil), ("1e999", nil), ("0x1p3", nil),
      (" 1", nil),
      ("1,5", nil), ("1_000", nil), ("--1", nil), ("e", nil), (".", nil), ("-", nil),
    ])
  func decimals(_ text: String, _ value: Double?) {
    #expect((try? Numbers.number(text, in: .any)) == value)
  }

  @Test("ranges include what their words say")
  func ranges() {
    func takes(_ range: Numbers.Range, _ text: String) -> Bool { (try? Numbers.number(text, in: range)) != nil }
    #expect(takes(.notNegative, "0") && !takes(.notNegative, "-0.1"))
    #expect(!takes(.positive, "0") && takes(.positive, "1e-300"))
    #expect(takes(.belowOne, "0") && !takes(.belowOne, "1"))
    #expect(takes(.share, "0") && takes(.share, "1") && !takes(.share, "1.01"))
    #expect(!takes(.positiveShare, "0") && takes(.positiveShare, "1"))
  }

  @Test(
    "the nearest name, when one is near enough",
    arguments: [
      ("adm", "adam"), ("adamw", "adamw"), ("ADAM", "adam"), ("nesterv", "nesterov"), ("smg", "sgd"), ("sdg", "sgd"),
      ("zzzzzz", nil), ("x", nil), ("", nil),
    ])
  func nearest(_ word: String, _ name: String?) {
    #expect(Nearest.name(to: word, among: ["adam", "adamw", "sgd", "nesterov", "rmsprop"]) == name)
  }

  @Test(
    "distances",
    arguments: [
      ("", "", 0), ("a", "", 1), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3),
      ("ab", "ba", 1),
    ])
  func distance(_ left: String, _ right: String, _ count: Int) {
    #expect(Nearest.distance(Array(left), Array(right)) == count)
    #expect(Nearest.distance(Array(right), Array(left)) == count)
  }

  @Test("what is unknown is told with the names, when they are few")
  func unknown() {
    #expect(Nearest.unknown("adm", "optimizer", among: ["adam"]) == "unknown optimizer 'adm' (did you mean 'adam'?)")
    #expect(Nearest.unknown("qqqq", among: ["adam", "sgd"]) == "unknown 'qqqq'; known: adam, sgd")
    #expect(Nearest.unknown("qqqq", among: []) == "unknown 'qqqq'")
  }
}
