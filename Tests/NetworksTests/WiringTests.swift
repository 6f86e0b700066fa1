import Kernels
import Networks
import Tensors
import Testing

/// Residual blocks: what is joined to what, and that nothing a block needs is lost.
@Suite struct WiringTests {
  private func wiring(_ text: String) throws -> Wiring {
    try Wiring(text.split(separator: " ").map { try Spec(parsing: String($0)) })
  }

  @Test func branchesBeginBeforeTheBlock() throws {
    let simple = try wiring("dense:3 residual dense:3 relu end dense:2")
    #expect(simple.sources == [-1, 0, 0, 2, 3, 4])
    #expect(simple.blocks.map { [$0.start, $0.shortcut ?? 0, $0.end] } == [[1, 0, 4]])
    let projected = try wiring("residual dense:3 shortcut dense:3 end residual residual relu end shortcut end relu")
    #expect(projected.sources == [-1, -1, -1, -1, 3, 4, 4, 4, 7, 4, 4, 10])
    #expect(projected.blocks.map(\.end) == [4, 8, 10])
    #expect(projected.block(acrossCutAt: 7)?.end == 10)
    #expect(projected.block(acrossCutAt: 5) == nil && projected.block(acrossCutAt: 11) == nil)
  }

  @Test(arguments: [
    ("end", "layer 0: 'end' without a 'residual' before it"),
    ("dense:3 shortcut", "layer 1: 'shortcut' without a 'residual' of its own before it"),
    ("residual relu shortcut relu shortcut end", "layer 4: 'shortcut' without a 'residual' of its own before it"),
    ("dense:3 residual relu", "layer 1: 'residual' without an 'end' after it"),
    ("dense:3 residual end", "layer 1: 'residual' without layers after it"),
    ("residual shortcut relu end", "layer 0: 'residual' without layers after it"),
    ("residual dense:4 end", "layer 2: end: the block takes 3 and gives 4; put a 'shortcut' before 'end'"),
    ("residual dense:4 shortcut dense:5 end", "layer 4: end: the block's layers give 4, its shortcut 5"),
    ("residual relu shortcut dense:3 end", "layer 2: shortcut: before it the block wants a layer that is more"),
  ])
  func blocksAreWhole(layers: String, message: String) {
    do throws(Failure) {
      _ = try Network(Architecture(input: [3], parsing: layers.split(separator: " ").map(String.init)))
      Issue.record("'\(layers)' is taken")
    } catch { #expect(error.message.hasPrefix(message), "\(error.message)") }
  }

  @Test(arguments: [
    "dense:5 residual dense:5 dropout:0.5 tanh end dense:3",
    "dense:5 residual dropout:0.5 end relu residual dense:5 relu end dense:3",
    "dense:5 residual dense:5 relu shortcut dropout:0.5 tanh end dense:3",
    "dense:5 residual relu end residual dense:5 shortcut dense:5 dropout:0.3 end tanh dense:3",
  ])
  func predictionBeginsWhereItIsRandom(layers: String) throws {
    let network = try Network(Architecture(input: [4], parsing: layers.split(separator: " ").map(String.init)))
    try network.initialize(seed: 3)
    let executor = Executor(network, capacity: 6, team: ThreadTeam(threads: 1), keepsPrefix: true)
    for i in 0..<6 { for c in 0..<4 { executor.input.pointer[i * executor.input.ld + c] = Float(i - 2 * c) / 3 } }
    executor.forward(Pass(.monteCarlo, rows: 6, seed: 1, step: 0))
    for step in 1..<4 {
      let pass = Pass(.monteCarlo, rows: 6, seed: 1, step: UInt32(step))
      executor.forwardFromFirstRandomLayer(pass)
      let repeated = executor.output.values(rows: 6)
      executor.forward(pass)
      #expect(executor.output.values(rows: 6) == repeated)
    }
  }

  @Test func aBlockIsDroppedAsAWhole() throws {
    let network = try Network(
      Architecture(
        input: [3], parsing: ["dense:4", "residual", "dense:4", "relu", "end", "dense:2"]))
    try network.initialize(seed: 1)
    let frame = network.frame()
    for (edit, message) in [
      (
        Edit.drop(2), "--drop 2: layer 4 is in the residual block of the layers 1 to 4, which goes as a whole: --drop 5"
      ),
      (Edit.append(["end"]), "layer 6: 'end' without a 'residual' before it"),
    ] {
      var edited = try EditedModel(frame, seed: 1)
      do throws(Failure) {
        try edited.apply(edit)
        Issue.record("a part of a block was dropped")
      } catch { #expect(error.message == message) }
    }
    var edited = try EditedModel(frame, seed: 1)
    try edited.apply(.drop(5))
    try edited.apply(.append(["residual", "tanh", "end"]))
    #expect(try Network(frame: edited.frame(dropsState: true)).layers.count == 4)
    var headless = try EditedModel(frame, seed: 1)
    try headless.apply(.drop(1))
    do throws(Failure) {
      try headless.apply(.head(["dense:3"]))
      Issue.record("a head was put in a block")
    } catch {
      #expect(error.message.hasPrefix("--head: the last layer with weights, 2, is in the residual block"))
    }
  }

  /// A grey image is one of one channel.
  @Test func blocksOfGreyImages() throws {
    let layers = ["residual", "conv:1:3,pad=1", "end", "relu"]
    #expect(try Network(Architecture(input: [4, 5], parsing: layers)).outputCount == 20)
    #expect(throws: Failure.self) {
      try Network(Architecture(input: [4, 5], parsing: ["residual", "conv:2:3,pad=1", "end"]))
    }
  }
}
