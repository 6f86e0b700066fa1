import GoldenValues
import Kernels
import Networks
import Tensors
import Testing

/// Every layer of the registry: PyTorch's numbers, central differences, saving and loading.
@Suite struct LayerTests {
  /// The files of one kind: `layer-bn` and `layer-bn-frozen` for `bn`.
  static func files(of kind: LayerKind) -> [String] {
    let name = "layer-\(kind.name)"
    return Golden.names(name).filter { $0 == name || $0.hasPrefix(name + "-") }
  }

  /// The layer's text for each batch of a file.
  static func texts(_ frame: Frame) throws -> [String] {
    let texts = try #require(frame.metadata["layers"]).split(separator: " ").map(String.init)
    return texts
  }

  /// The layers that mean something alone.
  static let names = LayerKind.all.filter { !$0.isBlockMark }.map(\.name)

  /// A form of a layer, and whether it is for images.
  struct Variant: Hashable {
    let text: String
    let isOfImages: Bool
  }

  /// The forms of a layer that the files hold.
  static func variants(of kind: LayerKind) throws -> Set<Variant> {
    var result: Set<Variant> = []
    for file in files(of: kind) {
      let frame = try Golden.read(file)
      for (i, text) in try texts(frame).enumerated() {
        result.insert(Variant(text: text, isOfImages: try frame.tensor("\(i).x").shape.count == 4))
      }
    }
    return result
  }

  @Test("every layer has golden values", arguments: names)
  func hasGoldenValues(name: String) throws {
    #expect(!LayerTests.files(of: try LayerKind.named(name)).isEmpty)
  }

