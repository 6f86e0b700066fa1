/// What a `data` frame must hold, checked once where frames come in.
///
/// - `x` [n, …]: the inputs, any element type.
/// - `y`, absent for unlabelled data: [n] whole numbers, the class ids; or [n, k] floats, the targets.
/// - `weight`, optional: [n].
/// - `group`, optional: [n] whole numbers, equal for rows that belong together.
extension Frame {
  /// Fails when the frame breaks the rules of data; returns the number of rows.
  @discardableResult
  public func checkData() throws(Failure) -> Int {
    try require([.data])
    let x = try tensor("x")
    guard !x.shape.isEmpty else { throw .input("\(place): 'x' is a single number; rows are due") }
    for name in ["y", "weight", "group"] {
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

  /// Fails when the columns of a table are not those of another frame: the same numbers of values a row would let a model
  /// take one column for another. Frames without names of columns are not compared.
  public func checkFeatures(like other: Frame) throws(Failure) {
    guard let own = self[list: Metadata.features], let due = other[list: Metadata.features], own != due else { return }
    if let column = own.indices.first(where: { !due.indices.contains($0) || own[$0] != due[$0] }), column < due.count {
      throw .input(
        "\(place): column \(column + 1) is '\(own[column])' where \(other.place) has '\(due[column])': "
          + "the columns must be the same, in the same order")
    }
    throw .input("\(place): \(own.count) columns where \(other.place) has \(due.count)")
  }

  /// The data with the class ids that another list of class names gives: a file in which not all classes occur, or in
  /// another order, numbers them otherwise.
  ///
  /// - Parameters:
  ///   - classes: the names to go by; nil leaves the data as it is, and so does data without names.
  ///   - place: where they come from, for the message.
  /// - Throws: an input failure when a row's class is not among the names.
  public func relabelled(to classes: [String]?, of place: String) throws(Failure) -> Frame {
    guard let classes, let own = self[list: Metadata.classes], own != classes, let labels = try labels() else {
      return self
    }
    let positions = Dictionary(classes.enumerated().map { ($1, $0) }) { first, _ in first }
    let ids = own.map { positions[$0] }
    var result = self
    var mapped: [Int64] = []
    mapped.reserveCapacity(labels.count)
    for (row, label) in labels.enumerated() {
      guard let id = ids[label] else {
        throw .input(
          "\(self.place): row \(row): the class '\(own[label])' is unknown; \(place) has "
            + "\(classes.map { "'\($0)'" }.joined(separator: ", "))")
      }
      mapped.append(Int64(id))
    }
    result.tensors["y"] = Tensor(mapped, shape: [mapped.count])
    result[list: Metadata.classes] = classes
    return result
  }
}
