import Tensors

/// How many rows a part gets: a share of all, or a number.
public enum PartSize: Equatable, Sendable {
  /// A share of all rows, above 0 and below 1; the number is rounded to the nearest whole one.
  case share(Double)
  /// A number of rows, from 1.
  case rows(Int)

  /// Reads a number below 1 as a share, a whole one from 1 as a number of rows. One with a decimal point is a share, so
  /// that "1.0", which could mean all rows, is none.
  public init(parsing text: String) throws(Failure) {
    switch ShareOrCount(text) {
    case .share(let share)?: self = .share(share)
    case .count(let count)?: self = .rows(count)
    case nil: throw .usage("a share below 1 such as 0.2, or a whole number of rows, is due")
    }
  }

  /// The number of rows out of `total`.
  public func count(of total: Int) -> Int {
    switch self {
    case .share(let share): Int((share * Double(total)).rounded())
    case .rows(let rows): rows
    }
  }
}

/// One of several parts of nearly equal size: number `index`, from 1, of `count`.
public struct Deal: Equatable, Sendable {
  /// The part that is meant, from 1.
  public var index: Int
  /// The number of parts.
  public var count: Int

  /// Part `index`, from 1, of `count`.
  public init(index: Int, of count: Int) {
    self.index = index
    self.count = count
  }
}
