import Tensors

/// A column of a table made from tensors: its name and the cell of each row.
struct TableColumn {
  /// Where the cells come from.
  enum Cells {
    /// Numbers of a tensor [n, width], at a place in each row.
    case numbers(Numbers, width: Int, place: Int)
    /// Names of class ids.
    case names(ids: [Int64], names: [String])
  }
  /// Numbers in the precision of their tensor, so that they read back exactly.
  enum Numbers {
    case float([Float])
    case double([Double])
    case integer([Int64])

    init(_ tensor: Tensor) {
      switch tensor.type {
      case .float64: self = .double(tensor.doubles)
      case .float32, .float16, .bfloat16: self = .float(tensor.floats)
      default: self = .integer(tensor.integers ?? [])
      }
    }
  }

  var name: String
  var cells: Cells

  /// Writes the cell of a row.
  func write(row: Int, to writer: TextWriter) {
    switch cells {
    case .numbers(let numbers, let width, let place):
      let i = row * width + place
      switch numbers {
      case .float(let values): writer.field(values[i])
      case .double(let values): writer.field(values[i])
      case .integer(let values): writer.field(values[i])
      }
    case .names(let ids, let names):
      let id = ids[row]
      if names.indices.contains(Int(id)) { writer.field(names[Int(id)]) } else { writer.field(id) }
    }
  }
}

extension Frame {
  /// The columns of a data or prediction frame as nn-export writes them.
  ///
  /// Data: the features (`nn.features`, or x0, x1 …), then `label` by its class name, or `target` (`target.0`, … when
  /// there are several), then `weight` and `group`. Predictions: `p.` and the class name for each class and `predicted`, or
  /// `output` (`output.0` …); then `label` or `target`; then `std`, `entropy` and `mutual_information` when there.
  func tableColumns() throws(Failure) -> (columns: [TableColumn], rows: Int) {
    switch kind {
    case .data: return (try dataColumns(), try tableRows().rows)
    case .prediction: return (try predictionColumns(), try tableRows().rows)
    default:
      throw .input("\(place): holds \(phrase), which is no table; --format state-dict, npz or npy writes it")
    }
  }

  /// The tensor whose rows are the rows of the table.
  private func tableRows() throws(Failure) -> Tensor {
    if kind == .data { return try tensor("x") }
    if let p = tensors["p"] { return p }
    return try tensor("output")
  }

  private func dataColumns() throws(Failure) -> [TableColumn] {
    try checkData()
    let x = try tensor("x")
    let features = self[list: Metadata.features].flatMap { $0.count == x.rowCount ? $0 : nil }
    var columns = try numberColumns(x) { features?[$0] ?? "x\($0)" }
    columns += try labelColumns(rows: x.rows)
    for name in ["weight", "group"] {
      if let tensor = tensors[name] { columns += try numberColumns(tensor) { _ in name } }
    }
    return columns
  }

  private func predictionColumns() throws(Failure) -> [TableColumn] {
    let main = try tableRows()
    guard !main.shape.isEmpty else { throw .input("\(place): predictions without rows") }
    let isProbability = tensors["p"] != nil
    // One probability a row is that of class 1.
    let first = isProbability && main.rowCount == 1 ? 1 : 0
    let isChoice = isProbability && metadata[Metadata.probabilities] != Metadata.independent
    let classes = self[list: Metadata.classes]
    let targets = targetNames(main.rowCount)
    func suffix(_ i: Int) -> String {
      if !isChoice, main.rowCount > 1, let targets { return "." + targets[i] }
      if isProbability {
        let id = i + first
        return "." + (classes.map { $0.indices.contains(id) ? $0[id] : String(id) } ?? String(id))
      }
      return main.rowCount == 1 ? "" : ".\(i)"
    }
    var columns = try numberColumns(main) { (isProbability ? "p" : "output") + suffix($0) }
    if isChoice, main.rowCount > 0 {
      columns.append(TableColumn(name: "predicted", cells: .names(ids: predicted(main), names: classes ?? [])))
    }
    columns += try labelColumns(rows: main.rows)
    for name in ["std", "entropy", "mutual_information"] {
      guard let tensor = tensors[name] else { continue }
      try require(rows: main.rows, name, tensor)
      columns += try numberColumns(tensor) {
        tensor.rowCount == main.rowCount && tensor.rowCount > 1
          ? name + suffix($0) : tensor.rowCount > 1 ? "\(name).\($0)" : name
      }
    }
    return columns
  }

  /// The class that is predicted for each row.
  private func predicted(_ p: Tensor) -> [Int64] {
    let (values, width) = (p.floats, p.rowCount)
    return (0..<p.rows).map { Int64(values[$0 * width..<($0 + 1) * width].predictedClass) }
  }

  private func labelColumns(rows: Int) throws(Failure) -> [TableColumn] {
    guard let y = tensors["y"] else { return [] }
    try require(rows: rows, "y", y)
    if y.shape.count == 1, y.type.isInteger, let ids = y.integers {
      return [TableColumn(name: "label", cells: .names(ids: ids, names: self[list: Metadata.classes] ?? []))]
    }
    let names = targetNames(y.rowCount)
    return try numberColumns(y) { names?[$0] ?? (y.rowCount == 1 ? "target" : "target.\($0)") }
  }

  /// The names of the numbers to predict, where there is one for each of so many columns.
  private func targetNames(_ count: Int) -> [String]? {
    self[list: Metadata.targets].flatMap { $0.count == count ? $0 : nil }
  }

  private func require(rows: Int, _ name: String, _ tensor: Tensor) throws(Failure) {
    guard tensor.shape.first == rows else {
      throw .input("\(place): '\(name)' has shape \(tensor.shape) where \(rows) rows are due")
    }
  }

  /// A shape without rows takes no bytes and can claim any number of columns.
  private static let maximumEmptyColumns = 1 << 16

  private func numberColumns(_ tensor: Tensor, name: (Int) -> String) throws(Failure) -> [TableColumn] {
    guard tensor.count > 0 || tensor.rowCount <= Frame.maximumEmptyColumns else {
      throw .input("\(place): \(tensor.rowCount) columns and no rows: nothing to write as a table")
    }
    let numbers = TableColumn.Numbers(tensor)
    return (0..<tensor.rowCount).map {
      TableColumn(name: name($0), cells: .numbers(numbers, width: tensor.rowCount, place: $0))
    }
  }
}
