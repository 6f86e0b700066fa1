import Glibc
import Tensors
import Testing

@testable import Interchange

/// The text that an export of frames gives.
private func exported(_ format: Exporter.Format, _ frames: [Frame]) throws -> String {
  try withFile([]) { path in
    let exporter = try Exporter(format, path: path, makeONNX: { _ in [] })
    for frame in frames { try exporter.write(frame) }
    try exporter.finish()
    return try ByteSource(path: path).readAll().withBytes { String(decoding: $0, as: UTF8.self) }
  }
}

@Suite struct ExportTests {
  @Test func aStateDictHoldsParametersOnly() throws {
    let one = Tensor([1] as [Float], shape: [1])
    let names = ["0.bias", "best.0.bias", "optimizer.0.bias.exp_avg", "prep.0.mean", "state.best"]
    let model = Frame(.model, tensors: Dictionary(uniqueKeysWithValues: names.map { ($0, one) }))
    let text = try exported(.stateDict, [model])
    #expect(text.contains("\"0.bias\"") && !names.dropFirst().contains(where: text.contains))
  }

  @Test func data() throws {
    var frame = Frame(
      .data,
      tensors: [
        "x": Tensor([0, -0.0, 1.5, 1e-7, 1e10, 16_777_216] as [Float], shape: [3, 2]),
        "y": Tensor([1, 0, 1] as [Int64], shape: [3]),
      ])
    #expect(try exported(.csv, [frame]) == "x0,x1,label\n0,-0,1\n1.5,1e-07,0\n1e+10,16777216,1\n")
    frame[list: Metadata.classes] = ["a\"b", "c,d"]
    frame[list: Metadata.features] = ["p q", "r\ts"]
    #expect(
      try exported(.tsv, [frame])
        == "p q\t\"r\ts\"\tlabel\n0\t-0\tc,d\n1.5\t1e-07\t\"a\"\"b\"\n1e+10\t16777216\tc,d\n")
  }

  @Test func predictions() throws {
    var frame = Frame(
      .prediction,
      tensors: [
        "p": Tensor([0.25, 0.75, 0.5, 0.5] as [Float], shape: [2, 2]),
        "entropy": Tensor([0.5, 1] as [Float], shape: [2]), "y": Tensor([1, 1] as [Int64], shape: [2]),
      ])
    frame[list: Metadata.classes] = ["no", "yes"]
    #expect(
      try exported(.csv, [frame]) == "p.no,p.yes,predicted,label,entropy\n0.25,0.75,yes,yes,0.5\n0.5,0.5,no,yes,1\n")
  }

  @Test func outputs() throws {
    let frame = Frame(
      .prediction,
      tensors: [
        "output": Tensor([1, 2] as [Float], shape: [1, 2]), "y": Tensor([3, 4] as [Float], shape: [1, 2]),
      ])
    #expect(try exported(.csv, [frame, frame]) == "output.0,output.1,target.0,target.1\n1,2,3,4\n1,2,3,4\n")
  }

  @Test func numbersReadBackExactly() throws {
    var bits: UInt32 = 1
    var values: [Float] = []
    while values.count < 5000 {
      bits = bits &* 1_664_525 &+ 1_013_904_223
      let value = Float(bitPattern: bits)
      if value.isFinite { values.append(value) }
    }
    let frame = Frame(.data, tensors: ["x": Tensor(values, shape: [1000, 5])])
    let back = try imported(text: try exported(.csv, [frame])).tensors["x"]?.floats
    #expect(back?.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func aStateDictHasParametersOnly() throws {
    let one = Tensor([1] as [Float], shape: [1])
    let model = Frame(
      .model, metadata: ["nn.arch": "dense:1"],
      tensors: ["0.weight": one, "prep.mean": one, "optimizer.0": one, "state.step": one])
    let text = try exported(.stateDict, [model])
    #expect(text.contains("{\"__metadata__\":{\"format\":\"pt\"},\"0.weight\":{"))
    for word in ["prep", "optimizer", "state", "nn."] { #expect(!text.contains(word)) }
  }

  @Test func whatDoesNotFitIsNamed() {
    let model = Frame(.model, tensors: ["w": Tensor([1] as [Float], shape: [1])], place: "m.st")
    let data = Frame(.data, tensors: ["x": Tensor([1] as [Float], shape: [1, 1])], place: "d.st")
    #expect(
      failure { _ = try exported(.csv, [model]) }
        == "m.st: holds a model, which is no table; --format state-dict, npz or npy writes it")
    #expect(
      failure { _ = try exported(.stateDict, [data]) } == "d.st: holds data where a model is due for a state dict")
    #expect(
      failure { _ = try exported(.npz, [data, model]) }
        == "m.st: holds a model after data of d.st; a file holds one")
    #expect(
      failure { _ = try exported(.npy, [model]) }
        == "m.st: no tensor x, p or output; choose one with --tensor; there are w")
  }
}
