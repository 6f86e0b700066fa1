import Tensors
import Training

/// Runs that are drawn as one: a single run, or runs of one configuration from several seeds.
struct RunGroup {
  var name: String
  var runs: [RunLog]

  /// Runs by their names without what comes last: ending, number, and the mark before it. `out/wide-1.jsonl` and
  /// `out/wide-2.jsonl` are both `wide`, or `out/wide` where another folder has a `wide`.
  static func groups(of runs: [RunLog]) -> [RunGroup] {
    var groups: [RunGroup] = []
    var positions: [String: Int] = [:]
    for run in runs {
      let name = folder(run.name) + stem(run.name)
      if let i = positions[name] {
        groups[i].runs.append(run)
      } else {
        positions[name] = groups.count
        groups.append(RunGroup(name: name, runs: [run]))
      }
    }
    let stems = groups.map { stem($0.runs[0].name) }
    for i in groups.indices where stems.count(where: { $0 == stems[i] }) == 1 { groups[i].name = stems[i] }
    return groups
  }

  private static func folder(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  static func stem(_ path: String) -> String {
    var name = path[...]
    if let slash = name.lastIndex(of: "/") { name = name[name.index(after: slash)...] }
    if let dot = name.lastIndex(of: "."), dot > name.startIndex { name = name[..<dot] }
    while let last = name.last, last.isASCII, last.isNumber { name.removeLast() }
    while let last = name.last, "-_. ".contains(last) { name.removeLast() }
    return name.isEmpty ? "runs" : String(name)
  }

  /// The keys of single parameters' norms in all runs, in the order in which they come.
  static func parameterKeys(_ runs: [RunLog]) -> [String] {
    var seen: Set<String> = []
    return runs.flatMap(\.keys).filter { $0.hasPrefix(RunLog.parameterNorms) && seen.insert($0).inserted }
  }

  /// A run's curve as it is; of several runs their mean over the epochs that all have reached, and the standard deviation
  /// (divisor n − 1) as a band around it.
  func layers(_ key: String, _ horizontal: CurvesFigure.Horizontal, _ style: LineStyle) -> [Chart.Layer] {
    let curves = runs.filter { !$0[key].isEmpty }.map { run in
      let positions = horizontal.positions(of: run)
      return run[key].map { Point(positions[$0.line], $0.value) }
    }
    guard curves.count > 1 else { return curves.map { .line($0, style) } }
    var (line, lower, upper): ([Point], [Point], [Point]) = ([], [], [])
    for i in 0..<(curves.map(\.count).min() ?? 0) {
      let points = curves.map { $0[i] }
      let count = Double(points.count)
      let (x, mean) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
      let square = points.reduce(0) { $0 + ($1.y - mean) * ($1.y - mean) } / (count - 1)
      line.append(Point(x, mean))
      lower.append(Point(x, mean - square.squareRoot()))
      upper.append(Point(x, mean + square.squareRoot()))
    }
    return [.band(lower: lower, upper: upper, style.ink), .line(line, style)]
  }

  /// A mark at the best epoch of a single run.
  func best(_ key: String, _ horizontal: CurvesFigure.Horizontal, _ ink: Ink) -> [Chart.Layer] {
    guard runs.count == 1, let line = runs[0].best, let entry = runs[0][key].first(where: { $0.line == line }) else {
      return []
    }
    return [.mark(Point(horizontal.positions(of: runs[0])[line], entry.value), ink, label: "")]
  }
}
