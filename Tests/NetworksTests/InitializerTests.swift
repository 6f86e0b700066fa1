import GoldenValues
import Networks
import Tensors
import Testing

/// Every initialiser of the registry on a large tensor.
@Suite struct InitializerTests {
  /// What the values of a weight [500, 1000] should be like.
  private struct Expectation {
    var mean = 0.0
    var variance: Double
    /// No value is further from the mean, and some are nearly as far; nil for none.
    var bound: Double?

    /// Uniform with a variance.
    static func uniform(_ variance: Double) -> Expectation {
      Expectation(variance: variance, bound: (3 * variance).squareRoot())
    }
    /// Normal with a variance.
    static func normal(_ variance: Double) -> Expectation { Expectation(variance: variance) }
    /// Normal, truncated at two standard deviations, of which 0.8796 is left.
    static func truncated(_ mean: Double, std: Double) -> Expectation {
      Expectation(mean: mean, variance: std * std * 0.87962566103423978 * 0.87962566103423978, bound: 2 * std)
    }
    /// One number.
    static func constant(_ value: Double) -> Expectation { Expectation(mean: value, variance: 0, bound: 0) }
  }

  private static let scaled = 1 / 0.87962566103423978

  /// fan_in is 1000, fan_out 500.
  private static let expectations: [String: Expectation] = [
    "zeros": .constant(0), "ones": .constant(1), "constant:0.25": .constant(0.25),
    "uniform:-0.3:0.3": .uniform(0.03), "normal:2:0.05": Expectation(mean: 2, variance: 0.0025),
    "truncated_normal:-1:0.5": .truncated(-1, std: 0.5), "small": .normal(1e-4),
    "glorot_uniform": .uniform(2 / 1500.0), "glorot_normal": .normal(2 / 1500.0),
    "glorot_normal:3": .normal(18 / 1500.0), "xavier_uniform:0.5": .uniform(0.5 / 1500),
    "he_uniform": .uniform(2 / 1000.0), "he_normal": .normal(2 / 1000.0), "he_normal:fan_out": .normal(2 / 500.0),
    "he_uniform:fan_in:0.5": .uniform(1.6 / 1000), "kaiming_normal:fan_out:1": .normal(1 / 500.0),
    "lecun_uniform": .uniform(1 / 1000.0), "lecun_normal": .normal(1 / 1000.0), "torch": .uniform(1 / 3000.0),
    "variance_scaling": .truncated(0, std: scaled * (1 / 1000.0).squareRoot()),
    "variance_scaling:2:fan_avg": .truncated(0, std: scaled * (2 / 750.0).squareRoot()),
    "variance_scaling:2:fan_out:untruncated_normal": .normal(2 / 500.0),
    "variance_scaling:3:fan_in:uniform": .uniform(3 / 1000.0),
    // Rows of length 1 and 2, of 1000 values each; 500 of 500,000 that are 1.
    "orthogonal": .normal(1 / 1000.0), "orthogonal:2": .normal(4 / 1000.0),
    "identity": Expectation(mean: 1 / 1000.0, variance: 1 / 1000.0 - 1e-6),
  ]

  private func weight(_ text: String, outputs: Int = 500, inputs: Int = 1000) throws -> Tensor {
    let network = try Network(Architecture(input: [inputs], parsing: ["dense:\(outputs),init=\(text)"]))
    try network.initialize(seed: 11)
    return try #require(network.tensors["0.weight"])
  }

  @Test("every initialiser has an expectation and golden values", arguments: InitializerKind.names)
  func isExpected(name: String) {
    #expect(InitializerTests.expectations.keys.contains { $0 == name || $0.hasPrefix(name + ":") })
    #expect(!Golden.names("initializer-\(name)").isEmpty, "Tests/Fixtures/initializers.py knows nothing of \(name)")
  }

