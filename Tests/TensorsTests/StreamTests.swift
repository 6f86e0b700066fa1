import Glibc
import Testing

@testable import Tensors

/// Streams of frames, segments, several inputs, and files made of streams.
@Suite("Streams")
struct StreamTests {
  private func data(_ values: [Float], index: Int = 0, last: Bool = true, role: String? = nil) -> Frame {
    var frame = Frame(.data, index: index, isLast: last)
    frame.tensors["x"] = Tensor(values, shape: [values.count, 1])
    frame.metadata[Metadata.role] = role
    return frame
  }

  private func model() -> Frame { Frame(.model, tensors: ["w": Tensor([Float(1)], shape: [1])]) }

  @Test("segments follow each other as cat joins files")
  func segments() throws {
    let bytes = try written([
      data([1], index: 0, last: false), data([2], index: 1), data([3]), data([4], index: 0, last: false),
      data([5], index: 1, last: false), data([6], index: 2),
    ])
    for read in [frames, framesThroughPipe] {
      let all = try read(bytes)
      #expect(all.map(\.index) == [0, 1, 0, 0, 1, 2])
      #expect(all.map(\.isLast) == [false, true, true, false, false, true])
      #expect(try all.flatMap { try $0.tensor("x").floats } == [1, 2, 3, 4, 5, 6])
      #expect(all[1].place.hasSuffix(": frame 1"))
    }
  }

  @Test("a stream that ends before its last frame is refused, after its frames were seen")
  func truncation() throws {
    let file = TemporaryFile(try written([data([1], last: false)]))
    let reader = try FrameReader(path: file.path)
    #expect(try reader.next() != nil)
    let message = failure { _ = try reader.next() }?.message
    #expect(message == "\(file.path): the stream ends after frame 0, before its last: the program before it failed")
  }

  @Test("a model in a file is read first, others in their order")
  func modelsFirst() throws {
    let files = try [data([1]), model(), data([2])].map { TemporaryFile(try written([$0])) }
    defer { withExtendedLifetime(files) {} }
    let paths = files.map(\.path)
    let input = try FrameInput(operands: paths)
    #expect(try input.next()?.kind == .model)
    #expect(try input.next()?.tensor("x").floats == [1])
    #expect(try input.next()?.tensor("x").floats == [2])
    #expect(try input.next() == nil)
    let inPlace = try FrameInput(operands: paths, modelsFirst: false)
    #expect(try inPlace.next()?.kind == .data)
    #expect(try inPlace.next()?.kind == .model)
  }

  @Test("a model is found wherever it stands in a stream; what stood before it is kept")
  func modelInStream() throws {
    let file = TemporaryFile(try written([data([1]), data([2]), model(), data([3])]))
    defer { withExtendedLifetime(file) {} }
    let input = try FrameInput(operands: [file.path])
    #expect(try input.model().kind == .model)
    var seen: [Float] = []
    while let frame = try input.next(.data) { seen += try frame.tensor("x").floats }
    #expect(seen == [1, 2, 3])
    let dataOnly = TemporaryFile(try written([data([1])]))
    let without = try FrameInput(operands: [dataOnly.path])
    #expect(failure { _ = try without.model() }?.message.contains("a model is due among the inputs") == true)
  }

  @Test("standard input once, missing files at once")
  func operands() {
    #expect(failure { _ = try FrameInput(operands: ["-", "-"]) }?.status == .usage)
    #expect(failure { _ = try FrameInput(operands: ["/nonexistent/x.st"]) }?.status == .failed)
    #expect(failure { _ = try FrameInput(operands: ["/"]).next() }?.message == "/: Is a directory")
  }

  @Test("a file is one frame of all rows")
  func joining() throws {
    let directory = TemporaryFile()
    let output = try FrameOutput(path: directory.path)
    var first = data([1, 2], index: 0, last: false)
    first.tensors["prep.mean"] = Tensor([Float(9)], shape: [1])
    try output.write(first)
    try output.write(data([], index: 1, last: false))
    try output.write(data([3], index: 2))
    try output.finish()
    let read = try frames(directory.bytes)
    #expect(read.count == 1)
    #expect(read[0].isLast && read[0].index == 0)
    #expect(try read[0].tensor("x").floats == [1, 2, 3])
    #expect(try read[0].tensor("prep.mean").floats == [9])
  }

