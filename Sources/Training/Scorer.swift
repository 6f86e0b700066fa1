import Kernels
import Networks
import Tensors

/// Sums over rows, of which a score is made.
struct Tally: Equatable {
  /// The sum of the losses, and the number of terms that their mean runs over.
  var loss = 0.0
  var terms = 0.0
  /// Answers that are right or wrong, and how many were right: a row's class, or each label of a row that has several.
  var judged = 0
  var correct = 0

  static func += (sum: inout Tally, more: Tally) {
    sum.loss += more.loss
    sum.terms += more.terms
    sum.judged += more.judged
    sum.correct += more.correct
  }
}

/// Compares the outputs of batches with their answers: losses, their gradient, accuracy.
final class Scorer {
  private let loss: any Loss
  private let team: ThreadTeam
  private let losses: AlignedBuffer<Double>
  /// Above which output a label is meant, where each row has several, yes or no for each; nil elsewhere.
  private let limitOfLabels: Float?

  /// A scorer of batches of up to `capacity` rows; `areLabels` tells that targets are labels, 1 for yes and 0 for no.
  init(_ loss: any Loss, capacity: Int, areLabels: Bool = false, team: ThreadTeam) {
    limitOfLabels = areLabels && loss.predictions == .independent ? loss.limitOfYes : nil
    self.loss = loss
    self.team = team
    losses = AlignedBuffer<Double>(count: capacity)
  }

  /// The sums over a batch, in row order; into `gradient` goes that of the batch's reduced loss.
  func score(_ output: Matrix, _ targets: Targets, rows: Int, gradient: Matrix?) -> Tally {
    let terms = loss.terms(targets, rows: rows, outputs: output.columns)
    evaluate(output, targets, rows: rows, scale: Float(loss.factor(terms: terms)), gradient: gradient)
    var tally = Tally(terms: terms)
    for row in 0..<rows { tally.loss += losses.pointer[row] }
    if loss.answers.areClasses {
      judge(output, targets, rows, &tally)
    } else if targets.holdsClasses, output.columns == 1, let limit = loss.limitOfYes {
      for row in 0..<rows where (output[row: row][0] > limit) == (targets.labels.pointer[row] == 1) {
        tally.correct += 1
      }
      tally.judged += rows
    } else if !targets.holdsClasses, let limitOfLabels {
      for row in 0..<rows {
        tally.correct += zip(output[row: row], targets.values[row: row]).count { ($0 > limitOfLabels) == ($1 > 0.5) }
      }
      tally.judged += rows * output.columns
    }
    return tally
  }

  /// The loss of each row, and into `gradient` that of their sum times `scale`.
  func evaluate(_ output: Matrix, _ targets: Targets, rows: Int, scale: Float, gradient: Matrix?) {
    let tiles = TileGrid(rows: rows, columns: 1, tileRows: max(1, 8192 / output.ld), tileColumns: 1)
    team.forEach(tiles.count) { t in
      loss.evaluate(output, targets, rows: tiles[t].rows, scale: scale, gradient: gradient, losses: losses.pointer)
    }
  }

  /// What a tally comes to.
  func score(of tally: Tally) -> Score {
    Score(
      loss: loss.reduced(tally.loss, terms: tally.terms),
      accuracy: tally.judged > 0 ? Double(tally.correct) / Double(tally.judged) : nil)
  }

  private func judge(_ output: Matrix, _ targets: Targets, _ rows: Int, _ tally: inout Tally) {
    for row in 0..<rows {
      let label = targets.holdsClasses ? Int(targets.labels.pointer[row]) : targets.values[row: row].numberOfLargest
      if label == loss.ignoredClass { continue }
      tally.judged += 1
      if output[row: row].numberOfLargest == label { tally.correct += 1 }
    }
  }
}
