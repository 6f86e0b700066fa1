import Tensors

/// What was done to data before a network sees it: a list of stages, each fitted on the rows of role `train`.
///
/// The record travels in frames of data, models and preparations: a short text in the metadata `nn.prep` (one stage
/// after the other, joined by "; "), tensors `prep.<stage>.<name>`, and `nn.prepared`, the identity by which two
/// preparations are known to be the same. Only the first frame of a segment holds the record; later ones hold the
/// identity alone.
public struct Preparation: Sendable {
  /// The stages in the order in which they are applied; never empty.
  let stages: [Stage]
  /// The text of the stages, "#", and eight hexadecimal digits: the checksum of the record's tensors.
  public let identity: String
  let operations = PreparationOperations()

  /// What the names of the record's tensors begin with.
  static let prefix = "prep."
  /// The metadata key of the stages' text.
  static let textKey = "nn.prep"

  /// A preparation of stages that fit together.
  init(stages: [Stage]) {
    self.stages = stages
    var checksum: UInt = 0
    for (i, stage) in stages.enumerated() {
      for (name, tensor) in stage.tensors {
        let header = Array("\(i).\(name) \(tensor.type.rawValue) \(tensor.shape)\n".utf8)
        checksum = Checksum.of(header, after: checksum)
        checksum = tensor.checksum(after: checksum)
      }
    }
    identity = stages.map(\.text).joined(separator: "; ") + "#" + Checksum.text(checksum)
  }

  /// The shape of a row of raw data.
  public var inputShape: [Int] { stages.first?.inputShape ?? [] }
  /// The shape of a row of prepared data.
  public var outputShape: [Int] { stages.last?.outputShape ?? [] }
  /// The stages as a person would ask for them, such as "center scale pca:100 whiten".
  public var text: String { stages.map(\.text).joined(separator: "; ") }

  /// The variances along the principal axes of the last stage that has them, the largest first; nil where the record does
  /// not have them, which only whitening needs.
  public var spectrum: [Double]? { stages.last { $0.components != nil }?.deviations?.doubles.map { $0 * $0 } }

  /// Whether another preparation does the same: the same stages with the same numbers.
  public func agrees(with other: Preparation) -> Bool { identity == other.identity }

  /// The preparation followed by one more stage.
  func appending(_ stage: Stage) -> Preparation { Preparation(stages: stages + [stage]) }

  /// How a message tells what has been done to data: "not prepared", or "prepared as 'center#01234567'".
  static func phrase(_ identity: String?) -> String { identity.map { "prepared as '\($0)'" } ?? "not prepared" }
}
