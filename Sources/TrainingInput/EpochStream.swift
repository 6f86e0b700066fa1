import Kernels
import Networks
import Tensors
import Training

/// Training rows that come anew for each epoch: segments of a stream, each read while the one before it is trained on.
final class EpochStream: EpochSource {
  /// How many epochs the stream says it has.
  let count: Int?
  private let input: FrameInput
  private let prepared: (Frame) throws(Failure) -> Frame
  /// The first frame of the stream until it is taken.
  private var first: Frame?
  /// The number of the epoch that is read now.
  private var number = 0
  private var reading: Background<Result<Dataset?, Failure>>?

  /// The epochs of a stream.
  ///
  /// - Parameters:
  ///   - first: the first frame of the first epoch; the others are those that `input` has left.
  ///   - prepared: a frame as the model wants it; called on another thread.
  init(
    _ first: Frame, _ mark: EpochMark, _ input: FrameInput, prepared: @escaping (Frame) throws(Failure) -> Frame
  ) {
    (self.first, count, self.input, self.prepared) = (first, mark.count, input, prepared)
    input.readAlone()
  }

  func next() throws(Failure) -> Dataset? {
    let current = (reading ?? begin()).wait()
    reading = nil
    guard let dataset = try current.get() else { return nil }
    number += 1
    reading = begin()
    return dataset
  }

  private func begin() -> Background<Result<Dataset?, Failure>> {
    let number = number
    return Background {
      do throws(Failure) { return .success(try self.read(number)) } catch { return .failure(error) }
    }
  }

  /// The rows of an epoch; nil after the last.
  private func read(_ number: Int) throws(Failure) -> Dataset? {
    var segment = Segment()
    while let frame = try nextFrame() {
      try requireTraining(frame)
      guard let mark = try EpochMark(frame), mark.number == number else {
        let found = frame.metadata[Metadata.epoch].map { "is of epoch \($0), counted from 0," } ?? "is of no epoch"
        throw .input("\(frame.place): \(found) where epoch \(number) is due")
      }
      let isLast = frame.isLast
      try segment.append(try prepared(frame))
      guard isLast else { continue }
      if let count, count == number + 1, let more = try input.next() {
        try requireTraining(more)
        throw .input("\(more.place): follows the last of \(count) epochs")
      }
      return try Dataset(frames: [segment.finish()])
    }
    if let count, number < count {
      throw .input("the stream ends after \(number) of \(count) epochs: the program before it failed")
    }
    return nil
  }

  private func requireTraining(_ frame: Frame) throws(Failure) {
    guard let role = frame.metadata[Metadata.role], role != "train" else { return }
    throw .input(
      "\(frame.place): rows of role \(role) among or behind epochs; they have to come before them, or from --valid")
  }

  private func nextFrame() throws(Failure) -> Frame? {
    guard let frame = first else { return try input.next(.data) }
    first = nil
    return frame
  }
}
