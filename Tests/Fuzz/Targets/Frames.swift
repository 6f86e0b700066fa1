@testable import Tensors

/// Streams of frames, read as a file and as a pipe that gives a few bytes at a time: both see the same. What is accepted
/// is canonical once it is written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Input(bytes, count)
  var frames: [Frame] = []
  let isWhole = answers { () throws(Failure) in
    let reader = FrameReader(input.source(piece: nil))
    _ = reader.peekKind()
    while let frame = try reader.next() { frames.append(frame) }
  }
  // Most inputs are refused at once, and a pipe is then looked at for some of them only.
  guard !frames.isEmpty || count % 4 == 0 else { return 0 }
  var number = 0
  let isWholePiped = answers { () throws(Failure) in
    let reader = FrameReader(input.source(piece: 1 + count % 23))
    while let frame = try reader.next() {
      require(number < frames.count && same(frame, frames[number]), "a pipe gives another frame \(number)")
      number += 1
    }
  }
  require(isWhole == isWholePiped && number == frames.count, "a pipe gives other frames than a file")
  for frame in frames { checkCanonical(frame) }
  return 0
}

private func checkCanonical(_ frame: Frame) {
  let (text, order) = FrameHeader.text(tensors: frame.tensors, metadata: frame.metadata)
  answersAlways { () throws(Failure) in
    let header = try FrameHeader(parsing: text)
    require(header.metadata == frame.metadata && header.entries.count == order.count, "the header reads back otherwise")
    for entry in header.entries {
      require(
        frame.tensors[entry.name].map { $0.type == entry.type && $0.shape == entry.shape } == true,
        "'\(entry.name)' reads back otherwise")
    }
  }
  answers { () throws(Failure) in
    _ = try frame.labels()
    try frame.checkData()
  }
}

private func answersAlways(_ body: () throws(Failure) -> Void) { require(answers(body), "refused its own text") }

private func same(_ left: Frame, _ right: Frame) -> Bool {
  left.kind == right.kind && left.metadata == right.metadata && left.index == right.index && left.isLast == right.isLast
    && left.tensors.count == right.tensors.count
    && left.tensors.allSatisfy { name, tensor in right.tensors[name].map { $0 == tensor } == true }
}
