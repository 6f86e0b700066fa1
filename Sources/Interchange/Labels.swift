import Tensors

/// Class ids and targets that come as arrays, and the names of classes.
enum Labels {
  /// More classes than this are taken for a mistake: names are kept as text in every frame.
  static let maximumClasses = 100_000

  /// What `y` of a data frame is made from an array of labels.
  ///
  /// Whole numbers of shape [n] or [n, 1] are class ids (I64, [n]); floats and whole numbers of shape [n, k] are
  /// targets (F32, [n, k]).
  static func y(from array: Tensor, place: String) throws(Failure) -> Tensor {
    guard !array.shape.isEmpty else { throw .input("\(place): a single number where one label a row is due") }
    if array.type.isInteger, array.rowCount == 1, let ids = array.integers {
      return Tensor(ids, shape: [ids.count])
    }
    guard array.shape.count <= 2 else {
      throw .input("\(place): labels of shape \(array.shape); [n] class ids or [n, k] targets are due")
    }
    return array.asFloat32.reshaped([array.rows, array.rowCount])
  }

  /// The names of the classes of ids: the names given, or the numbers 0 to the largest id.
  static func names(for ids: Tensor, given: [String]?, place: String) throws(Failure) -> [String] {
    let limit = given?.count ?? maximumClasses
    var largest = -1
    try ids.withElements(of: Int64.self) { (values) throws(Failure) in
      for (row, id) in values.enumerated() {
        guard id >= 0, id < limit else {
          let due = given == nil ? "0 to \(limit - 1)" : "0 to \(limit - 1), for which --classes gives names"
          throw .input("\(place): row \(row + 1): class id \(id); ids are \(due)")
        }
        largest = max(largest, Int(id))
      }
    }
    return given ?? (0..<(largest + 1)).map(String.init)
  }
}
