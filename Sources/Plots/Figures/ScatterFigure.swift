import Tensors

/// The first two columns of data, a dot a row, coloured by class: of projected data the first two principal components.
struct ScatterFigure: FrameFigure {
  private var points: [Int: [Point]] = [:]
  private var names: [String]?
  private var labels = ("", "")
  private var isEmpty = true

  mutating func add(_ frame: Frame) throws(Failure) {
    try frame.require([.data])
    try frame.checkData()
    let x = try frame.tensor("x")
    guard x.shape.count == 2, x.rowCount >= 2 else {
      throw .input(
        "\(frame.place): rows of \(Shape.text(Array(x.shape.dropFirst()))) values; two columns or more are drawn, such as "
          + "nn-prep --flatten --pca 2 makes")
    }
    if isEmpty {
      names = frame[list: Metadata.classes]
      labels = ScatterFigure.labels(frame, x.rowCount)
      isEmpty = false
    }
    let ids = try frame.labels()
    for (row, values) in x.firstTwo.enumerated() {
      guard values.isFinite else { throw .input("\(frame.place): row \(row): 'x' is not finite") }
      points[ids?[row] ?? 0, default: []].append(values)
    }
    if ids == nil { names = nil }
  }

  private static func labels(_ frame: Frame, _ columns: Int) -> (String, String) {
    if frame.metadata[Metadata.prepared]?.contains("pca:") == true { return ("component 1", "component 2") }
    if let features = frame[list: Metadata.features], features.count == columns {
      return (features[0].printable, features[1].printable)
    }
    return ("column 1", "column 2")
  }

  func figure() throws(Failure) -> Figure {
    let ids = points.keys.sorted()
    let rows = points.values.reduce(0) { $0 + $1.count }
    guard rows > 0 else { throw .input("no rows to draw") }
    func name(_ id: Int) -> String {
      guard let names, names.indices.contains(id) else { return String(id) }
      return names[id].printable
    }
    var layers = ids.enumerated().map { Chart.Layer.dots(points[$1] ?? [], .series($0)) }
    // Colours repeat, so that the classes are named where they are.
    let areNamed = ids.count > 1 && ids.count <= 30
    if areNamed {
      for id in ids {
        let own = points[id] ?? []
        let count = Double(own.count)
        let center = Point(own.reduce(0) { $0 + $1.x / count }, own.reduce(0) { $0 + $1.y / count })
        layers.append(.name(center, name(id)))
      }
    }
    let chart = Chart(labels.1, x: .init(labels.0), y: .init(), layers)
    let legend = ids.enumerated().map { LegendEntry(name($1), .dot(.series($0))) }
    return Figure(
      "\(rows) rows\(ids.count > 1 ? " of \(ids.count) classes" : "")", legend: ids.count > 1 ? legend : [],
      panels: [chart])
  }
}

extension Tensor {
  /// The first two values of each row.
  fileprivate var firstTwo: [Point] {
    let width = rowCount
    func pairs<Element: BitwiseCopyable>(of type: Element.Type, _ number: (Element) -> Double) -> [Point] {
      withElements(of: type) { all in
        (0..<rows).map { Point(number(all[$0 * width]), number(all[$0 * width + 1])) }
      }
    }
    switch type {
    case .float32: return pairs(of: Float.self) { Double($0) }
    case .uint8: return pairs(of: UInt8.self) { Double($0) }
    default:
      let all = doubles
      return (0..<rows).map { Point(all[$0 * width], all[$0 * width + 1]) }
    }
  }
}
