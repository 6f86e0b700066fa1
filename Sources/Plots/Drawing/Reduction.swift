/// As many points as can be seen, of however many there are, in linear time.
enum Reduction {
  /// A line's points where of those in one column of the canvas the first, the lowest, the highest and the last stay.
  static func line(_ points: [Point], resolution: Double) -> [Point] {
    guard points.count > 4 else { return points }
    var reduced: [Point] = []
    var column: [Point] = []
    func flush() {
      guard let first = column.first, let last = column.last else { return }
      var (low, high) = (0, 0)
      for i in column.indices {
        if column[i].y < column[low].y { low = i }
        if column[i].y > column[high].y { high = i }
      }
      reduced.append(first)
      for i in Set([low, high]).sorted() where i > 0 && i < column.count - 1 { reduced.append(column[i]) }
      if column.count > 1 { reduced.append(last) }
      column = []
    }
    for point in points {
      if let first = column.first, (first.x / resolution).rounded(.down) != (point.x / resolution).rounded(.down) {
        flush()
      }
      column.append(point)
    }
    flush()
    return reduced
  }

  /// Points of which no two fall on the same place, the first of them stays.
  static func dots(_ points: [Point], resolution: Extent) -> [Point] {
    var seen: Set<Point> = []
    return points.filter { point in
      let place = Point((point.x / resolution.width).rounded(), (point.y / resolution.height).rounded())
      return seen.insert(place).inserted
    }
  }
}
