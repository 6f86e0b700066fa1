import Kernels
import Tensors

/// Mixup (Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018) of the rows of a part: each row becomes
/// λ · row + (1 − λ) · another row, its answer and its weight likewise, with λ ~ Beta(α, α) for each row and the other rows
/// a random order of them all. Class ids become shares of the classes, [n, classes].
///
/// An answer counts in the blend by its row's weight, as in nn-train's --mixup.
public struct Blending: @unchecked Sendable {
  private let request: AugmentRequest
  private let alpha: Double
  private let epoch: Int
  private let part: DataPart
  /// `x` of each frame, in the type that is augmented.
  private let inputs: [Tensor]
  private let partners: [Int32]
  /// [rows, columns]; nil for rows without answers.
  private let answers: Tensor?
  private let weights: [Float]?

  /// The blending of a part's rows in an epoch; nil where none is asked for.
  public init?(_ request: AugmentRequest, _ part: DataPart, epoch: Int) throws(Failure) {
    guard let alpha = request.mixup else { return nil }
    (self.request, self.alpha, self.epoch, self.part) = (request, alpha, epoch, part)
    var inputs: [Tensor] = []
    for frame in part.frames {
      let x = try frame.tensor("x")
      inputs.append(x.type == .uint8 ? x : x.asFloat32)
    }
    self.inputs = inputs
    partners = Augmentation.partners(request, epoch: epoch, rows: part.rows)
    answers = try Blending.answers(part)
    weights = part.first.tensors["weight"] == nil ? nil : part.frames.flatMap { $0.tensors["weight"]?.floats ?? [] }
  }

  /// The answers of all rows as numbers that can be blended.
  private static func answers(_ part: DataPart) throws(Failure) -> Tensor? {
    guard let labels = try part.labels() else {
      let numbers = part.frames.compactMap { $0.tensors["y"] }
      guard !numbers.isEmpty else { return nil }
      let y = Tensor.concatenating(numbers).asFloat32
      return y.reshaped([y.rows, y.rowCount])
    }
    let count = part.first[list: Metadata.classes]?.count ?? (labels.max() ?? 0) + 1
    guard count <= maximumClasses else {
      throw .input(
        "\(part.first.place): \(count) classes; --mixup makes as many numbers a row, up to \(maximumClasses)")
    }
    return Tensor(type: .float32, shape: [labels.count, count]) { bytes in
      let shares = bytes.bindMemory(to: Float.self)
      for (row, label) in labels.enumerated() { shares[row * count + label] = 1 }
    }
  }

  /// Each row gets a number for each class.
  private static let maximumClasses = 10_000

  /// The row that a row is blended with, and the share of the row itself.
  func partner(of row: Int) -> (row: Int, share: Float) {
    (Int(partners[row]), Augmentation.share(request, alpha: alpha, epoch: epoch, row: row))
  }

  /// Calls `body` with the place of a row's values in memory.
  func withRow(_ row: Int, _ body: (UnsafeRawPointer) -> Void) {
    let (frame, local) = part.place(of: row)
    let x = inputs[frame]
    x.withBytes { bytes in
      if let base = bytes.baseAddress { body(base + local * x.rowCount * x.type.width) }
    }
  }

  /// Puts the blended answers and weights of some rows into their frame.
  func blendAnswers(_ frame: inout Frame, rows: Range<Int>) throws(Failure) {
    if let answers {
      let columns = answers.rowCount
      frame.tensors["y"] = Tensor(type: .float32, shape: [rows.count, columns]) { bytes in
        let target = bytes.bindMemory(to: Float.self)
        answers.withElements(of: Float.self) { values in
          for row in rows {
            let (other, share) = partner(of: row)
            let own = self.share(of: row, blendedWith: other, share)
            for c in 0..<columns {
              target[(row - rows.lowerBound) * columns + c] =
                own * values[row * columns + c] + (1 - own) * values[other * columns + c]
            }
          }
        }
      }
    }
    guard let weights else { return }
    let blended = rows.map { row in
      let (other, share) = partner(of: row)
      return weights[row] == weights[other] ? weights[row] : share * weights[row] + (1 - share) * weights[other]
    }
    frame.tensors["weight"] = Tensor(blended, shape: [rows.count])
  }

  /// The share of a row's answer, by weight.
  private func share(of row: Int, blendedWith other: Int, _ share: Float) -> Float {
    guard let weights, weights[row] != weights[other] else { return share }
    let (own, others) = (share * weights[row], (1 - share) * weights[other])
    return own / (own + others)
  }
}