  @Test("frames that say different things about their rows are not joined")
  func notJoined() throws {
    var first = data([1])
    (first.place, first.tensors["y"]) = ("a.st", Tensor([Int64(0)], shape: [1]))
    first[list: Metadata.classes] = ["cat", "dog"]
    func message(_ change: (inout Frame) -> Void) throws -> String {
      var second = first
      second.place = "b.st"
      change(&second)
      let failure = try #require(throws: Failure.self) { try Frame.joining([first, first, second]) }
      #expect(failure.status == .input)
      return failure.message
    }
    let lead = "b.st: does not continue a.st in one file: "
    #expect(try message { $0.tensors["y"] = nil } == lead + "'y' of a.st is missing")
    #expect(try message { $0.tensors["weight"] = $0.tensors["x"] } == lead + "'weight' is missing in a.st")
    #expect(
      try message { $0[list: Metadata.classes] = ["cat", "emu"] } == lead + "class 2 is 'emu' where a.st has 'dog'")
    #expect(try message { $0[list: Metadata.classes] = ["cat"] } == lead + "nn.classes has 1 names where a.st has 2")
    #expect(try message { $0.metadata[Metadata.classes] = nil } == lead + "nn.classes of a.st is missing")
    #expect(try message { $0[list: Metadata.features] = ["a"] } == lead + "nn.features is missing in a.st")
    #expect(
      try message { $0.metadata[Metadata.prepared] = "center#1" }
        == lead + "the data is prepared as 'center#1' where that of a.st is not prepared")
    #expect(
      try message { $0.tensors["x"] = Tensor([Float(1), 2], shape: [1, 2]) }
        == lead + "'x' is F32 [1, 2] where a.st has F32 [1, 1]")
  }

  @Test("a role that would lead to another directory is no part of a path")
  func roleWithSlash() throws {
    let file = TemporaryFile()
    let output = try FrameOutput(path: file.path + "{role}")
    var frame = data([1])
    frame.metadata[Metadata.role] = "/../x"
    #expect(failure { try output.write(frame) }?.status == .input)
  }

  @Test("tensors that only later frames have are not lost silently")
  func notInTheFirst() throws {
    let file = TemporaryFile()
    let output = try FrameOutput(path: file.path)
    try output.write(data([1], last: false))
    var labelled = data([2], index: 1)
    labelled.tensors["y"] = Tensor([Int64(0)], shape: [1])
    try output.write(labelled)
    #expect(failure { try output.finish() }?.status == .input)
  }

  @Test("rows that do not continue each other are refused")
  func notJoinable() throws {
    let file = TemporaryFile()
    let output = try FrameOutput(path: file.path)
    try output.write(data([1], last: false))
    var wide = data([1, 2], index: 1)
    wide.tensors["x"] = Tensor([Float(1), 2], shape: [1, 2])
    try output.write(wide)
    #expect(failure { try output.finish() }?.status == .input)
  }

  @Test("parts by role go to files by role")
  func roles() throws {
    let base = TemporaryFile()
    let output = try FrameOutput(path: base.path + ".{role}")
    try output.write(data([1], role: "train"))
    try output.write(data([2], role: "test"))
    try output.finish()
    for (role, value) in [("train", Float(1)), ("test", 2)] {
      let path = "\(base.path).\(role)"
      #expect(try FrameReader(path: path).next()?.tensor("x").floats == [value])
      unlink(path)
    }
    let plain = try FrameOutput(path: base.path)
    try plain.write(data([1], role: "train"))
    let refused = failure { try plain.write(data([2], role: "test")) }
    #expect(refused?.status == .usage)
    #expect(refused?.message.contains("{role}") == true)
  }

  @Test("what data must hold")
  func dataRules() throws {
    var frame = data([1, 2])
    #expect(try frame.checkData() == 2)
    frame.tensors["y"] = Tensor([Int64(0), 5], shape: [2])
    #expect(try frame.labels() == [0, 5])
    frame[list: Metadata.classes] = ["a", "b"]
    #expect(failure { _ = try frame.labels() }?.message.contains("row 1: class id 5 of 2 classes") == true)
    frame.tensors["y"] = Tensor([Int64(0)], shape: [1])
    #expect(failure { _ = try frame.checkData() }?.status == .input)
    #expect(failure { _ = try model().checkData() }?.status == .input)
    #expect(failure { _ = try Frame(.data, tensors: ["x": Tensor([Float(1)], shape: [])]).checkData() } != nil)
  }
}
