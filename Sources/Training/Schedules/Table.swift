import Networks
import Tensors

/// `table:FILE`: any function, as a text of lines with an epoch (or step) and the learning rate there, such as awk
/// writes.
///
/// Between two lines the rate is interpolated linearly, or with `interpolation=none` it is that of the line before;
/// before the first and after the last line it is theirs. Lines may be empty; `#` begins a comment; further columns
/// are left alone.
struct Table: Curve {
  static let kind = ScheduleKind(
    "table", arguments: "FILE", keys: "interpolation=linear",
    summary: "the rates of a text file, each line an epoch from 0 and its rate; --lr is not used"
  ) { reader throws(Failure) in try Table(&reader) }

  private struct Point {
    var t: Double
    var rate: Double
  }

  private let file: String
  private let interpolates: Bool
  private var points: [Point] = []

  private init(_ reader: inout SpecReader) throws(Failure) {
    guard let file = try reader.text("file", positional: true) else { throw reader.failure("'file' is due") }
    guard file != "-" else { throw reader.failure("standard input is for data; name a file, or <(COMMAND)") }
    self.file = file
    switch try reader.text("interpolation") {
    case nil, "linear": interpolates = true
    case "none": interpolates = false
    case let other?: throw reader.failure("interpolation '\(other)': linear or none is due")
    }
  }

  mutating func load() throws(Failure) {
    let bytes = try ByteSource(path: file).readAll()
    guard let text = bytes.withBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw .input("\(file): not a text")
    }
    points = []
    for (i, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
      guard !words.isEmpty else { continue }
      do throws(Failure) { try add(words) } catch { throw .input("\(file): line \(i + 1): \(error.message)") }
    }
    guard !points.isEmpty else { throw .input("\(file): no line with an epoch and a rate") }
  }

  private mutating func add(_ words: [String]) throws(Failure) {
    guard words.count > 1 else { throw .input("'\(words[0])': a rate is due after it") }
    let point = Point(t: try Table.number(words[0]), rate: try Table.number(words[1]))
    if let last = points.last, point.t <= last.t {
      throw .input("'\(words[0])': the first column has to rise")
    }
    points.append(point)
  }

  private static func number(_ text: String) throws(Failure) -> Double {
    do throws(Failure) { return try Numbers.number(text, in: .notNegative) } catch {
      throw error.at("'\(text)'")
    }
  }

  func value(base: Double, at t: Int, of total: Int) -> Schedule.Value {
    Schedule.Value(learningRate: rate(at: Double(t)))
  }

  private func rate(at t: Double) -> Double {
    // The first point after t, by halves: a table of steps may be long.
    var (low, high) = (0, points.count)
    while low < high {
      let middle = (low + high) / 2
      if points[middle].t > t { high = middle } else { low = middle + 1 }
    }
    guard low > 0 else { return points[0].rate }
    let before = points[low - 1]
    guard low < points.count, interpolates else { return before.rate }
    return before.rate + (points[low].rate - before.rate) * (t - before.t) / (points[low].t - before.t)
  }

  /// The content, by which a checkpoint knows the table again.
  var checksum: String {
    "crc32-" + Checksum.text(Checksum.of(points.flatMap { [$0.t, $0.rate] }))
  }
}
