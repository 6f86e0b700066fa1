import Testing

@testable import Tensors

@Suite("JSON")
struct JSONTests {
  @Test(
    "what is read is written the same",
    arguments: [
      "null", "true", "false", "0", "-1", "1.5", "-2.5e-3", "1E+10", "\"\"", "\"a\"", "[]", "[1,2,[3]]", "{}",
      "{\"b\":1,\"a\":{\"c\":[null]}}", "\"\\\"\\\\\\n\\r\\t\"", "\"\\u0001\"", "\"é数🧠\"",
      "123456789012345678901234567890",
    ])
  func roundTrip(_ text: String) throws { #expect(try JSON.parse(text).text == text) }

  @Test("escapes")
  func escapes() throws {
    #expect(try JSON.parse(#""\/\b\f\u00e9\ud83e\udde0""#).string == "/\u{8}\u{c}é🧠")
    #expect(try JSON.parse(" [ 1 , 2 ]\n").text == "[1,2]")
  }

  @Test(
    "what is refused",
    arguments: [
      "", " ", "nul", "nulll", "tru", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "'a'", "\"a",
      "\"\u{1}\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "[1,]",
      "[1 2]", "[", "[1", "]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}",
      "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "1 2", "[]]", "--1", "1-", "\u{feff}1",
    ])
  func refused(_ text: String) { #expect(failure { _ = try JSON.parse(text) }?.status == .input) }

  @Test("depth is limited")
  func depth() throws {
    let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
    #expect(try JSON.parse(deep).array?.count == 1)
    #expect(failure { _ = try JSON.parse("[\(deep)]") }?.message.contains("nested too deeply") == true)
    #expect(failure { _ = try JSON.parse(String(repeating: "{\"a\":", count: 1_000_000)) } != nil)
  }

  @Test("numbers in the shortest form that reads back exactly")
  func numbers() {
    #expect(JSON.number(0.1).text == "0.1")
    #expect(JSON.number(Float(0.1)).text == "0.1")
    #expect(JSON.number(1.0).text == "1")
    #expect(JSON.number(-3.0).text == "-3")
    #expect(JSON.number(1e300).text == "1e+300")
    #expect(JSON.number(Double.nan).text == "null")
    #expect(JSON.number(-Float.infinity).text == "null")
    #expect(JSON.number(Int.min).text == "-9223372036854775808")
    let values: [Double] = [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, 123456789.123]
    for value in values {
      #expect(Double(JSON.number(value as Double).text) == value)
    }
  }

  @Test("values by kind")
  func values() throws {
    let json = try JSON.parse("{\"n\":7,\"x\":2.5,\"s\":\"t\",\"a\":[1]}")
    #expect(json["n"]?.integer == 7)
    #expect(json["x"]?.integer == nil)
    #expect(json["x"]?.double == 2.5)
    #expect(json["s"]?.string == "t")
    #expect(json["a"]?.array?.count == 1)
    #expect(json["missing"] == nil)
    #expect(json["s"]?.double == nil)
  }

  @Test(
    "natural numbers of headers",
    arguments: [
      ("0", 0), ("7", 7), ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("-1", nil), ("1.0", nil),
      ("1e3", nil), ("01", nil), ("", nil), ("x", nil),
    ])
  func naturals(_ text: String, _ value: Int?) {
    var scanner = JSONScanner(Array(text.utf8))
    #expect((try? scanner.naturalNumber()) == value)
  }

  @Test("bytes that are not UTF-8")
  func invalidText() {
    for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]] {
      var scanner = JSONScanner([0x22] + bytes + [0x22])
      #expect(failure { _ = try scanner.string() }?.status == .input)
    }
  }
}
