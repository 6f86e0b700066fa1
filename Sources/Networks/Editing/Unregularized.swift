import Tensors

extension Architecture {
  /// The same layers without what keeps a network from learning by heart: layers of the dropout family drop nothing,
  /// and there are no penalties and no largest norms. Positions and names stay.
  public func unregularized() throws(Failure) -> Architecture {
    var result = self
    for (i, layer) in try makeLayers().enumerated() {
      for key in ["l1", "l2", "bias_l1", "bias_l2", "activity_l1", "activity_l2", "maxnorm"] {
        result.layers[i][key] = nil
      }
      guard layer.isRandom else { continue }
      // The probability, `p`, may stand without its key: first, or after the units of a layer with weights.
      result.layers[i].values = Array(layers[i].values.prefix(layer.parameters.isEmpty ? 0 : 1))
      result.layers[i]["p"] = "0"
    }
    return result
  }
}
