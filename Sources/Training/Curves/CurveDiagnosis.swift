import Tensors

/// What learning curves mean in words: the rules by which practitioners read them (Goodfellow, Bengio and Courville 2016,
/// "Deep Learning", sections 5.2 and 11.3; Stanford CS231n, "Babysitting the learning process").
///
/// With ℓ the training loss of n epochs, v the validation loss, and the fall F = ℓ₁ − min ℓ:
/// - flat: F < 1 % of |ℓ₁|; late start: the first fifth of the epochs (at least 2) brings less than 5 % of F;
/// - diverges: ℓₙ > 1.1 ℓ₁; noisy: more than a third of the steps go up, together by more than half of F;
/// - overfit: v ends 5 % above its lowest value, after which ℓ still fell;
/// - gap: accuracy in training above that in validation by 0.05, or v twice ℓ, without overfit;
/// - plateau: the last third of the epochs brings less than 1 % of F; underfit when v ends within 10 % of ℓ and the
///   accuracy, where known, is below 0.9; unfinished: the last fifth brings more than 3 % of F.
public struct CurveDiagnosis: Sendable {
  /// Fewer epochs say nothing.
  public static let fewest = 3

  /// What was found, the worst first; never empty.
  public let findings: [CurveFinding]

  /// Reads a run's curves.
  public init(_ log: RunLog) { findings = Reading(log).findings }
}

extension RunLog {
  /// The norm of all parameters' gradients by epoch, of the norms of single ones; empty for a run that clips by the norm,
  /// whose peaks do no harm.
  fileprivate var gradientNorms: [(epoch: Double, value: Double)] {
    guard self["gradient_norm"].isEmpty else { return [] }
    var squares: [Int: Double] = [:]
    for key in keys where key.hasPrefix(RunLog.parameterNorms) {
      for entry in self[key] { squares[entry.line, default: 0] += entry.value * entry.value }
    }
    return squares.keys.sorted().compactMap { line in
      squares[line].flatMap { $0.isFinite ? (epochs[line], $0.squareRoot()) : nil }
    }
  }
}

/// The curves of one run while they are read.
private struct Reading {
  let log: RunLog
  let train: [(epoch: Double, value: Double)]
  let valid: [(epoch: Double, value: Double)]

  init(_ log: RunLog) {
    self.log = log
    train = log.curve("loss")
    valid = log.curve("valid_loss")
  }

  var findings: [CurveFinding] {
    if let broken = notFinite { return [broken] }
    guard train.count >= CurveDiagnosis.fewest else {
      return [
        CurveFinding(
          .tooShort, "\(train.count) epoch\(train.count == 1 ? "" : "s"): too few to say anything.",
          "Train for \(CurveDiagnosis.fewest) epochs or more.")
      ]
    }
    if let start = diverges ?? flat { return [start] + [peaks].compactMap(\.self) }
    let overfits = overfit
    let found = [lateStart, noisy, peaks, overfits, overfits == nil ? gap : nil]
    let end = overfits == nil ? [stopped ?? unfinished] : []
    let all = (found + end).compactMap(\.self)
    return all.isEmpty
      ? [
        CurveFinding(.healthy, "The loss falls and levels out; nothing is amiss.", "Keep this, or try a larger model.")
      ]
      : all
  }

  private var first: Double { train[0].value }
  private var last: Double { train[train.count - 1].value }
  private var fall: Double { first - (train.map(\.value).min() ?? first) }

  /// How far the loss fell from one position to the end.
  private func fall(since position: Int) -> Double { train[position].value - last }

  private func name(_ epoch: Double) -> String { Numbers.text(epoch) }

  private var notFinite: CurveFinding? {
    let entry = (log["loss"] + log["valid_loss"]).first { !$0.value.isFinite }
    guard let epoch = entry.map({ log.epochs[$0.line] }) ?? log.divergence else { return nil }
    return CurveFinding(
      .notFinite,
      entry == nil
        ? "It diverged in epoch \(name(epoch))." : "The loss of epoch \(name(epoch)) is no finite number.",
      "Divide --lr by 10, or clip with --clip-norm 1; nn-check tells whether the first weights or the data are to blame."
    )
  }

  private var diverges: CurveFinding? {
    guard last > first + 0.1 * abs(first) else { return nil }
    return CurveFinding(
      .diverges, "The loss rises, from \(Figures.short(first)) to \(Figures.short(last)).",
      "Divide --lr by 10, or look for the rate with nn-check --lr-range.")
  }

  private var flat: CurveFinding? {
    guard fall < 0.01 * abs(first) else { return nil }
    return CurveFinding(
      .flat, "The loss does not fall: it is \(Figures.short(first)) at first and \(Figures.short(last)) at last.",
      "Prepare the data (nn-prep --center --scale), look at the initialisation with nn-check, and at the rate with "
        + "nn-check --lr-range.")
  }

