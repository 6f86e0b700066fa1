#if canImport(Glibc)
  import Glibc
#endif

/// How much of the differences between trials goes with each parameter.
///
/// Trials are ranked, those that diverged last and all alike, and put into bins by a parameter: of a choice one a value, of
/// a range up to five of as many trials each, at least four; those without the parameter make a bin. With H the statistic of Kruskal and
/// Wallis (1952) for n trials in k bins, ties corrected, the importance is
///
///     ε² = (H − k + 1) / (n − k),  at least 0
///
/// the share of the ranks' variance that the bins explain, beyond what chance explains of it (Kelley 1935, on ranks).
/// Ranks make it blind to how bad the bad ones are, and to the scale of a metric.
struct Importance: Sendable {
  /// A bin's values, how many trials it has, and the mean of their ranks, from 0 for the best to 1 for the worst.
  struct Bin: Sendable {
    var text: String
    var count: Int
    var meanRank: Double
  }

  var name: String
  /// From 0 to 1; nil where fewer than two bins or no more trials than bins.
  var share: Double?
  var bins: [Bin]

  /// The importance of each parameter, the largest first.
  ///
  /// - Parameter ranks: trials and their ranks, from 1 for the best.
  static func all(_ space: Space, ranks: [(trial: Trial, rank: Double)]) -> [Importance] {
    space.parameters.map { of($0, ranks) }.enumerated().sorted { a, b in
      let (left, right) = (a.element.share ?? -1, b.element.share ?? -1)
      return left == right ? a.offset < b.offset : left > right
    }.map(\.element)
  }

  private static func of(_ parameter: Parameter, _ ranks: [(trial: Trial, rank: Double)]) -> Importance {
    var groups: [(text: String, ranks: [Double])] = []
    let present = ranks.compactMap { entry in entry.trial[parameter.name].map { (value: $0, rank: entry.rank) } }
    switch parameter.domain {
    case .choices(let texts):
      groups = texts.map { text in (text, present.filter { $0.value == text }.map(\.rank)) }
    case .integers, .reals:
      let sorted = present.compactMap { entry in Double(entry.value).map { (entry.value, $0, entry.rank) } }
        .sorted { ($0.1, $0.2) < ($1.1, $1.2) }
      let count = min(mostBins, max(1, sorted.count / fewestInBin))
      for bin in 0..<count where !sorted.isEmpty {
        let members = sorted[(bin * sorted.count / count)..<((bin + 1) * sorted.count / count)]
        guard let first = members.first, let last = members.last else { continue }
        groups.append((first.0 == last.0 ? first.0 : "\(first.0)..\(last.0)", members.map(\.2)))
      }
    }
    let absent = ranks.filter { $0.trial[parameter.name] == nil }.map(\.rank)
    groups.append(("absent", absent))
    groups.removeAll { $0.ranks.isEmpty }
    let worst = max(1, Double(ranks.count - 1))
    let bins = groups.map { group in
      let mean = group.ranks.reduce(0, +) / Double(group.ranks.count)
      return Bin(text: group.text, count: group.ranks.count, meanRank: (mean - 1) / worst)
    }
    return Importance(name: parameter.name, share: share(groups.map(\.ranks)), bins: bins)
  }

  /// A range has at most so many bins, of no fewer trials each.
  private static let (mostBins, fewestInBin) = (5, 4)

  /// ε² of ranks in groups.
  static func share(_ groups: [[Double]]) -> Double? {
    let all = groups.flatMap(\.self)
    let (n, k) = (Double(all.count), Double(groups.count))
    guard k > 1, n > k else { return nil }
    let mean = all.reduce(0, +) / n
    let total = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard total > 0 else { return 0 }
    let between = groups.reduce(0.0) { sum, group in
      let difference = group.reduce(0, +) / Double(group.count) - mean
      return sum + Double(group.count) * difference * difference
    }
    // H = (n − 1) · between / total is the statistic with its correction for ties.
    return max(0, ((n - 1) * between / total - k + 1) / (n - k))
  }
}
