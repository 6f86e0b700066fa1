import Tensors

/// The keys that every layer with weights takes.
struct WeightOptions {
  static let keys = "init= bias_init= bias= l1= l2= bias_l1= bias_l2= activity_l1= activity_l2= maxnorm= lr= name="

  var initializer: Initializer?
  var biasInitializer: Initializer?
  var hasBias = true
  /// The penalty on the layer's outputs; nil when there is none.
  let activityPenalty: ActivityPenalty?
  private var l1 = 0.0
  private var l2 = 0.0
  private var biasL1 = 0.0
  private var biasL2 = 0.0
  private var maximumNorm: Double?
  private var learningRateFactor = 1.0

  init(_ reader: inout SpecReader) throws(Failure) {
    initializer = try Initializer.optional(reader.text("init"), reader, "init")
    biasInitializer = try Initializer.optional(reader.text("bias_init"), reader, "bias_init")
    hasBias = try reader.flag("bias", default: true)
    l1 = try reader.number("l1", in: .notNegative, default: 0)
    l2 = try reader.number("l2", in: .notNegative, default: 0)
    biasL1 = try reader.number("bias_l1", in: .notNegative, default: 0)
    biasL2 = try reader.number("bias_l2", in: .notNegative, default: 0)
    let activityL1 = try reader.number("activity_l1", in: .notNegative, default: 0)
    let activityL2 = try reader.number("activity_l2", in: .notNegative, default: 0)
    activityPenalty = activityL1 > 0 || activityL2 > 0 ? ActivityPenalty(l1: activityL1, l2: activityL2) : nil
    let limit = try reader.number("maxnorm", in: .notNegative, default: 0)
    maximumNorm = limit > 0 ? limit : nil
    learningRateFactor = try reader.learningRateFactorAndName()
    if let biasInitializer, biasInitializer.needsMatrix {
      throw reader.failure("bias_init: \(biasInitializer.text) makes matrices, and biases are a vector")
    }
  }

  /// Puts the options on a layer's parameters.
  func apply(weight: Parameter, bias: Parameter?) {
    (weight.l1, weight.l2, weight.maximumNorm) = (l1, l2, maximumNorm)
    weight.learningRateFactor = learningRateFactor
    guard let bias else { return }
    (bias.l1, bias.l2) = (biasL1, biasL2)
    bias.learningRateFactor = learningRateFactor
  }
}

extension SpecReader {
  /// The keys that every layer with parameters takes: `lr`, which is returned, and `name`.
  mutating func learningRateFactorAndName() throws(Failure) -> Double {
    let factor = try number("lr", in: .notNegative, default: 1)
    _ = try text("name")
    return factor
  }
}
