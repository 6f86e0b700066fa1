import Tensors

/// The record in frames: reading it from one, which may hold anything, and storing it.
extension Preparation {
  /// The record in a frame of data, of a model or of a preparation; nil when it holds none. Fails when the record is
  /// damaged: tensors that are missing, too many, of shapes that do not fit together, not finite, or not those whose
  /// identity the frame states.
  public init?(frame: Frame) throws(Failure) {
    var tensors = frame.tensors(under: Preparation.prefix)
    guard let text = frame.metadata[Preparation.textKey] else {
      guard tensors.isEmpty else {
        throw .input("\(frame.place): tensors '\(Preparation.prefix)…' without the text \(Preparation.textKey)")
      }
      return nil
    }
    var stages: [Stage] = []
    do throws(Failure) {
      for part in text.split(separator: ";", omittingEmptySubsequences: false) {
        let stage = try Stage(
          words: part.split(separator: " ").map(String.init), number: stages.count, tensors: &tensors)
        if let last = stages.last, last.outputShape != stage.inputShape {
          throw .input(
            "stage \(stages.count) takes rows of \(StageWord.text(stage.inputShape)) where stage \(stages.count - 1) "
              + "gives \(StageWord.text(last.outputShape))")
        }
        stages.append(stage)
      }
      if let name = tensors.keys.min() {
        throw .input("'\(Preparation.prefix)\(name)' belongs to no stage of '\(text)'")
      }
    } catch {
      throw error.at("\(frame.place): damaged preparation")
    }
    self.init(stages: stages)
    if let stated = frame.metadata[Metadata.prepared], stated != identity {
      throw .input(
        "\(frame.place): damaged preparation: \(Metadata.prepared) is '\(stated)' and the record '\(identity)'")
    }
  }

  /// Puts the record into the first frame of a segment, in place of any other; into a later frame goes the identity.
  public func store(into frame: inout Frame) {
    Preparation.remove(from: &frame)
    frame.metadata[Metadata.prepared] = identity
    guard frame.index == 0 else { return }
    frame.metadata[Preparation.textKey] = text
    for (i, stage) in stages.enumerated() {
      for (name, tensor) in stage.tensors { frame.tensors["\(Preparation.prefix)\(i).\(name)"] = tensor }
    }
  }

  /// Takes the record out of a model and leaves its identity, by which data prepared in the same way is known.
  public static func strip(from model: inout Frame) throws(Failure) {
    let identity = try Preparation(frame: model)?.identity ?? model.metadata[Metadata.prepared]
    remove(from: &model)
    model.metadata[Metadata.prepared] = identity
  }

  /// Takes a record and the identity out of a frame.
  static func remove(from frame: inout Frame) {
    frame.tensors = frame.rowTensors
    frame.metadata[Metadata.prepared] = nil
    frame.metadata[Preparation.textKey] = nil
  }
}

extension Stage {
  /// Reads stage `number` of a record, taking its tensors out of `tensors`.
  fileprivate init(words: [String], number: Int, tensors: inout [String: Tensor]) throws(Failure) {
    func take(_ name: String) throws(Failure) -> Tensor? {
      guard let tensor = tensors.removeValue(forKey: "\(number).\(name)") else { return nil }
      guard !tensor.type.isInteger, tensor.count > 0, tensor.doubles.allSatisfy(\.isFinite) else {
        throw .input("'\(Preparation.prefix)\(number).\(name)' does not hold finite numbers")
      }
      return tensor
    }
    mean = try take("mean")
    std = try take("std")
    components = try take("components")
    deviations = try take("deviations")
    self.words = words
    inputShape = []
    var flattened: [Int]?
    for word in words {
      let (name, value) = Stage.parts(word)
      switch (name, value) {
      case ("center", nil), ("scale", nil), ("minmax", nil), ("whiten", nil), ("zca", nil): break
      case ("per", "channel"?), ("per", "all"?): break
      case ("pca", let count?) where Int(count) == components?.rows: break
      case ("flatten", let value?):
        flattened = StageWord.shape(value)
        if flattened == nil { fallthrough }
      default: throw .input("stage \(number): '\(word)' is not understood")
      }
    }
    guard !words.isEmpty, let shape = (mean ?? std)?.shape ?? flattened else {
      throw .input("stage \(number) ('\(text)') has no tensors")
    }
    inputShape = shape
    try check(number, flattened)
  }

  private static func parts(_ word: String) -> (name: Substring, value: Substring?) {
    guard let colon = word.firstIndex(of: ":") else { return (word[...], nil) }
    return (word[..<colon], word[word.index(after: colon)...])
  }

  private func check(_ number: Int, _ flattened: [Int]?) throws(Failure) {
    let name = "'\(Preparation.prefix)\(number)"
    if let flattened, flattened != inputShape {
      throw .input("\(name).mean' has shape \(inputShape) in '\(text)'")
    }
    if let std {
      guard std.shape == inputShape else { throw .input("\(name).std' has shape \(std.shape), not \(inputShape)") }
      try checkDivisors(std, "\(name).std'")
    }
    if let components {
      guard components.shape.count == 2, components.shape[1] == inputCount, components.rows <= inputCount else {
        throw .input("\(name).components' has shape \(components.shape) for rows of \(inputCount) values")
      }
    }
    let projects = words.contains { $0.hasPrefix("pca:") || $0 == "zca" }
    guard projects == (components != nil) else { throw .input("\(name).components' does not go with '\(text)'") }
    let whitens = words.contains("whiten") || words.contains("zca")
    guard whitens == (deviations != nil) else { throw .input("\(name).deviations' does not go with '\(text)'") }
    if let deviations {
      guard let components, deviations.shape == [components.rows] else {
        throw .input("\(name).deviations' has shape \(deviations.shape)")
      }
      try checkDivisors(deviations, "\(name).deviations'")
    }
  }

  /// Fails when a number is not above 0, or so small that its reciprocal is not finite.
  private func checkDivisors(_ tensor: Tensor, _ name: String) throws(Failure) {
    for value in tensor.doubles {
      guard value > 0 else { throw .input("\(name) has a number that is not above 0") }
      guard value.isNormal else { throw .input("\(name) has the number \(value), which is too small to divide by") }
    }
  }
}
