import Tensors

/// What a frame says of the pass over the training data that it is for.
struct EpochMark {
  /// The number of the pass, from 0.
  let number: Int
  /// How many there are; nil when the program that makes them does not know.
  let count: Int?

  /// The mark of a frame; nil when its rows are for every pass.
  init?(_ frame: Frame) throws(Failure) {
    guard let number = try EpochMark.natural(frame, Metadata.epoch) else { return nil }
    self.number = number
    count = try EpochMark.natural(frame, Metadata.epochs)
  }

  private static func natural(_ frame: Frame, _ key: String) throws(Failure) -> Int? {
    guard let text = frame.metadata[key] else { return nil }
    guard let value = Int(text), (0...1 << 32).contains(value) else {
      throw .input("\(frame.place): \(key) is '\(text)', which is no count")
    }
    return value
  }
}
