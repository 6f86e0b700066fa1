import Tensors

/// The features and classes of data or of a model, with which a further table is brought in line: the same features in
/// the same order, whatever the table's own columns and their texts.
public struct KnownColumns: Equatable, Sendable {
  /// The names of the features, "age" for a column of numbers and "colour=red" for a text of a column of texts.
  public var features: [String]
  /// The names of the classes, if there are any.
  public var classes: [String]?
  /// What messages call it.
  public var place: String

  /// The columns that a frame tells of.
  ///
  /// - Throws: an input failure where it has no names of features.
  public init(of frame: Frame) throws(Failure) {
    place = frame.place
    guard let features = frame[list: Metadata.features] else {
      throw .input("\(place): has no names of features; data of a table with a header, or a model of it, is due")
    }
    self.features = features
    classes = frame[list: Metadata.classes]
  }

  /// What a column of this name holds; nil when nothing is made of it.
  func use(of name: String) -> (isFeature: Bool, isCategory: Bool) {
    let isFeature = features.contains(name)
    return (isFeature, !isFeature && features.contains { $0.hasPrefix(name + "=") })
  }

  /// Fails where a feature has no column among those of a table.
  func check(_ columns: [String], _ table: String) throws(Failure) {
    for feature in features where !columns.contains(where: { $0 == feature || feature.hasPrefix($0 + "=") }) {
      throw .input("\(table): no column for the feature '\(feature.onOneLine)' of \(place)")
    }
  }
}

extension Table {
  /// The features that are known, in their order; one that no row of the table has is 0 in all of them.
  ///
  /// - Returns: the table, and the features of its own that are not known: texts that no category stands for.
  func arranged(like known: KnownColumns) -> (table: Table, unknown: [String]) {
    let own = features.map { $0 ?? "" }
    var places: [String: Int] = [:]
    for (place, name) in own.enumerated() { places[name] = place }
    let sources = known.features.map { places[$0] }
    let width = own.count
    var table = self
    table.x = Tensor(type: .float32, shape: [x.rows, sources.count]) { target in
      x.withElements(of: Float.self) { values in
        var out = 0
        for start in stride(from: 0, to: values.count, by: max(width, 1)) {
          for source in sources {
            let value = source.map { values[start + $0] } ?? 0
            target.storeBytes(of: value, toByteOffset: 4 * out, as: Float.self)
            out += 1
          }
        }
      }
    }
    table.features = known.features
    return (table, own.filter { !known.features.contains($0) })
  }
}
