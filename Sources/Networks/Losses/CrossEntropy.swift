import Kernels
import Tensors

/// `cross-entropy`: −Σ_c u[c]·log softmax(z)[c], on logits z (PyTorch's CrossEntropyLoss).
///
/// u[c] = w[c]·((1 − smoothing)·t[c] + smoothing/classes), where t is a row of probabilities, or 1 at the row's class id
/// and 0 elsewhere, and w[c] the weight of class c (Szegedy et al. 2016 for the smoothing). The mean runs over the rows;
/// with class ids, over the sum of their classes' weights. Rows of the ignored class have loss 0 and do not count.
struct CrossEntropy: Loss {
  static let kind = LossKind(
    "cross-entropy", keys: "smoothing=0 ignore",
    summary: "−log softmax(z)[class], on logits z; or −Σ t·log softmax(z), for probabilities t"
  ) { spec throws(Failure) in
    var reader = SpecReader(spec)
    let loss = CrossEntropy(
      spec: spec, smoothing: try reader.number("smoothing", in: .share, default: 0),
      ignoredClass: try reader.ignoredClass(), reduction: try reader.reduction())
    try reader.finish()
    return loss
  }

  let spec: Spec
  let smoothing: Double
  let ignoredClass: Int?
  let reduction: Reduction
  let answers = AnswerForm.classesOrShares
  let outputs = OutputForm.logits

  func terms(_ targets: Targets, rows: Int, outputs: Int) -> Double {
    targets.holdsClasses ? targets.weightOfClasses(rows: rows, ignoring: ignoredClass) : Double(rows)
  }

  func evaluate(
    _ output: Matrix, _ targets: Targets, rows: Range<Int>, scale: Float, gradient: Matrix?,
    losses: UnsafeMutablePointer<Double>
  ) {
    let first = rows.lowerBound
    let isPlain = targets.holdsClasses && smoothing == 0
    let factors = targets.factors(rows, weighing: isPlain, ignoring: ignoredClass)
    if isPlain {
      kernels.softmaxCrossEntropy(
        logits: output.pointer(atRow: first), ld: output.ld, rows: rows.count, classes: output.columns,
        labels: targets.labels.pointer + first, rowWeights: factors, scale: scale,
        gradient: gradient?.pointer(atRow: first), ldg: gradient?.ld ?? 0, loss: losses + first)
    } else {
      if targets.holdsClasses { targets.spreadClasses(rows) }
      kernels.softmaxCrossEntropy(
        logits: output.pointer(atRow: first), ld: output.ld, rows: rows.count, classes: output.columns,
        targets: targets.values.pointer(atRow: first), ldt: targets.values.ld, smoothing: Float(smoothing),
        classWeights: targets.weightsOfClasses, rowWeights: factors, scale: scale,
        gradient: gradient?.pointer(atRow: first), ldg: gradient?.ld ?? 0, loss: losses + first)
    }
  }

  func predict(_ output: Matrix, rows: Range<Int>) { output.makeSoftmax(rows) }

  func reference(_ output: [Double], _ targets: Targets, row: Int) -> Double {
    let label = targets.holdsClasses ? Int(targets.labels.pointer[row]) : nil
    if let label, label == ignoredClass { return 0 }
    let normalizer = Reference.logSumExp(output)
    var sum = 0.0
    for (c, z) in output.enumerated() {
      let target = label.map { $0 == c ? 1 : 0 } ?? Double(targets.values[row: row][c])
      let smoothed = (1 - smoothing) * target + smoothing / Double(output.count)
      sum += targets.classWeight(c) * smoothed * (normalizer - z)
    }
    return sum
  }
}

extension Matrix {
  /// Replaces a range of rows by their softmax.
  func makeSoftmax(_ rows: Range<Int>) {
    let p = pointer(atRow: rows.lowerBound)
    kernels.softmax(z: p, ldz: ld, p: p, ldp: ld, rows: rows.count, classes: columns)
  }

  /// Replaces every element of a range of rows by its sigmoid.
  func makeSigmoid(_ rows: Range<Int>) {
    let z = pointer(atRow: rows.lowerBound)
    kernels.activationForward(.sigmoid, z: z, ldz: ld, y: z, ldy: ld, rows: rows.count, columns: columns)
  }
}
