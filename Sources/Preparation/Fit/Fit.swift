import class Kernels.ThreadTeam
import Tensors

/// A stage fitted on data, and what is worth telling about it.
struct Fit {
  var stage: Stage
  /// The share of the variance that the components keep; nil without components.
  var keptVariance: Double?

  /// Fits a stage on the rows of `parts`, tensors `x` that agree in type and row shape. Fails when there is no row,
  /// a value that is not finite, or fewer components than asked for.
  init(_ request: FitRequest, on parts: [Tensor], place: String, team: ThreadTeam) throws(Failure) {
    let source = RowSource(parts)
    let shape = parts.first.map { Array($0.shape.dropFirst()) } ?? []
    guard source.rows > 0 else { throw .input("\(place): no rows to fit on") }
    guard !request.flattens || !shape.isEmpty else {
      throw .input("\(place): --flatten: 'x' has one number for each row and nothing to flatten")
    }
    let moments = try Moments(source, place: place, team: team)
    let groups =
      switch request.per {
      case .feature: source.columns
      case .channel: shape.last ?? 1
      case .all: 1
      }
    let pooled = moments.pooled(groups: groups)
    let scale: [Double]? = request.scales ? pooled.deviations : request.minmax ? pooled.ranges : nil
    var mean: [Double]?
    if request.projects {
      mean = moments.means  // principal axes need every value centered
    } else if request.minmax {
      mean = pooled.least
    } else if request.centers {
      mean = pooled.means
    }
    stage = Stage(
      words: request.words(shape: shape, kept: nil), inputShape: shape, mean: mean.map { Tensor($0, shape: shape) },
      std: scale.map { Tensor($0, shape: shape) })
    guard request.projects else { return }
    try project(
      request, source, moments, scale ?? Array(repeating: 1, count: source.columns), place: place, team: team)
  }

  private mutating func project(
    _ request: FitRequest, _ source: RowSource, _ moments: Moments, _ scale: [Double], place: String, team: ThreadTeam
  ) throws(Failure) {
    let (rows, columns) = (source.rows, source.columns)
    let most = min(rows - 1, columns)
    let isComplete = request.whitening == .zca && request.components == nil
    if case .number(let count)? = request.components, count > most {
      throw .input(
        "\(place): --pca \(count): \(rows) rows of \(columns) values have at most \(most) components (rows − 1 or values)"
      )
    }
    guard rows > 1 else { throw .input("\(place): principal components need at least 2 rows; there is 1") }
    if request.whitening == .pca, request.components == nil, columns > most {
      throw .input(
        "\(place): --whiten: \(rows) rows of \(columns) values have only \(most) components; give --pca \(most)")
    }
    let found = try PrincipalComponents(
      source, moments, scale: scale, isComplete: isComplete, place: place, team: team)
    guard found.total > 0 else { throw .input("\(place): all rows are equal: there are no principal components") }
    let kept: Int
    switch request.components {
    case .number(let count)?: kept = count
    case .share(let share)?: kept = min(most, found.count(for: share))
    case nil: kept = columns
    }
    let variances = Array(found.variances.prefix(kept))
    stage.words = request.words(shape: stage.inputShape, kept: kept)
    stage.components = Tensor(found.axes.prefix(kept * columns).map(Float.init), shape: [kept, columns])
    keptVariance = variances.reduce(0, +) / found.total
    guard request.whitening != .none else { return }
    let epsilon = request.epsilon ?? (request.whitening == .zca ? 1e-5 * (variances.first ?? 0) : 0)
    if let last = variances.last, epsilon == 0, last <= found.tolerance {
      throw .input(
        "\(place): whitening: only \(found.rank) of \(kept) components vary; keep them with --pca \(found.rank), or give "
          + "--epsilon above 0")
    }
    stage.deviations = Tensor(variances.map { ($0 + epsilon).squareRoot() }, shape: [kept])
  }
}
