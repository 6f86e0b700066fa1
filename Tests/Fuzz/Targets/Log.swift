@testable import Tensors
@testable import Training

/// The log of a run that is resumed: what is kept are whole lines that the file begins with.
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
  return 0
}
