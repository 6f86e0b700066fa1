import Tensors

/// The rows of a table as the tensors of a data frame.
struct Table {
  /// Inputs, F32 [n, d].
  var x: Tensor
  /// Class ids, I64 [n], or targets, F32 [n, k].
  var y: Tensor?
  /// The group of each row, I64 [n].
  var group: Tensor?
  /// The names of the inputs; nil each when the table has no header.
  var features: [String?]
  /// The names of the classes.
  var classes: [String]?

  init(x: Tensor, features: [String?]) {
    self.x = x
    self.features = features
  }

  /// Replaces each NaN by the mean of its column's other values, accumulated in double precision.
  ///
  /// - Parameters:
  ///   - areTexts: which inputs hold the numbers of texts and stay as they are.
  ///   - remedy: what to do about a column without any value.
  ///   - phrase: names an input in messages.
  mutating func fillMeans(
    leaving areTexts: [Bool], remedy: String, _ phrase: (Int) -> String
  ) throws(Failure) {
    let width = x.rowCount
    var sums = [Double](repeating: 0, count: width)
    var counts = [Int](repeating: 0, count: width)
    x.withElements(of: Float.self) { values in
      for (i, value) in values.enumerated() where !value.isNaN {
        sums[i % width] += Double(value)
        counts[i % width] += 1
      }
    }
    if x.rows > 0, let empty = counts.firstIndex(of: 0) {
      throw .input("\(phrase(empty)): no value in any row, so there is no mean; \(remedy)")
    }
    guard zip(counts, areTexts).contains(where: { $0 < x.rows && !$1 }) else { return }
    let means = zip(sums, counts).map { Float($0 / Double($1)) }
    var filled = x.floats
    for i in filled.indices where filled[i].isNaN && !areTexts[i % width] { filled[i] = means[i % width] }
    x = Tensor(filled, shape: x.shape)
  }

  /// Each column of categories replaced by one column a category: 1 where the row has it, else 0, and 0 in all of them
  /// for NaN, a text that is missing. Categories are in the order of their UTF-8 bytes; a feature is named "colour=red".
  ///
  /// - Parameters:
  ///   - tables: the categories of each input; nil for numbers.
  ///   - phrases: what to call each input where the table has no header.
  func expanding(_ tables: [CategoryTable?], phrases: [String]) -> Table {
    let orders = tables.map { $0?.sorted }
    let widths = orders.map { $0?.names.count ?? 1 }
    let total = widths.reduce(0, +)
    let width = tables.count
    let expanded = Tensor(type: .float32, shape: [x.rows, total]) { target in
      x.withElements(of: Float.self) { values in
        var out = 0
        for i in 0..<values.count {
          let input = i % width
          if let order = orders[input] {
            guard !values[i].isNaN else {
              out += widths[input]
              continue
            }
            target.storeBytes(of: Float(1), toByteOffset: 4 * (out + order.places[Int(values[i])]), as: Float.self)
          } else {
            target.storeBytes(of: values[i], toByteOffset: 4 * out, as: Float.self)
          }
          out += widths[input]
        }
      }
    }
    var table = self
    (table.x, table.features) = (expanded, [])
    for (input, order) in orders.enumerated() {
      if let order {
        table.features += order.names.map { "\(phrases[input])=\($0)" }
      } else {
        table.features.append(phrases[input])
      }
    }
    return table
  }
}

/// The distinct texts of a column, numbered as they come.
struct CategoryTable {
  /// Each text becomes a column of x, so there cannot be many.
  static let maximum = 1000
  private var codes: [String: Int] = [:]
  private var names: [String] = []

  /// The number of a text; nil when there are too many.
  mutating func code(_ name: String) -> Float? {
    if let code = codes[name] { return Float(code) }
    guard names.count < CategoryTable.maximum else { return nil }
    codes[name] = names.count
    names.append(name)
    return Float(names.count - 1)
  }

  /// The texts in the order of their UTF-8 bytes, and the place of each number in that order.
  var sorted: (names: [String], places: [Int]) {
    let order = names.indices.sorted { names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8) }
    var places = [Int](repeating: 0, count: names.count)
    for (place, code) in order.enumerated() { places[code] = place }
    return (order.map { names[$0] }, places)
  }
}
