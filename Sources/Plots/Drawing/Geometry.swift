/// A place on a canvas, in its units; y grows downwards.
public struct Point: Hashable, Sendable {
  /// From the left.
  public var x: Double
  /// From the top; in the coordinates of data, upwards.
  public var y: Double

  /// A place.
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  /// Whether both numbers are finite.
  var isFinite: Bool { x.isFinite && y.isFinite }
}

/// A width and a height.
public struct Extent: Equatable, Sendable {
  /// From left to right.
  public var width: Double
  /// From top to bottom.
  public var height: Double

  /// A size.
  public init(_ width: Double, _ height: Double) {
    self.width = width
    self.height = height
  }
}

/// A rectangle with sides along the axes.
public struct Box: Equatable, Sendable {
  /// The left side.
  public var left: Double
  /// The top side.
  public var top: Double
  /// The right side.
  public var right: Double
  /// The bottom side.
  public var bottom: Double

  /// A rectangle by its sides.
  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = max(left, right)
    self.bottom = max(top, bottom)
  }

  var width: Double { right - left }
  var height: Double { bottom - top }
}
