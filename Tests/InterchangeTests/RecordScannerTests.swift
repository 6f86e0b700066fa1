import Tensors
import Testing

@testable import Interchange

/// The records of a text that arrives in two pieces, as the scanner sees them.
private func records(_ text: String, cut: Int? = nil, separator: Character = ",") throws -> [[String?]] {
  let bytes = Array(text.utf8)
  var scanner = RecordScanner(separator: separator.asciiValue ?? 0)
  var result: [[String?]] = []
  var consumed = 0
  for end in [cut ?? bytes.count, bytes.count] {
    try bytes[consumed..<end].withUnsafeBufferPointer { text in
      var position = 0
      while try scanner.next(text, &position, isEnd: end == bytes.count) {
        result.append(scanner.fields.map { RecordScanner.string($0, in: text) })
      }
      consumed += position
    }
  }
  return result
}

@Suite struct RecordScannerTests {
  @Test func splits() throws {
    #expect(try records("a,b\nc,d\n") == [["a", "b"], ["c", "d"]])
    #expect(try records("a,b\r\nc,d") == [["a", "b"], ["c", "d"]])
    #expect(try records("\n\r\n a ,\t\n\n,\n") == [["a", ""], ["", ""]])
    #expect(try records("a;b", separator: ";") == [["a", "b"]])
    #expect(try records("") == [])
  }

  @Test func readsQuotes() throws {
    #expect(try records("\"a,b\",\"c\nd\"\r\n\"e \"\"f\"\"\",\"\"") == [["a,b", "c\nd"], ["e \"f\"", ""]])
    #expect(try records("a\"b,\" c \"") == [["a\"b", " c "]])
  }

  @Test func isTheSameHoweverTheTextArrives() throws {
    let text = "\"a \"\"b\"\", x\",c\r\n\n1,\"2\"\r\n\"\n\",\"\"\"\"\r\n5,6"
    let whole = try records(text)
    #expect(whole.count == 4)
    for cut in 0...text.utf8.count { #expect(try records(text, cut: cut) == whole, "cut at \(cut)") }
  }

  @Test func namesTheLine() {
    #expect(failure { _ = try records("a\n\"b\nc\"d") } == "line 3: text after the closing quote of field 1")
    #expect(
      failure { _ = try records("a\n\n\"b\nc") } == "line 3: a quoted field begins here and has no end")
  }

  @Test func countsLinesInsideQuotes() throws {
    let text = Array("\"a\nb\"\n\nc\n".utf8)
    var scanner = RecordScanner(separator: 44)
    try text.withUnsafeBufferPointer { text in
      var position = 0
      _ = try scanner.next(text, &position, isEnd: true)
      #expect(scanner.line == 1)
      _ = try scanner.next(text, &position, isEnd: true)
      #expect(scanner.line == 4)
    }
  }
}