  @Test("agrees with PyTorch to 1e-5", arguments: Golden.names("layer-"))
  func agreesWithPyTorch(file: String) throws {
    let frame = try Golden.read(file)
    let seed = try #require(frame.metadata["seed"].flatMap(UInt64.init))
    let step = try #require(frame.metadata["step"].flatMap(UInt32.init))
    let texts = try LayerTests.texts(frame)
    #expect(!texts.isEmpty)
    for (i, text) in texts.enumerated() {
      let input = try frame.tensor("\(i).x")
      let (x, rows) = (Matrix(input), input.rows)
      let harness = try LayerHarness(text, input: Array(input.shape.dropFirst()), capacity: rows)
      try harness.load(frame, "\(i)")
      let pass = Pass(.training, rows: rows, seed: seed, step: step)
      let y = harness.forward(pass, x)
      #expect(difference(y.values(rows: rows), frame, "\(i).y") < 1e-5, "\(text) y")
      let dx = harness.backward(pass, x: x, y: y, dy: Matrix(try frame.tensor("\(i).dy")))
      #expect(difference(dx.values(rows: rows), frame, "\(i).dx") < 1e-5, "\(text) dx")
      for parameter in harness.layer.parameters where parameter.isTrainable {
        let gradient = parameter.tensor(of: try #require(parameter.gradient))
        #expect(difference(gradient.floats, frame, "\(i).grad.\(parameter.name)") < 1e-5, "\(text) \(parameter.name)")
      }
      let inference = harness.forward(Pass(.inference, rows: rows), x).values(rows: rows)
      let expected = frame.tensors["\(i).inference"] == nil ? "y" : "inference"
      #expect(difference(inference, frame, "\(i).\(expected)") < 1e-5, "\(text) inference")
    }
  }

  private func difference(_ found: [Float], _ frame: Frame, _ name: String) -> Float {
    guard let expected = frame.tensors[name] else { return .infinity }
    return Golden.relativeDifference(found, expected.floats)
  }

  @Test("running statistics agree with PyTorch's", arguments: Golden.names("norm-"))
  func runningStatistics(file: String) throws {
    let frame = try Golden.read(file)
    let text = try #require(frame.metadata["layer"])
    let count = try #require(frame.metadata["batches"].flatMap(Int.init))
    let harness = try LayerHarness(text, input: Array(try frame.tensor("0.x").shape.dropFirst()), capacity: 64)
    for i in 0..<count {
      let input = try frame.tensor("\(i).x")
      let y = harness.forward(Pass(.training, rows: input.rows), Matrix(input))
      #expect(difference(y.values(rows: input.rows), frame, "\(i).y") < 1e-5)
      for parameter in harness.layer.parameters where parameter.role == .buffer {
        #expect(difference(parameter.tensor.floats, frame, "\(i).\(parameter.name)") < 1e-5, "\(parameter.name)")
      }
    }
    #expect(harness.layer.counters == ["num_batches_tracked": count])
    let last = try frame.tensor("\(count - 1).x")
    let inference = harness.forward(Pass(.inference, rows: last.rows), Matrix(last)).values(rows: last.rows)
    #expect(difference(inference, frame, "inference") < 1e-5)
  }

  /// A network of layers, with values that no initialiser gives, and a batch in an executor.
  private func prepare(
    _ layers: [String], input: [Int] = [6], rows: Int, seed: UInt64
  ) throws -> (executor: Executor, targets: Targets) {
    let network = try Network(Architecture(input: input, parsing: layers))
    var stream = RandomStream(seed: seed, purpose: 77)
    for (_, _, parameter) in network.parameters {
      let low = parameter.name == "running_var" ? 0.5 : -0.8
      parameter.load((0..<parameter.count).map { _ in Float(low + 1.6 * stream.nextDouble()) })
    }
    let executor = Executor(network, capacity: rows, team: ThreadTeam(threads: 1))
    executor.allocateGradients()
    let targets = Targets(capacity: rows, columns: network.outputCount)
    for row in 0..<rows {
      for c in 0..<executor.input.columns {
        executor.input.pointer[row * executor.input.ld + c] = Float(stream.nextNormal())
      }
      for c in 0..<network.outputCount {
        targets.values.pointer[row * targets.values.ld + c] = Float(stream.nextNormal())
      }
    }
    return (executor, targets)
  }

  @Test("agrees with central differences in Float64", arguments: names)
  func agreesWithDifferences(name: String) throws {
    for variant in try LayerTests.variants(of: LayerKind.named(name)) {
      let text = variant.text
      // Between others, at the end, and at the beginning.
      let lists =
        variant.isOfImages
        ? [
          ["conv:36:2,pad=2,bias=no", text, "tanh", "flatten", "dense:3"], ["conv:36:1,bias=no", text],
          [text, "flatten", "dense:3"],
        ]
        : [["dense:19", text, "tanh", "dense:3"], ["dense:4", text], [text, "dense:3"]]
      for layers in lists {
        let input = !variant.isOfImages ? [6] : layers[0] == text ? [5, 6, 36] : [5, 6, 2]
        let (executor, targets) = try prepare(layers, input: input, rows: 5, seed: 3)
        let pass = Pass(.training, rows: 5, seed: 9, step: 2)
        let findings = GradientCheck(
          executor, loss: try LossKind.make(parsing: "mse"), targets: targets, pass: pass
        ).run(samples: 40)
        #expect(findings.count == executor.network.parameters.count { $0.parameter.isTrainable })
        for finding in findings { #expect(finding.error < 5e-5, "\(layers) \(finding.name)") }
      }
    }
  }

  @Test("is the same after saving and loading", arguments: names)
  func survivesSaving(name: String) throws {
    for variant in try LayerTests.variants(of: LayerKind.named(name)) {
      let (text, isOfImages) = (variant.text, variant.isOfImages)
      let (executor, _) = try prepare(
        [isOfImages ? "conv:36:2" : "dense:5", text], input: isOfImages ? [6, 7] : [6], rows: 4, seed: 1)
      let network = executor.network
      executor.forward(Pass(.training, rows: 4, seed: 1))
      let again = try Network(frame: network.frame())
      #expect(again.architecture == network.architecture)
      #expect(again.tensors.keys.sorted() == network.tensors.keys.sorted())
      for (name, tensor) in network.tensors { #expect(try #require(again.tensors[name]) == tensor, "\(text) \(name)") }
      let other = Executor(again, capacity: 4, team: ThreadTeam(threads: 1))
      other.input.pointer.update(from: executor.input.pointer, count: 4 * executor.input.ld)
      for mode in [Pass.Mode.inference, .monteCarlo] {
        let pass = Pass(mode, rows: 4, seed: 5, step: 6)
        executor.forward(pass)
        other.forward(pass)
        #expect(executor.output.values(rows: 4) == other.output.values(rows: 4), "\(text)")
      }
    }
  }

  @Test("penalties on activations agree with Keras")
  func activityPenalties() throws {
    let frame = try Golden.read("activity-keras")
    let network = try Golden.network(frame)
    let x = try frame.tensor("x")
    for keepsOutputs in [false, true] {
      let executor = Executor(network, capacity: 16, team: ThreadTeam(threads: 2), keepsOutputs: keepsOutputs)
      executor.allocateGradients()
      executor.input.fill(x)
      let targets = Targets(capacity: 16, columns: 3)
      targets.values.fill(try frame.tensor("y"))
      let pass = Pass(.training, rows: x.rows)
      executor.forward(pass)
      #expect(difference(executor.output.values(rows: x.rows), frame, "output") < 1e-5)
      let penalty = try #require(executor.activityPenalty(rows: x.rows))
      #expect(difference([Float(penalty)], frame, "penalty") < 1e-5)
      let loss = try LossKind.make(parsing: "mse")
      let losses = AlignedBuffer<Double>(count: x.rows)
      loss.evaluate(
        executor.output, targets, rows: 0..<x.rows, scale: 1 / Float(x.rows * 3), gradient: executor.outputGradient,
        losses: losses.pointer)
      executor.backward(pass)
      for (name, _, parameter) in network.parameters {
        let gradient = parameter.tensor(of: try #require(parameter.gradient)).floats
        #expect(difference(gradient, frame, "grad.\(name)") < 1e-5, "\(name)")
      }
    }
  }

  @Test("penalties on activations pass the gradient check, wherever they stand")
  func activityDifferences() throws {
    let keys = "activity_l1=0.1,activity_l2=0.2"
    for layers in [
      ["dense:9,\(keys)", "relu", "dense:3"], ["dense:9", "elu", "dropconnect:4,\(keys)"],
      ["dense:9,\(keys)", "dropout:0.5", "sigmoid", "dense:3,\(keys),lr=0", "bn", "dense:2,l1=0.01,l2=0.1"],
    ] {
      let (executor, targets) = try prepare(layers, rows: 5, seed: 3)
      let check = GradientCheck(
        executor, loss: try LossKind.make(parsing: "mse"), targets: targets, pass: Pass(.training, rows: 5, seed: 1))
      for finding in check.run(samples: 40) { #expect(finding.error < 5e-5, "\(layers) \(finding.name)") }
    }
  }

  @Test("a layer that changes signs does not work over a relu's output")
  func signsAreKept() throws {
    let (executor, targets) = try prepare(["dense:19", "relu", "alphadropout:0.4", "dense:3"], rows: 5, seed: 4)
    let check = GradientCheck(
      executor, loss: try LossKind.make(parsing: "mse"), targets: targets, pass: Pass(.training, rows: 5, seed: 1))
    for finding in check.run(samples: 60) { #expect(finding.error < 5e-5, "\(finding.name)") }
  }
}
