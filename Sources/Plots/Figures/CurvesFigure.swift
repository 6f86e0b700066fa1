import Tensors
import Training

/// Learning curves of one run or of several.
public struct CurvesFigure {
  /// What a panel shows; the raw values are the keys of the log.
  public enum Panel: String, CaseIterable, Sendable {
    case loss, accuracy, lr, momentum, penalty
    case gradientNorm = "gradient_norm"
    case gradientNorms = "gradient_norms"
    case seconds

    /// The names of `--panels`.
    public static let names = allCases.map(\.rawValue)

    var title: String {
      switch self {
      case .lr: "learning rate"
      case .gradientNorm: "norm of the gradient"
      case .gradientNorms: "norm of each parameter's gradient"
      case .seconds: "seconds an epoch"
      default: rawValue
      }
    }

    /// The key of the validation's numbers.
    var validation: String? { self == .loss || self == .accuracy ? "valid_\(rawValue)" : nil }

    /// Whether its numbers are spread over powers of ten.
    var isGeometric: Bool { [.lr, .gradientNorm, .gradientNorms].contains(self) }

    func isLogged(in run: RunLog) -> Bool {
      self == .gradientNorms
        ? run.keys.contains { $0.hasPrefix(RunLog.parameterNorms) }
        : !run[rawValue].isEmpty || validation.map { !run[$0].isEmpty } ?? false
    }
  }

  /// What the x axis counts.
  public enum Horizontal: String, CaseIterable, Sendable {
    case epoch, step, seconds

    /// The position of each line of a run.
    func positions(of run: RunLog) -> [Double] {
      switch self {
      case .epoch: return run.epochs
      case .step, .seconds:
        var positions = [Double](repeating: .nan, count: run.epochs.count)
        var sum = 0.0
        for entry in run[rawValue] {
          sum += entry.value
          positions[entry.line] = self == .step ? entry.value : sum
        }
        return positions
      }
    }
  }

  /// What is drawn; nil for the loss, and the accuracy where it is logged.
  public var panels: [Panel]?
  /// What the x axis counts.
  public var horizontal = Horizontal.epoch
  /// Whether losses are spread by their logarithm.
  public var isLogarithmic = false
  /// Whether runs whose names differ in their last number only are drawn as their mean.
  public var drawsMeans = false

  /// Curves as they are drawn unless other things are asked for.
  public init() {}

  /// What is drawn of some runs unless other things are asked for.
  public static func usualPanels(of runs: [RunLog]) -> [Panel] {
    [.loss, .accuracy].filter { panel in runs.contains { panel.isLogged(in: $0) } }
  }

  /// Draws the runs.
  ///
  /// - Throws: an input failure when there is no epoch; a usage failure when no run has what a panel is to show.
  public func figure(_ runs: [RunLog]) throws(Failure) -> Figure {
    guard runs.contains(where: { !$0.epochs.isEmpty }) else {
      throw .input("\(runs.first?.name ?? "standard input"): no epoch in the log yet")
    }
    let chosen = panels ?? CurvesFigure.usualPanels(of: runs)
    for panel in chosen where !runs.contains(where: { panel.isLogged(in: $0) }) {
      let known = Panel.allCases.filter { panel in runs.contains { panel.isLogged(in: $0) } }.map(\.rawValue)
      let how =
        switch panel {
        case .gradientNorm: " (nn-train --clip-norm logs it)"
        case .gradientNorms: " (nn-train --log-gradients logs it)"
        default: ""
        }
      throw .usage("--panels \(panel.rawValue): not in the log\(how), which has \(known.joined(separator: ", "))")
    }
    let groups = drawsMeans ? RunGroup.groups(of: runs) : runs.map { RunGroup(name: $0.name, runs: [$0]) }
    let hasValidation = chosen.contains { $0.validation.map { key in runs.contains { !$0[key].isEmpty } } ?? false }
    return Figure(
      title(runs, groups), legend: legend(groups, hasValidation),
      panels: chosen.map { chart($0, groups, hasValidation) })
  }

  private func title(_ runs: [RunLog], _ groups: [RunGroup]) -> String {
    if groups.count == 1, groups[0].runs.count > 1 {
      return "\(groups[0].name): mean ± standard deviation of \(groups[0].runs.count) runs"
    }
    guard runs.count == 1, let run = runs.first else {
      return "Learning curves of \(runs.count) runs" + (drawsMeans ? ", mean ± standard deviation" : "")
    }
    guard let best = run.best, let entry = (run["valid_loss"] + run["loss"]).first(where: { $0.line == best }) else {
      return run.name
    }
    let what = run["valid_loss"].isEmpty ? "loss" : "validation loss"
    return "\(run.name): best in epoch \(Numbers.text(run.epochs[best])), \(what) \(Figures.short(entry.value))"
  }

  private func legend(_ groups: [RunGroup], _ hasValidation: Bool) -> [LegendEntry] {
    var entries: [LegendEntry] = []
    if groups.count > 1 {
      entries = groups.enumerated().map { i, group in
        LegendEntry(
          group.runs.count > 1 ? "\(group.name) (\(group.runs.count) runs)" : group.name, .line(LineStyle(.series(i))))
      }
    }
    if hasValidation {
      let inks: [Ink] = groups.count > 1 ? [.muted, .muted] : [.series(0), .series(1)]
      entries.append(LegendEntry("training", .line(LineStyle(inks[0], dashed: true))))
      entries.append(LegendEntry("validation", .line(LineStyle(inks[1]))))
    }
    return entries
  }

  /// The parameters whose norms a panel shows, where its colours stand for them.
  private func parameters(_ panel: Panel, _ groups: [RunGroup]) -> [LegendEntry] {
    guard panel == .gradientNorms, groups.count == 1 else { return [] }
    return RunGroup.parameterKeys(groups[0].runs).enumerated().map { i, key in
      LegendEntry(String(key.dropFirst(RunLog.parameterNorms.count)).printable, .line(LineStyle(.series(i))))
    }
  }

  private func chart(_ panel: Panel, _ groups: [RunGroup], _ hasValidation: Bool) -> Chart {
    var layers: [Chart.Layer] = []
    for (i, group) in groups.enumerated() {
      if panel == .gradientNorms {
        for (j, key) in RunGroup.parameterKeys(group.runs).enumerated() {
          layers += group.layers(key, horizontal, LineStyle(.series(groups.count > 1 ? i : j)))
        }
        continue
      }
      let isAlone = groups.count == 1
      layers += group.layers(
        panel.rawValue, horizontal, LineStyle(.series(i), dashed: hasValidation && panel.validation != nil))
      if let key = panel.validation {
        let ink = Ink.series(isAlone ? 1 : i)
        layers += group.layers(key, horizontal, LineStyle(ink))
        layers += group.best(key, horizontal, ink)
      }
    }
    let values = layers.lazy.flatMap(\.points).map(\.y).filter { $0.isFinite }
    var kind = Scale.Kind.linear
    if let low = values.min(), let high = values.max(), low > 0 {
      if panel == .loss && isLogarithmic || panel.isGeometric && high > 30 * low { kind = .logarithmic }
    }
    return Chart(
      panel.title, x: .init(horizontal.rawValue, horizontal == .seconds ? .linear : .whole),
      y: .init("", kind, limits: panel == .accuracy ? 0...1 : nil), layers, legend: parameters(panel, groups))
  }
}
