import Tensors

/// A recommended configuration: what goes between dense layers, and how such a network is trained well (Géron 2019).
///
/// The initialisers follow from the activations: He before elu, LeCun before selu (see `Network.initialize`).
public struct Preset: Kind {
  /// See `Kind`.
  public static let noun = "preset"
  /// The name and what it stands for.
  public let signature: Signature
  /// What is put after each dense layer but the last.
  public let layers: [String]
  /// The options of nn-train that go with it.
  public let training: String

  private init(_ name: String, _ layers: [String], training: String, summary: String) {
    signature = Signature(name, summary: "\(layers.joined(separator: " ")): \(summary)")
    self.layers = layers
    self.training = training
  }

  /// Every preset.
  public static let all = [
    Preset(
      "default", ["bn", "elu"], training: "--optimizer nesterov --schedule 1cycle",
      summary: "He initialisation, batch normalisation, ELU"),
    Preset(
      "selfnorm", ["selu", "alphadropout:0.1"], training: "--optimizer nesterov --schedule 1cycle",
      summary: "a self-normalising network: LeCun initialisation, SELU, alpha dropout; wants standardised data"),
  ]

  /// Puts the layers where they belong in a list of dense layers, among which there may be dropout and flatten.
  public func expand(_ list: [Spec]) throws(Failure) -> [Spec] {
    let isDense = list.map { [Dense.kind.name, DropConnect.kind.name].contains($0.name) }
    guard let last = isDense.lastIndex(of: true) else {
      throw .usage("preset \(name): a list of dense layers is due, such as 'dense:300 dense:100 dense:10'")
    }
    var result: [Spec] = []
    for (i, spec) in list.enumerated() {
      result.append(spec)
      guard i < last else { continue }
      if isDense[i] {
        for text in layers { result.append(try Spec(parsing: text)) }
      } else if !Architecture.passingLayers.contains(spec.name) {
        throw .usage(
          "layer \(i): '\(spec)': preset \(name) puts \(layers.joined(separator: " ")) between the dense layers itself")
      }
    }
    return result
  }
}