  /// Of a log that has the beginning: a run that goes on from a model that was trained has its steps behind it.
  private var lateStart: CurveFinding? {
    let early = max(2, train.count / 5)
    guard train.count >= 5, train[0].epoch <= 1, first - train[early - 1].value < 0.05 * fall,
      fall(since: early - 1) > 0
    else { return nil }
    let start = train.first { first - $0.value >= 0.05 * fall }
    return CurveFinding(
      .lateStart, "The loss starts flat and falls only from epoch \(name(start?.epoch ?? train[early].epoch)) on.",
      "Other first weights (he_normal for relu, glorot_uniform for tanh), bn, or a warm-up of the rate; "
        + "nn-check --activations shows where the signal is lost.")
  }

  private var noisy: CurveFinding? {
    let rises = zip(train, train.dropFirst()).map { $1.value - $0.value }.filter { $0 > 0 }
    guard train.count >= 5, 3 * rises.count > train.count - 1, rises.reduce(0, +) > 0.5 * fall else { return nil }
    return CurveFinding(
      .noisy, "The loss goes up and down: it rises after \(rises.count) of \(train.count) epochs.",
      "A smaller --lr, or a larger --batch-size.")
  }

  private var peaks: CurveFinding? {
    let norms = log.gradientNorms
    let sorted = norms.map(\.value).sorted()
    guard sorted.count >= 5, let highest = norms.max(by: { $0.value < $1.value }),
      highest.value > 10 * sorted[sorted.count / 2]
    else { return nil }
    let median = sorted[sorted.count / 2]
    return CurveFinding(
      .gradientPeaks,
      "The gradient's norm peaks at \(Figures.short(highest.value)) in epoch \(name(highest.epoch)); "
        + "its median is \(Figures.short(median)).",
      "--clip-norm \(Figures.rough(2 * median)), which bounds it.")
  }

  private var overfit: CurveFinding? {
    guard let lowest = valid.min(by: { $0.value < $1.value }), let end = valid.last,
      end.value > lowest.value + 0.05 * abs(lowest.value),
      let then = train.first(where: { $0.epoch == lowest.epoch }), last < then.value
    else { return nil }
    return CurveFinding(
      .overfit,
      "It overfits: the validation loss is lowest in epoch \(name(lowest.epoch)), \(Figures.short(lowest.value)), and "
        + "ends at \(Figures.short(end.value)) while the training loss falls on.",
      "--early-stop patience=5 --keep best; more data or nn-augment; dropout, --weight-decay 1e-4, a smaller model.")
  }

  private var gap: CurveFinding? {
    guard let end = valid.last else { return nil }
    let (train, valid) = (log.curve("accuracy").last?.value, log.curve("valid_accuracy").last?.value)
    if let train, let valid {
      guard train - valid > 0.05 else { return nil }
      return CurveFinding(
        .gap,
        "Training rows are predicted better than others: accuracy \(Figures.short(train)) against "
          + "\(Figures.short(valid)).", "More data or nn-augment; dropout, --weight-decay 1e-4.")
    }
    guard last > 0, end.value > 2 * last else { return nil }
    return CurveFinding(
      .gap,
      "Training rows are predicted better than others: loss \(Figures.short(last)) against \(Figures.short(end.value)).",
      "More data or nn-augment; dropout, --weight-decay 1e-4.")
  }

  /// Whether the loss stands still, and why.
  private var stopped: CurveFinding? {
    guard train.count >= 6, fall(since: train.count - 1 - train.count / 3) < 0.01 * fall else { return nil }
    if let end = valid.last, abs(end.value - last) <= 0.1 * abs(last), isPoor {
      return CurveFinding(
        .underfit,
        "It underfits: training and validation have stopped together, at \(Figures.short(last)) and "
          + "\(Figures.short(end.value)).",
        "A larger model (more units, more layers), less dropout and weight decay, or better features.")
    }
    let rates = log.curve("lr").suffix(train.count / 3 + 1).map(\.value)
    guard let low = rates.min(), let high = rates.max(), low == high, isPoor else { return nil }
    return CurveFinding(
      .plateau, "The loss fell and then stood still at \(Figures.short(last)), with one learning rate.",
      "Let the rate fall: --schedule plateau, or --schedule cosine.")
  }

  /// Whether there is something to gain: an accuracy below 0.9, or none that is known.
  private var isPoor: Bool {
    (log.curve("valid_accuracy").last ?? log.curve("accuracy").last).map { $0.value < 0.9 } ?? true
  }

  private var unfinished: CurveFinding? {
    let curve = valid.count == train.count ? valid : train
    let back = max(1, curve.count / 5)
    guard let end = curve.last, let low = curve.map(\.value).min() else { return nil }
    let gain = curve[curve.count - 1 - back].value - end.value
    guard gain > 0.03 * (curve[0].value - low), gain > 0 else { return nil }
    return CurveFinding(
      .unfinished,
      "The loss still falls at the end, by \(Figures.short(gain)) in the last \(back == 1 ? "epoch" : "\(back) epochs").",
      "Train longer: --epochs \(2 * log.epochs.count).")
  }
}
