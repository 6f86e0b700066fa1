import Tensors
import Training

/// How signals and gradients pass through the layers, of one model or of several: standard deviations of outputs and of
/// gradients, means, and the share of units that are dead or saturated.
public enum ActivationFigure {
  /// Draws some models over each other.
  public static func figure(_ models: [(name: String, layers: [LayerActivity.Layer])]) throws(Failure) -> Figure {
    guard let longest = models.map(\.layers).max(by: { $0.count < $1.count }), !longest.isEmpty else {
      throw .input("no layers to draw")
    }
    // Names of layers that all models agree on; otherwise numbers.
    let agree = models.allSatisfy { $0.layers.map(\.spec) == longest.map(\.spec) }
    let names = longest.enumerated().map { agree ? $1.spec.printable : String($0 + 1) }
    func chart(_ title: String, _ kind: Scale.Kind, _ value: (LayerActivity.Layer) -> Double?) -> Chart? {
      let lines = models.enumerated().flatMap { i, model -> [Chart.Layer] in
        let points = model.layers.enumerated().compactMap { at, layer in value(layer).map { Point(Double(at), $0) } }
        return [.line(points, LineStyle(.series(i))), .dots(points, .series(i))]
      }
      guard lines.contains(where: { $0.points.contains { $0.isFinite } }) else { return nil }
      return Chart(
        title, x: .init("layer", .names(names)), y: .init("", kind, including: kind == .linear ? 0 : nil), lines)
    }
    let panels = [
      chart("standard deviation of outputs", .logarithmic) { $0.deviation },
      chart("standard deviation of gradients", .logarithmic) { $0.gradient },
      chart("mean of outputs", .linear) { $0.mean },
      chart("share of dead units (relu) or saturated outputs", .linear) { $0.dead ?? $0.saturated },
    ]
    return Figure(
      "Activations, layer by layer",
      legend: models.count > 1 ? models.enumerated().map { LegendEntry($1.name, .line(LineStyle(.series($0)))) } : [],
      panels: panels.compactMap(\.self))
  }
}
