import class Kernels.ThreadTeam
import Tensors

/// Brings a frame of data to the preparation of a model. Raw data is transformed; data prepared the same way is left
/// alone.
///
/// - Parameters:
///   - frame: the data, a first or a later frame of its segment.
///   - model: the preparation the model was trained with; nil when it was trained on raw data or kept no record.
///   - stripped: the identity of a record that the model was trained with and no longer has.
///   - isWritten: whether the frame is only written somewhere, see `Preparation.apply`.
/// - Throws: an input failure that names both preparations when the data was prepared another way, or is prepared and
///   the model was trained on raw data; the failures of `Preparation.apply`.
public func prepare(
  _ frame: Frame, for model: Preparation?, stripped: String? = nil, team: ThreadTeam, isWritten: Bool = false
) throws(Failure) -> Frame {
  var identity = frame.metadata[Metadata.prepared]
  if identity == nil { identity = try Preparation(frame: frame)?.identity }
  let due = model?.identity ?? stripped
  if identity == due { return frame }
  if let identity {
    let wanted = due.map { "'\($0)' is due" } ?? "data that is not prepared is due"
    throw .input("\(frame.place): the data is prepared as '\(identity)' where \(wanted)")
  }
  guard let model else {
    throw .input(
      "\(frame.place): the data is not prepared, and the model was stripped of its record '\(due ?? "")'; "
        + "prepare the data with nn-prep --like a file that has it")
  }
  var result = frame
  result.tensors["x"] = try model.apply(to: try frame.tensor("x"), at: frame.place, team: team, isWritten: isWritten)
  model.store(into: &result)
  return result
}

/// Restores the raw data of a frame, to be written, and takes the record out. Fails when the frame was not prepared in this way.
///
/// - Parameter preparation: how the data was prepared; for a segment's later frames the record of its first.
public func restore(_ frame: Frame, from preparation: Preparation, team: ThreadTeam) throws(Failure) -> Frame {
  guard let identity = frame.metadata[Metadata.prepared] else {
    throw .input("\(frame.place): the data is not prepared: there is nothing to undo")
  }
  guard identity == preparation.identity else {
    throw .input(
      "\(frame.place): the data is prepared as '\(identity)' where '\(preparation.identity)' is due")
  }
  var result = frame
  do throws(Failure) {
    result.tensors["x"] = try preparation.inverse(of: try frame.tensor("x"), team: team, isWritten: true)
  } catch {
    throw error.at(frame.place)
  }
  Preparation.remove(from: &result)
  return result
}

extension Preparation {
  /// Applies the preparation to `x`; failures are led by the place of the data.
  func apply(to x: Tensor, at place: String, team: ThreadTeam, isWritten: Bool = false) throws(Failure) -> Tensor {
    do throws(Failure) { return try apply(to: x, team: team, isWritten: isWritten) } catch { throw error.at(place) }
  }
}
