/// A few numbers that describe a tensor.
public struct Statistics: Sendable {
  /// The smallest finite element.
  public var minimum = Double.infinity
  /// The largest finite element.
  public var maximum = -Double.infinity
  /// The mean of the finite elements.
  public var mean = 0.0
  /// The standard deviation of the finite elements, as a population.
  public var standardDeviation = 0.0
  /// The Euclidean norm √Σx² of the finite elements.
  public var norm = 0.0
  /// Elements that are exactly zero.
  public var zeros = 0
  /// Elements that are NaN or infinite.
  public var notFinite = 0

  /// The statistics of a tensor, by Welford's method.
  public init(_ tensor: Tensor) {
    var count = 0
    var (squares, sumOfSquares) = (0.0, 0.0)
    for value in tensor.doubles {
      guard value.isFinite else {
        notFinite += 1
        continue
      }
      count += 1
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      if value == 0 { zeros += 1 }
      sumOfSquares += value * value
      let difference = value - mean
      mean += difference / Double(count)
      squares += difference * (value - mean)
    }
    norm = sumOfSquares.squareRoot()
    if count > 0 { standardDeviation = (squares / Double(count)).squareRoot() }
  }
}
