import Tensors
import Training

/// How often each class is taken for each other one.
struct ConfusionFigure: FrameFigure {
  private var evaluation: Evaluation = {
    var options = Evaluation.Options()
    options.confusion = true
    return Evaluation(options)
  }()

  mutating func add(_ frame: Frame) throws(Failure) { try evaluation.addClasses(frame, "a confusion matrix") }

  func figure() throws(Failure) -> Figure {
    let result = try evaluation.result()
    guard let metrics = result.classification else { throw .input("no predicted classes") }
    let accuracy = result.metrics.first { $0.name == "accuracy" }?.value ?? .nan
    let map = HeatMap(
      title: "accuracy \(Figures.short(accuracy)), \(result.rows) row\(result.rows == 1 ? "" : "s")",
      names: (0..<metrics.classes).map { result.name($0).printable }, axes: ("true", "predicted"),
      counts: metrics.confusion)
    return Figure("Confusion matrix", panels: [map])
  }
}

extension Evaluation {
  /// Adds a frame of predicted classes; other predictions are refused with the name of the figure.
  mutating func addClasses(_ frame: Frame, _ figure: String) throws(Failure) {
    let predictions = try Predictions(frame)
    guard case .classification(let classes, _) = predictions.task else {
      throw .input("\(frame.place): \(figure) is made of predicted classes; these are labels or values")
    }
    guard classes <= Evaluation.largestConfusion else {
      throw .input("\(frame.place): \(classes) classes; \(figure) is made of \(Evaluation.largestConfusion) at most")
    }
    try add(frame)
  }
}
