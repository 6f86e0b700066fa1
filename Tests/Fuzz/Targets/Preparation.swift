import Kernels
@testable import Preparation
@testable import Tensors

private let team = ThreadTeam(threads: 1)

/// Records of preparations in frames: what is accepted is stored again with the same identity, and is applied.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Input(bytes, count)
  answers { () throws(Failure) in
    guard let frame = input.frame(.prep), let record = try Preparation(frame: frame) else { return }
    var stored = Frame(.prep)
    record.store(into: &stored)
    require(
      answers { () throws(Failure) in
        require(try Preparation(frame: stored)?.identity == record.identity, "another identity")
      }, "refuses its own record")
    let count = record.inputShape.reduce(1, *)
    guard count <= 4096 else { return }
    let x = Tensor([Float](repeating: 0.5, count: 2 * count), shape: [2] + record.inputShape)
    answers { () throws(Failure) in
      let y = try record.apply(to: x, team: team)
      require(y.shape == [2] + record.outputShape, "another shape")
      _ = try record.inverse(of: y, team: team)
    }
  }
  return 0
}
