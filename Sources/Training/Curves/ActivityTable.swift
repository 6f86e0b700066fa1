import Tensors

extension LayerActivity {
  /// The layers of a report that `nn-check --activations --json` wrote.
  ///
  /// - Throws: an input failure when it has none.
  public static func layers(ofReport report: JSON) throws(Failure) -> [Layer] {
    guard let entries = report["activations"]?["layers"]?.array else {
      throw .input("no layers of 'activations'; a report of nn-check --activations --json is due")
    }
    var layers: [Layer] = []
    for entry in entries {
      guard let name = entry["name"]?.string, let spec = entry["layer"]?.string else {
        throw .input("a layer of 'activations' without 'name' and 'layer'")
      }
      layers.append(
        Layer(
          name: name, spec: spec, mean: entry["mean"]?.double ?? .nan, deviation: entry["std"]?.double ?? .nan,
          dead: entry["dead"]?.double, saturated: entry["saturated"]?.double, gradient: entry["gradient_std"]?.double))
    }
    return layers
  }
}
