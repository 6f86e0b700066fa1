import class Kernels.ThreadTeam
import Tensors

/// A preparation fitted on the training rows of some data.
public struct FittedPreparation: Sendable {
  /// All stages: those the data had been through before, and the new one.
  public let preparation: Preparation
  /// The rows that were fitted on.
  public let rows: Int
  /// The number of components and the share of the variance they keep; nil where none were asked for.
  public let components: (count: Int, share: Double)?
  private let stage: Preparation
  private let before: String?

  /// Fits a stage on the frames of role `train`, or on those without a role where no frame has that one. Data that is
  /// prepared already gets the stage on top.
  public init(_ request: FitRequest, on frames: [Frame], team: ThreadTeam) throws(Failure) {
    let train = frames.filter { $0.metadata[Metadata.role] == "train" }
    let chosen = train.isEmpty ? frames.filter { $0.metadata[Metadata.role] == nil } : train
    guard let first = chosen.first else {
      let roles = Set(frames.compactMap { $0.metadata[Metadata.role] }).sorted().joined(separator: ", ")
      throw .input(
        "\(frames.first?.place ?? ""): no rows of role train to fit on (roles: \(roles)); apply a fitted preparation "
          + "with --like FILE")
    }
    var part = try DataPart(first)
    for frame in chosen.dropFirst() { try part.append(frame) }
    before = first.metadata[Metadata.prepared]
    let earlier = try Preparation(frame: first)
    guard before == earlier?.identity else {
      throw .input("\(first.place): the data is prepared as '\(before ?? "")' and does not hold the record of it")
    }
    for frame in frames where frame.metadata[Metadata.prepared] != before {
      throw .input(
        "\(frame.place): the data is \(Preparation.phrase(frame.metadata[Metadata.prepared])) where that of "
          + "\(first.place) is \(Preparation.phrase(before))")
    }
    var tensors: [Tensor] = []
    for frame in part.frames { tensors.append(try frame.tensor("x")) }
    let fit = try Fit(request, on: tensors, place: first.place, team: team)
    stage = Preparation(stages: [fit.stage])
    preparation = earlier?.appending(fit.stage) ?? stage
    rows = part.rows
    components = fit.keptVariance.map { (fit.stage.components?.rows ?? 0, $0) }
  }

  /// Puts a frame, of those fitted on or another of the same stream, through the new stage, to be written.
  public func apply(to frame: Frame, team: ThreadTeam) throws(Failure) -> Frame {
    var result = frame
    result.tensors["x"] = try stage.apply(to: try frame.tensor("x"), at: frame.place, team: team, isWritten: true)
    preparation.store(into: &result)
    return result
  }
}

extension Preparation {
  /// A frame that holds the record alone.
  public var frame: Frame {
    var frame = Frame(.prep)
    store(into: &frame)
    return frame
  }
}
