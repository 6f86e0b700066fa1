/// What a `data` frame must hold, checked once where frames come in.
///
/// - `x` [n, …]: the inputs, any element type.
/// - `y`, absent for unlabelled data: [n] whole numbers, the class ids; or [n, k] floats, the targets.
/// - `weight`, optional: [n].
extension Frame {
  /// Fails when the frame breaks the rules of data; returns the number of rows.
  @discardableResult
  public func checkData() throws(Failure) -> Int {
    try require([.data])
    let x = try tensor("x")
    guard !x.shape.isEmpty else { throw .input("\(place): 'x' is a single number; rows are due") }
    for name in ["y", "weight"] {
      guard let other = tensors[name] else { continue }
      guard other.shape.first == x.rows else {
        throw .input("\(place): '\(name)' has shape \(other.shape) where 'x' has \(x.rows) rows")
      }
    }
    return x.rows
  }

  /// The class ids of a data or prediction frame; nil when `y` is absent or holds targets.
  public func labels() throws(Failure) -> [Int]? {
    guard let y = tensors["y"], y.shape.count == 1, y.type.isInteger, let ids = y.integers else { return nil }
    let count = self[list: Metadata.classes]?.count ?? Int.max
    for (row, id) in ids.enumerated() where id < 0 || id >= count {
      throw .input("\(place): row \(row): class id \(id)" + (count < Int.max ? " of \(count) classes" : ""))
    }
    return ids.map(Int.init)
  }
}
