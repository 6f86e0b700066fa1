@testable import Interchange
import Kernels
@testable import Tensors

/// CSV and TSV tables, with every combination of what nn-import may be told about them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = Input(bytes, count)
  let (header, columns, more) = (input.byte(), input.byte(), input.byte())
  var settings = ImportSettings()
  settings.table.hasHeader = [nil, true, false][header % 3]
  settings.table.separator = [nil, 0x2c, 9, 0x3b][header >> 2 & 3]
  settings.table.missing = [.refuse, .drop, .mean][(header >> 4) % 3]
  settings.table.allowsNotFinite = header >> 7 == 1
  settings.table.label = [nil, "1", "2", "a"][columns & 3]
  settings.table.targets = [[], ["1"], ["3", "2"], ["b"]][columns >> 2 & 3]
  settings.table.dropped = [[], ["1"], ["2"], ["c"]][columns >> 4 & 3]
  settings.table.categories = [[], ["1"], ["2", "3"], ["a"]][columns >> 6]
  settings.table.classes = more & 1 == 1 ? ["x", "y", "0"] : nil
  settings.chunk = [nil, 1, 2, 5][more >> 1 & 3]
  let whole = input
  answers { () throws(Failure) in
    let file = try OutsideFile(input.source())
    guard file.content == .text else { return }
    let frames = try imported(file, settings)
    require(frames.last?.isLast == true && frames.dropLast().allSatisfy { !$0.isLast }, "no stream")
  }
  guard settings.chunk == nil else { return 0 }  // rows that are to be written as they come are not read ahead
  let plain = table(whole, settings.table, team: nil)
  let ahead = table(whole, settings.table, team: team)
  require(plain.message == ahead.message, "'\(plain.message)' and '\(ahead.message)'")
  require(plain.sum == ahead.sum, "another table when it is read ahead")
  return 0
}

/// A checksum of a table, or why it is refused; read with a team in pieces of a few bytes.
private func table(_ input: Input, _ settings: TableSettings, team: ThreadTeam?) -> (message: String, sum: UInt) {
  var input = input
  do throws(Failure) {
    let file = try OutsideFile(input.source())
    guard file.content == .text else { return ("no text", 0) }
    let reader = TableReader(settings: settings, team: team, pieceBytes: 7)
    try reader.read(file) {}
    let table = try reader.take()
    let names = (table.classes ?? []) + table.features.map { $0 ?? "none" }
    return ("\(names) \(table.x.shape) \(reader.droppedRows)", Checksum.of(["x": table.x, "y": table.y ?? table.x]))
  } catch { return (error.message, 0) }
}
