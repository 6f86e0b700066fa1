/// The one place that says which class a row of outputs predicts.
extension RandomAccessCollection where Element: BinaryFloatingPoint, Index == Int {
  /// The number, from 0, of the largest element; of equal ones the first.
  @inlinable public var numberOfLargest: Int {
    var best = startIndex
    for i in indices where self[i] > self[best] { best = i }
    return best - startIndex
  }

  /// The class that a row of probabilities predicts: the most probable one, of equal ones the first. One number alone is
  /// the probability of class 1, and predicts it above a half.
  @inlinable public var predictedClass: Int {
    count == 1 ? (self[startIndex] > 0.5 ? 1 : 0) : numberOfLargest
  }
}
