@testable import Tensors
@testable import Training

/// Logs: of one that is resumed whole lines are kept that the file begins with; one that is drawn gives the same however
/// its bytes arrive, and is diagnosed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = Input(bytes, count)
  let epoch = input.byte()
  answers { () throws(Failure) in
    let log = try input.source(piece: nil).readAll()
    let kept = TrainingLog.length(of: log, keepingEpochs: epoch)
    require(kept <= log.count, "more than there is")
    require(kept == 0 || input.rest[kept - 1] == 0x0a, "half a line")
    require(TrainingLog.length(of: log[rows: 0..<kept], keepingEpochs: epoch) == kept, "not stable")
  }
  answers { () throws(Failure) in
    let log = try input.source(piece: nil).readAll()
    let (whole, cut) = (read([log]), read([log[rows: 0..<log.count / 2], log[rows: log.count / 2..<log.count]]))
    require(whole?.epochs == cut?.epochs && whole?.keys == cut?.keys, "depends on pieces")
    guard let whole else { return }
    require(!CurveDiagnosis(whole).findings.isEmpty, "says nothing")
  }
  return 0
}

/// A run of some pieces of a log; nil when it is none.
private func read(_ pieces: [Tensor]) -> RunLog? {
  var (lines, run, range) = (JSONLines(place: "log"), RunLog(name: "log"), LearningRateCurve())
  func take(_ line: JSON, _ number: Int) throws(Failure) {
    if line["smoothed"] != nil { try range.add(line) } else { try run.add(line) }
  }
  do throws(Failure) {
    for piece in pieces { try lines.add(piece, take) }
    try lines.finish(take)
  } catch { return nil }
  if let rate = range.suggestion { require(!Figures.rough(rate).isEmpty, "no rate") }
  return run
}
