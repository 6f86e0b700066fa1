import Testing

@testable import Interchange
@testable import Tensors

/// Text from a writer that gives a byte at a time: rows come as they are complete, and long ones in linear time.
@Suite struct SlowTextTests {
  /// The number of rows of a text.
  private func rows(_ text: String) throws -> Int {
    let source = Array(text.utf8).withUnsafeBytes { ByteSource($0, name: "input", piece: 1) }
    let reader = TableReader(settings: TableSettings(), team: nil)
    try reader.read(OutsideFile(source)) {}
    return reader.rows
  }

  @Test func readsRows() throws {
    #expect(try rows("a,b\n1,2\n3,4\r\n\n5,\"6\"") == 3)
  }

  @Test("a row of a quarter of a million numbers")
  func longRow() throws {
    let row = String(repeating: "1,", count: 250_000) + "1\n"
    let start = ContinuousClock.now
    #expect(try rows(row + row) == 2)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test("a quote that never closes, around half a million lines")
  func openQuote() {
    let text = "1,\"" + String(repeating: "a\n", count: 500_000)
    let start = ContinuousClock.now
    #expect(throws: Failure.self) { try rows(text) }
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}
