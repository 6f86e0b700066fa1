import Tensors

/// The parameters of a search, in the order in which they were given.
struct Space: Sendable {
  let parameters: [Parameter]

  /// Fails when a name occurs twice, or a condition asks for a parameter that does not come before.
  init(_ texts: [String]) throws(Failure) {
    var parameters: [Parameter] = []
    for text in texts {
      let parameter = try Parameter(parsing: text)
      let known = parameters.map(\.name)
      guard !known.contains(parameter.name) else { throw .usage("'\(parameter.name)': the parameter is given twice") }
      for clause in parameter.condition?.clauses ?? [] where !known.contains(clause.name) {
        throw .usage("'\(parameter.name)': if \(clause.name): the parameter must come before this one")
      }
      if let condition = parameter.condition, let idle = condition.neverHolds(among: parameters) {
        throw .usage("'\(parameter.name)': if \(condition.text): no value of '\(idle.name)' is such")
      }
      parameters.append(parameter)
    }
    guard !parameters.isEmpty else { throw .usage("no parameter: NAME=VALUES ... 'COMMAND' are due") }
    self.parameters = parameters
  }

  /// The trial at a point of the unit cube, a coordinate a parameter. Parameters whose condition does not hold are left
  /// out; their coordinates are there all the same, so that they move no others.
  func trial(at point: [Double]) -> Trial {
    var values: [(name: String, value: String)] = []
    var known: [String: String] = [:]
    for (parameter, place) in zip(parameters, point) {
      if let condition = parameter.condition, !condition.holds(for: known) { continue }
      let value = parameter.domain.value(at: place)
      values.append((parameter.name, value))
      known[parameter.name] = value
    }
    return Trial(values)
  }

  /// A grid has at most so many trials.
  static let largestGrid = 1_000_000

  /// Every combination of values, the last parameter's varying fastest; a parameter whose condition does not hold has no
  /// value there.
  ///
  /// - Throws: a usage failure where a parameter is a range without levels.
  func grid() throws(Failure) -> [Trial] {
    var rows: [[(name: String, value: String)]] = [[]]
    for parameter in parameters {
      guard let values = parameter.domain.allValues else {
        throw .usage("'\(parameter.name)': a grid needs levels: write a range as LOW..HIGH/LEVELS")
      }
      var longer: [[(name: String, value: String)]] = []
      for row in rows {
        let known = Dictionary(row.map { ($0.name, $0.value) }) { first, _ in first }
        if let condition = parameter.condition, !condition.holds(for: known) {
          longer.append(row)
        } else {
          longer += values.map { row + [(parameter.name, $0)] }
        }
        guard longer.count <= Space.largestGrid else {
          throw .usage("the grid has more than \(Space.largestGrid) trials")
        }
      }
      rows = longer
    }
    return Space.numbered(rows.map(Trial.init))
  }

  /// So many different trials at the points that `next` gives; fewer where the space has no more, as far as many more
  /// points can tell.
  func trials(_ count: Int, at next: (Int) -> [Double]) -> [Trial] {
    var (found, ids): ([Trial], Set<String>) = ([], [])
    var (point, known) = (0, 0)
    // The last of N values that are equally likely is missed so often in a row once in e⁵⁰ times.
    while found.count < count, known < 50 * found.count + 1000, point < 100 * count + 1000 {
      let trial = trial(at: next(point))
      known += 1
      if ids.insert(trial.id).inserted {
        found.append(trial)
        known = 0
      }
      point += 1
    }
    return Space.numbered(found)
  }

  private static func numbered(_ trials: [Trial]) -> [Trial] {
    trials.enumerated().map { i, trial in
      var trial = trial
      trial.number = i + 1
      return trial
    }
  }
}