  @Test("has the quantiles of PyTorch's or Keras's", arguments: Golden.names("initializer-"))
  func quantiles(file: String) throws {
    let frame = try Golden.read(file)
    let expected = try frame.tensor("quantiles").doubles
    let values = try weight(Golden.text("initializer", frame)).doubles.sorted()
    let found = (0...100).map { values[Int((Double($0 * (values.count - 1)) / 100).rounded(.toNearestOrEven))] }
    // The tails of a normal distribution are as long as chance makes them.
    for i in 1..<100 { #expect(abs(found[i] - expected[i]) <= 0.03 * (expected[75] - expected[25]), "\(i) %") }
  }

  @Test("mean, variance and bound", arguments: expectations.keys.sorted())
  func moments(text: String) throws {
    let expected = try #require(InitializerTests.expectations[text])
    let found = Statistics(try weight(text))
    let std = expected.variance.squareRoot()
    #expect(abs(found.mean - expected.mean) <= 5 * std / 500_000.0.squareRoot())
    #expect(abs(found.standardDeviation - std) <= 0.01 * std)
    guard let bound = expected.bound else { return }
    for end in [found.minimum, found.maximum] {
      let distance = abs(end - expected.mean)
      #expect(distance <= bound * 1.000001 && distance >= bound * 0.999)
    }
  }

  @Test("orthonormal rows or columns", arguments: [(40, 70), (70, 40), (33, 33), (1, 9), (9, 1)])
  func orthogonality(outputs: Int, inputs: Int) throws {
    let w = try weight("orthogonal:3", outputs: outputs, inputs: inputs).doubles
    let (count, length) = (min(outputs, inputs), max(outputs, inputs))
    func element(_ i: Int, _ k: Int) -> Double { outputs <= inputs ? w[i * inputs + k] : w[k * inputs + i] }
    for i in 0..<count {
      for j in 0..<count {
        let product = (0..<length).reduce(0) { $0 + element(i, $1) * element(j, $1) }
        #expect(abs(product - (i == j ? 9 : 0)) < 1e-5)
      }
    }
  }

  @Test func identities() throws {
    #expect(try weight("identity:2", outputs: 2, inputs: 3).floats == [2, 0, 0, 0, 2, 0])
    #expect(try weight("identity", outputs: 3, inputs: 2).floats == [1, 0, 0, 1, 0, 0])
  }

  @Test("PyTorch's default for biases is uniform within 1/√fan_in")
  func biases() throws {
    let network = try Network(Architecture(input: [100], parsing: ["dense:20000,init=zeros,bias_init=torch"]))
    try network.initialize(seed: 1)
    let found = Statistics(try #require(network.tensors["0.bias"]))
    #expect(found.maximum <= 0.1 && found.maximum > 0.099 && found.minimum >= -0.1 && found.minimum < -0.099)
  }

  @Test(
    "texts come back by place",
    arguments: [
      ("variance_scaling,mode=fan_out", "variance_scaling:1:fan_out"), ("he_normal,slope=0.2", "he_normal:fan_in:0.2"),
      ("he_normal,mode=fan_in", "he_normal:fan_in"), ("orthogonal", "orthogonal"), ("identity,0.50", "identity:0.50"),
      ("truncated_normal,std=2,mean=1", "truncated_normal:1:2"),
    ])
  func texts(given: String, expected: String) throws {
    #expect(try Initializer(parsing: given).text == expected)
    #expect(try Initializer(parsing: expected).text == expected)
  }

  @Test(
    "bad arguments fail",
    arguments: [
      "he_normal:fan_avg", "he_normal:2", "variance_scaling:0", "variance_scaling:1:fan_in:normal", "glorot_normal:0",
      "truncated_normal:0", "truncated_normal:0:-1", "orthogonal:x", "identity:1:2", "he_normal,gain=2",
    ])
  func refusals(text: String) { #expect(throws: Failure.self) { try Initializer(parsing: text) } }

  @Test("matrices are not for biases")
  func biasesAreVectors() {
    #expect(throws: Failure.self) { try Network(Architecture(input: [4], parsing: ["dense:4,bias_init=orthogonal"])) }
  }

  @Test func constantsAndRecommendations() throws {
    let network = try Network(
      Architecture(
        input: [4], parsing: ["dense:3,bias_init=constant:0.5", "bn", "relu", "dense:3", "selu", "dense:2,init=ones"]))
    try network.initialize(seed: 1)
    let initializers = network.architecture.layers.map { $0["init"] ?? "-" }
    #expect(initializers == ["he_normal", "-", "-", "lecun_normal", "-", "ones"])
    #expect(network.tensors["0.bias"]?.floats == [0.5, 0.5, 0.5])
    #expect(network.tensors["5.weight"]?.floats == [Float](repeating: 1, count: 6))
  }

  /// The initialiser that each layer asks of the weights before it; nil passes the question on.
  private static let recommendations: [String: String?] = [
    "dense": "glorot_uniform", "dropconnect": "glorot_uniform", "bn": nil, "layernorm": nil, "dropout": nil,
    "alphadropout": nil, "flatten": nil, "relu": "he_normal", "leakyrelu": "he_normal", "elu": "he_normal",
    "selu": "lecun_normal", "sigmoid": "glorot_uniform", "tanh": "glorot_uniform", "gelu": "he_normal",
    "silu": "he_normal", "softplus": "he_normal", "prelu": "he_normal", "softmax": "glorot_uniform",
    "logsoftmax": "glorot_uniform", "conv": "glorot_uniform", "maxpool": nil, "avgpool": nil, "globalavgpool": nil,
    "dropout2d": nil,
  ]

  @Test("recommendations", arguments: LayerTests.names)
  func recommendation(name: String) throws {
    let expected = try #require(InitializerTests.recommendations[name])
    let variants = try LayerTests.variants(of: LayerKind.named(name))
    let variant = try #require(variants.min { ($0.isOfImages ? 1 : 0, $0.text) < ($1.isOfImages ? 1 : 0, $1.text) })
    // What passes the question on passes it to the selu.
    let network = try Network(
      variant.isOfImages
        ? Architecture(input: [4, 4], parsing: ["conv:36:1,pad=4", variant.text, "selu"])
        : Architecture(input: [4], parsing: ["dense:6", variant.text, "selu"]))
    try network.initialize(seed: 1)
    #expect(network.architecture.layers[0]["init"] == expected ?? "lecun_normal")
  }

  @Test func seedsAndLayersDiffer() throws {
    func weights(_ seed: Int) throws -> [[Float]] {
      let network = try Network(Architecture(input: [4], parsing: ["dense:4", "dense:4"]))
      try network.initialize(seed: seed)
      return ["0.weight", "1.weight"].compactMap { network.tensors[$0]?.floats }
    }
    #expect(try weights(1) == weights(1))
    #expect(try weights(1) != weights(2))
    #expect(try weights(1)[0] != weights(1)[1])
  }
}
