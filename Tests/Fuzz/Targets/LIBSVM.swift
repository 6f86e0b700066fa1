@testable import Interchange
@testable import Tensors

/// LIBSVM text, with every combination of what nn-import may be told about it, from a file and from a pipe.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = Input(bytes, count)
  let (labels, more) = (input.byte(), input.byte())
  var settings = ImportSettings()
  settings.features = [nil, 1, 3, 100][labels & 3]
  settings.table.label = labels >> 2 & 3 == 1 ? "1" : nil
  settings.table.targets = labels >> 2 & 3 == 2 ? ["1"] : []
  settings.table.classes = labels >> 4 & 3 == 1 ? ["-1", "+1", "2"] : nil
  settings.table.allowsNotFinite = labels >> 6 & 1 == 1
  settings.chunk = [nil, 1, 2, 5][more & 3]
  let whole = rows(input.source(piece: nil), settings)
  let piped = rows(input.source(piece: more >> 2 + input.rest.count / 16 + 1), settings)
  require(whole.message == piped.message, "'\(whole.message)' and '\(piped.message)'")
  require(whole.sum == piped.sum, "a pipe gives other rows")
  // As nn-import writes it.
  if settings.features != nil {
    answers { () throws(Failure) in
      let file = try OutsideFile(input.source(piece: nil))
      if file.content == .text { _ = try imported(file, settings) }
    }
  }
  let start = SparseLine.begins(input.rest.bindMemory(to: UInt8.self))
  for length in [1, 8, 40] where length < input.rest.count {
    let part = SparseLine.begins(UnsafeBufferPointer(rebasing: input.rest.bindMemory(to: UInt8.self)[..<length]))
    if part.isFinal { require(part.answer == start.answer && start.isFinal, "more text changes what it is") }
  }
  return 0
}

/// A checksum of the rows, or why they are refused; a matrix that is not asked for has 4 KiB at most.
private func rows(_ source: ByteSource, _ settings: ImportSettings) -> (message: String, sum: UInt) {
  do throws(Failure) {
    let reader = SparseRows(settings: settings, freeBytes: 1 << 12)
    var (sum, taken) = (UInt(0), 0)
    func take() throws(Failure) {
      let table = try reader.take()
      taken += table.x.rows
      sum = 31 &* sum &+ Checksum.of(["x": table.x, "y": table.y ?? table.x])
    }
    try reader.read(try OutsideFile(source)) { () throws(Failure) in
      if reader.rows == settings.chunk, reader.isFinal { try take() }
    }
    if reader.rows > 0 { try take() }
    return ("\(taken)", sum)
  } catch { return (error.message, 0) }
}
