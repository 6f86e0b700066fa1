import struct Kernels.RandomStream
import Tensors

/// What is asked of a split.
public struct SplitRequest: Sendable {
  /// The key of the shuffle.
  public var seed = 0
  /// Whether rows are put in random order; otherwise they stay in the order in which they came.
  public var isShuffled = true
  /// Whether each part gets its share of every class, when `y` holds class ids.
  public var isStratified = true
  /// Whether rows of one group (tensor `group`) stay together, in data that has groups.
  public var keepsGroups = true
  /// Whether the training rows are drawn with replacement, and those never drawn become the part `valid`.
  public var isBootstrap = false
  /// The classes that stay; nil for all.
  public var classes: ClassFilter?
  /// Keeps only so many rows.
  public var take: Int?
  /// Keeps only one of several shards.
  public var shard: Deal?
  /// One of several folds becomes a part of its own.
  public var fold: Deal?
  /// The role of the fold: `valid` or `test`.
  public var foldRole = "valid"
  /// The size of the part `valid`.
  public var valid: PartSize?
  /// The size of the part `test`.
  public var test: PartSize?

  /// A request that shuffles and splits nothing.
  public init() {}

  /// The roles of the parts that come out, in this order; empty when nothing is split off.
  public var roles: [String] {
    var roles: [String] = []
    if valid != nil || isBootstrap || fold != nil && foldRole == "valid" { roles.append("valid") }
    if test != nil || fold != nil && foldRole == "test" { roles.append("test") }
    return roles.isEmpty ? [] : ["train"] + roles
  }
}

/// The rows of one part of the data, divided by role.
///
/// The steps, in this order: classes are chosen, rows shuffled, some taken, a shard chosen, a fold dealt, the test part
/// and then the validation part taken off the end of each class, or of the groups. What remains has the role `train`, or is
/// drawn from with replacement. Each part lists its rows in the shuffled order.
public struct RowSplit: Sendable {
  /// A part: its role, and its rows in order. The role is nil when nothing was split and the data had none.
  public struct Part: Sendable {
    /// The role.
    public var role: String?
    /// The numbers of the rows.
    public var rows: [Int]
  }

  /// The parts, none of them empty: train, valid, test.
  public let parts: [Part]
  private let source: DataPart
  private let choice: ClassFilter.Choice?
  private let keepsIds: Bool

  /// Divides the rows of `source`. Fails when a part would be empty, when classes are chosen and the data has none, or
  /// when a class is not known.
  public init(_ source: DataPart, _ request: SplitRequest) throws(Failure) {
    let place = source.first.place
    guard source.rows > 0 else { throw .input("\(place): no rows") }
    guard source.rows <= Int32.max else { throw .input("\(place): \(source.rows) rows; at most 2147483647 are taken") }
    self.source = source
    let labels = try source.labels()
    var order = request.isShuffled ? Shuffle.permutation(of: source.rows, seed: request.seed) : Array(0..<source.rows)
    if let filter = request.classes {
      guard let labels else {
        throw .input("\(place): classes cannot be chosen: 'y' holds no class ids")
      }
      let choice = try filter.choice(labels: labels, classes: source.first[list: Metadata.classes], place: place)
      order.removeAll { choice.newIds[labels[$0]] == nil }
      guard !order.isEmpty else { throw .input("\(place): no row is of the chosen classes") }
      self.choice = choice
    } else {
      choice = nil
    }
    keepsIds = request.classes?.keepsIds ?? true
    let divider = Divider(
      request: request, order: order, labels: request.isStratified ? labels : nil,
      groups: request.keepsGroups ? try source.groups() : nil, place: place)
    parts = try divider.parts(role: source.role)
  }

  /// The data of a part, a segment of one frame.
  public func frame(_ part: Part) throws(Failure) -> Frame {
    var frame = source.gathering(part.rows)
    frame.metadata[Metadata.role] = part.role
    if let choice, !keepsIds {
      let ids = try frame.labels() ?? []
      frame.tensors["y"] = Tensor(ids.map { Int64(choice.newIds[$0] ?? 0) }, shape: [ids.count])
      frame[list: Metadata.classes] = choice.names
    }
    return frame
  }
}
