import struct Kernels.BLAS
import class Kernels.ThreadTeam
import Tensors

/// How many principal components are kept.
public enum ComponentCount: Equatable, Sendable {
  /// A number, from 1.
  case number(Int)
  /// The fewest whose variances add up to more than this share of the whole, above 0 and below 1.
  case share(Double)

  /// Reads a number below 1 as a share, a whole one without a decimal point as a number of components.
  public init(parsing text: String) throws(Failure) {
    switch ShareOrCount(text) {
    case .share(let share)?: self = .share(share)
    case .count(let count)?: self = .number(count)
    case nil: throw .usage("a share of variance below 1 such as 0.95, or a whole number of components, is due")
    }
  }
}

/// The axes of greatest variance (Pearson 1901), those of scikit-learn's PCA but for the sign, which is fixed: of each
/// axis the loading of largest absolute value is positive, the first of equal ones.
struct PrincipalComponents {
  /// The axes as rows [k, d], by variance descending.
  var axes: [Double]
  /// The variances along them, with divisor n − 1, never below 0.
  var variances: [Double]
  /// The sum of the variances of all axes.
  var total: Double
  /// A variance no greater than this is rounding alone.
  var tolerance: Double

  /// No matrix of more rows is decomposed.
  static let greatestSize = 16384

  /// The axes of data of at least two rows, divided by `scale` after centering.
  ///
  /// - Parameter isComplete: all d axes are wanted, also those along which nothing varies.
  init(
    _ source: RowSource, _ moments: Moments, scale: [Double], isComplete: Bool, place: String, team: ThreadTeam
  ) throws(Failure) {
    let byRows = source.rows < source.columns && !isComplete
    let size = byRows ? source.rows : source.columns
    guard size <= PrincipalComponents.greatestSize else {
      throw .input(
        "\(place): principal components of \(source.rows) rows of \(source.columns) values: one of the two numbers "
          + "may be \(PrincipalComponents.greatestSize) at most" + (isComplete ? ", for ZCA the second" : ""))
    }
    do {
      let blas = try BLAS.open()
      let covariance = Covariance(source: source, moments: moments, scale: scale, blas: blas, team: team)
      let (values, vectors) = try blas.symmetricEigen(
        byRows ? covariance.ofRows() : covariance.ofColumns(), n: size)
      variances = values.reversed().map { max(0, $0) }
      axes = []
      axes.reserveCapacity(vectors.count)
      for i in (0..<size).reversed() { axes += vectors[i * size..<(i + 1) * size] }
      if byRows {
        variances.removeLast()  // centering takes one direction away
        axes = covariance.axes(axes, count: size - 1)
      }
    } catch {
      throw .failed("\(error)")
    }
    total = variances.reduce(0, +)
    tolerance = Double(max(source.rows, source.columns)) * Double.ulpOfOne * (variances.first ?? 0)
    normalize(columns: source.columns)
  }

  /// Gives the axes length one and the sign.
  private mutating func normalize(columns: Int) {
    axes.withUnsafeMutableBufferPointer { axes in
      for start in stride(from: 0, to: axes.count, by: columns) {
        var (square, largest) = (0.0, 0.0)
        for i in start..<start + columns {
          square += axes[i] * axes[i]
          if abs(axes[i]) > abs(largest) { largest = axes[i] }
        }
        guard square > 0 else { continue }
        let factor = (largest < 0 ? -1 : 1) / square.squareRoot()
        for i in start..<start + columns { axes[i] *= factor }
      }
    }
  }

  /// The number of components whose variance is more than rounding.
  var rank: Int { variances.firstIndex { $0 <= tolerance } ?? variances.count }

  /// The fewest components whose variances add up to more than a share of the whole.
  func count(for share: Double) -> Int {
    var sum = 0.0
    for (i, variance) in variances.enumerated() {
      sum += variance
      if sum > share * total { return i + 1 }
    }
    return variances.count
  }
}
