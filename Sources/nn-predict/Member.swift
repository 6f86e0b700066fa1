import Preparation
import Tensors
import Training

import class Kernels.ThreadTeam

/// One of the models that predict, with what it asks of its data.
struct Member {
  private let model: Frame
  private let predictor: Predictor
  private let preparation: Preparation?
  private let layer: String?

  /// Where the model came from.
  var place: String { model.place }

  /// A member of a `model` frame.
  ///
  /// - Parameter layer: the layer whose outputs are wanted in the place of predictions.
  init(_ model: Frame, team: ThreadTeam, capacity: Int, layer: String?) throws(Failure) {
    (self.model, self.layer) = (model, layer)
    predictor = try Predictor(model, team: team, capacity: capacity, layer: layer)
    preparation = try Preparation(frame: model)
  }

  /// What a person should know before the work, a sentence each.
  func warnings(passes: Int) -> [String] {
    var warnings: [String] = []
    if passes > 0, !predictor.isRandom {
      warnings.append("\(model.place) has no dropout: all \(passes) passes are the same")
    }
    let isPretrained = layer != nil && model.metadata[Metadata.pretraining] != nil
    if model.metadata[Metadata.loss] == nil, !isPretrained { warnings.append("\(model.place) was never trained") }
    return warnings
  }

  /// The prediction for a frame of data, see `Predictor.predict`.
  func predict(_ rows: inout SharedRows, passes: Int, seed: Int, firstRow: Int) throws(Failure) -> Frame {
    try rows.frame.checkFeatures(like: model)
    var data = try rows.frame.relabelled(to: model[list: Metadata.classes], of: model.place)
    data.tensors["x"] = try rows.x(for: preparation, stripped: model.metadata[Metadata.prepared])
    var predicted = try predictor.predict(data, passes: passes, seed: seed, firstRow: firstRow)
    predicted.place = data.place
    return predicted
  }
}

/// The rows of a frame as models want them: what several models have in common is prepared once.
struct SharedRows {
  /// The data as it came.
  let frame: Frame
  private let team: ThreadTeam
  /// `x` by the identity of its preparation.
  private var prepared: [String: Tensor] = [:]

  init(_ frame: Frame, team: ThreadTeam) { (self.frame, self.team) = (frame, team) }

  /// The inputs for a model, see `prepare`.
  mutating func x(for preparation: Preparation?, stripped: String?) throws(Failure) -> Tensor {
    if let preparation, let x = prepared[preparation.identity] { return x }
    let x = try prepare(frame, for: preparation, stripped: stripped, team: team).tensor("x")
    if let preparation { prepared[preparation.identity] = x }
    return x
  }
}
