@testable import Networks
@testable import Tensors

/// Model frames: what is accepted has the values of the frame, and its own frame reads back.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Input(bytes, count)
  answers { () throws(Failure) in
    guard let frame = input.frame(.model) else { return }
    let network = try Network(frame: frame)
    _ = ModelSummary(network)
    let written = network.frame()
    for (name, _, parameter) in network.parameters {
      require(written.tensors[name]?.shape == parameter.shape, "'\(name)' is written otherwise")
    }
    require(answers { () throws(Failure) in _ = try Network(frame: written) }, "refuses its own frame")
    answers { () throws(Failure) in
      var edited = try EditedModel(frame, seed: 1)
      try edited.apply(.rate(0, LayerSelection(parsing: "all")))
      try edited.apply(.drop(1))
      try edited.apply(.append(["dense:2"]))
      _ = try edited.frame(dropsState: false)
    }
  }
  return 0
}
