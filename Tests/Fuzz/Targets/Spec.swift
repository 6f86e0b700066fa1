import Kernels
@testable import Networks
@testable import Preparation
@testable import Tensors
@testable import Training

/// Everything that is written as a spec: layer lists, optimizers, schedules, losses, initialisers, and the small texts
/// beside them. The first byte chooses one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = Input(bytes, count)
  let choice = input.byte() % parsers.count
  let text = input.text
  answers { () throws(Failure) in
    let spec = try Spec(parsing: text)
    require(
      answers { () throws(Failure) in require(try Spec(parsing: spec.description) == spec, "another spec") }, text)
  }
  answers { () throws(Failure) in try parsers[choice](text) }
  return 0
}

private typealias Parser = (String) throws(Failure) -> Void
private nonisolated(unsafe) let parsers: [Parser] = [
  layers, layers, layers, optimizer, schedule, schedule, loss, initializer, small,
]

private func layers(_ text: String) throws(Failure) {
  var architecture = try Architecture(input: [6], parsing: Architecture.texts(inFile: text))
  try architecture.applyDefaults(
    initializer: "he_normal", biasInitializer: nil, l1: 0.1, l2: nil, maximumNorm: 3)
  try architecture.checkNames()
  let layers = try architecture.makeLayers()
  require(layers.count == architecture.layers.count, "layers are missing")
  for layer in layers { _ = layer.parameters.map(\.count) }
  _ = try architecture.unregularized()
  _ = try Preset.all.first?.expand(architecture.layers)
  require(
    answers { () throws(Failure) in
      let again = try Architecture(input: [6], parsing: architecture.text.split(separator: "\n").map(String.init))
      require(again == architecture, "another layer list")
    }, "refuses its own text")
}

private func optimizer(_ text: String) throws(Failure) {
  let spec = try Spec(parsing: text)
  let optimizer = try OptimizerKind.named(spec.name).make(spec)
  _ = optimizer.momentumFactor(OptimizerStep(number: 1, learningRate: 0.1, weightDecay: 0))
}

private func schedule(_ text: String) throws(Failure) {
  let schedule = try Schedule(parsing: text)
  guard !schedule.givesRates else { return }  // its file is not read
  for (t, total) in [(0, 1), (0, 10), (5, 10), (9, 10), (99, 100), (3, 1 << 40)] {
    _ = schedule.value(base: 0.1, at: t, of: total)
  }
}

private func loss(_ text: String) throws(Failure) {
  _ = try LossKind.make(parsing: text)
  _ = try ClassWeights(parsing: text)
}

private func initializer(_ text: String) throws(Failure) {
  var stream = RandomStream(seed: 1, purpose: 1, index: 0)
  let values = try Initializer(parsing: text).values(ParameterShape([3, 4], fanIn: 4, fanOut: 3), from: &stream)
  require(values.count == 12, "values are missing")
}

private func small(_ text: String) throws(Failure) {
  answers { () throws(Failure) in _ = try Average(parsing: text) }
  answers { () throws(Failure) in _ = try ClassWeights(parsing: text) }
  answers { () throws(Failure) in _ = try Monitor(parsing: text) }
  answers { () throws(Failure) in _ = try LayerSelection(parsing: text) }
  answers { () throws(Failure) in _ = try ComponentCount(parsing: text) }
  answers { () throws(Failure) in _ = try PartSize(parsing: text).count(of: 100) }
  answers { () throws(Failure) in _ = try LearningRateRange.bounds(text) }
  answers { () throws(Failure) in require(Shape.text(try Shape.parse(text)) == text, "another shape") }
  answers { () throws(Failure) in _ = try Numbers.integer(text, in: -5...5) }
  answers { () throws(Failure) in _ = try Numbers.number(text, in: .any) }
}
