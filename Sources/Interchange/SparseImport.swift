import Tensors

/// LIBSVM text: whether a text is that, and its rows as data frames.
extension Importer {
  /// Whether a text is to be read as LIBSVM's: the number of features was given, or its first line looks like that and
  /// nothing was asked for that only tables have.
  func isSparse(_ file: OutsideFile) throws(Failure) -> Bool {
    if settings.features != nil { return true }
    guard !settings.table.isForColumns else { return false }
    let start = try file.peek(SparseLine.sampleBytes) { SparseLine.begins($0).isFinal }
    return start.withUnsafeBufferPointer { SparseLine.begins($0).answer }
  }

  mutating func sparse(_ first: OutsideFile, rest: ArraySlice<String>) throws(Failure) {
    let table = settings.table
    guard !table.isForColumns, [nil, "1"].contains(table.label), [[], ["1"]].contains(table.targets) else {
      throw .usage(
        "\(first.name): is LIBSVM text, which has no columns but the labels: --label 1 or --target 1, or neither")
    }
    let reader = SparseRows(settings: settings)
    let chunk = settings.chunk ?? Int.max
    try forEachText(first, rest: rest) { (file, importer) throws(Failure) in
      try reader.read(file) { () throws(Failure) in
        if reader.rows == chunk, reader.isFinal { try importer.emit(reader.take(), reader) }
      }
    }
    if reader.rows > 0 { try emit(reader.take(), reader) }
    guard summary.rows > 0 else { throw .input("\(first.name): no rows") }
  }

  private mutating func emit(_ table: Table, _ reader: SparseRows) throws(Failure) {
    summary.describe(features: table.x.rowCount)
    summary.guesses = ["LIBSVM text"]
    if let classes = table.classes {
      summary.describe(classes: classes.count, of: "label")
      if settings.table.classes == nil {
        summary.warn(classes: classes.count, of: "label", rows: table.x.rows, target: "1")
      }
    } else {
      summary.describe(targets: 1)
    }
    var frame = Frame(.data)
    frame[list: Metadata.classes] = table.classes
    try emitAll(x: table.x, y: table.y, metadata: frame.metadata)
  }
}
