import Kernels
import Tensors
import Testing

@testable import Interchange

/// Rows read ahead on several threads are those that are read one by one.
@Suite struct PlainRowsTests {
  /// A table of the text as it is read with a team, or without reading ahead.
  private func table(_ text: String, _ settings: TableSettings, team: ThreadTeam?) throws -> Table {
    try withFile(Array(text.utf8)) { path in
      let reader = TableReader(settings: settings, team: team)
      do throws(Failure) { try reader.read(OutsideFile(path: path)) {} } catch {
        // The path is another each time.
        throw Failure.input(String(error.message.dropFirst(path.count)))
      }
      return try reader.take()
    }
  }

  private func same(_ text: String, _ settings: TableSettings) throws -> Bool {
    let one = try table(text, settings, team: nil)
    for threads in [1, 2, 3] {
      let other = try table(text, settings, team: ThreadTeam(threads: threads))
      guard one.x == other.x, one.classes == other.classes, (one.y == nil) == (other.y == nil) else { return false }
      if let y = one.y, let z = other.y, !(y == z) { return false }
    }
    return true
  }

  /// Several pieces of text, with quotes, line feeds in quotes, empty lines and long numbers between.
  private static func text(end: String, odd: Bool = true) -> String {
    var text = ""
    for row in 0..<45_000 {
      text += "name\(row % 7),\(row % 300),\(row % 11)\(row % 5 == 0 ? ".25" : ""),\(row % 4096),\(row)\(end)"
      if odd, row % 5003 == 5 { text += "\"a\nb,\",\"7\", 8 ,1e3,-.5\(end)\(end)" }
    }
    return text
  }

  private static let rows = text(end: "\n")

  @Test(arguments: ["\n", "\r\n"], [true, false]) func agree(end: String, odd: Bool) throws {
    var settings = TableSettings()
    (settings.hasHeader, settings.label) = (false, "1")
    #expect(try same(PlainRowsTests.text(end: end, odd: odd), settings))
    (settings.label, settings.dropped, settings.targets) = (nil, ["1"], ["5", "3"])
    #expect(try same(PlainRowsTests.text(end: end, odd: odd) + "last,1,2,3,4", settings))
  }

  @Test(arguments: [TableSettings.Missing.drop, .mean]) func missingValuesAgree(how: TableSettings.Missing) throws {
    var settings = TableSettings()
    (settings.hasHeader, settings.missing) = (false, how)
    let text = (0..<150_000).map { $0 % 701 == 3 ? "\($0),NA,3" : "\($0 % 97),5,\($0 % 1000)" }.joined(separator: "\n")
    #expect(try same(text, settings))
  }

  @Test(arguments: [
    "x,1,2,3", "x,1,2,3,4,5", "x,1,2,3,y", "x,1,2,3,\"4\"5", "NA,1,2,3,4", "x,1,2,3,", "x,1,2,3,\"4",
    "\u{FFFD}x,1,2,3,1e60",
  ])
  func failuresAgree(line: String) throws {
    var settings = TableSettings()
    (settings.hasHeader, settings.label) = (false, "1")
    let text = PlainRowsTests.rows + line + "\n" + PlainRowsTests.rows
    let due = try #require(throws: Failure.self) { try table(text, settings, team: nil) }
    #expect(due.message.contains("line 450"))
    let found = try #require(throws: Failure.self) { try table(text, settings, team: ThreadTeam(threads: 2)) }
    #expect(found.message == due.message)
  }
}
