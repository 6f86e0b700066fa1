import Tensors

/// How the layers of a list are joined: each takes the output of the one before it, but for those of a residual block
/// (He et al. 2016), `residual … [shortcut …] end`.
///
/// `residual` and `shortcut` are marks, which compute nothing: the layer after `residual` takes what comes before the
/// block, and so does the one after `shortcut`; `end` adds the outputs of both branches, or without `shortcut` what
/// comes before the block. Blocks may stand in one another's branches.
public struct Wiring: Equatable, Sendable {
  /// A block: the positions of its marks.
  public struct Block: Equatable, Sendable {
    /// The position of `residual`.
    public var start: Int
    /// The position of `shortcut`, where the block has one.
    public var shortcut: Int?
    /// The position of `end`.
    public var end: Int
  }

  /// The position that stands for the network's input.
  public static let input = -1
  /// For each layer the one whose output it takes; never a mark.
  public private(set) var sources: [Int] = []
  /// The blocks, by their ends.
  public private(set) var blocks: [Block] = []
  /// For each layer the number of the block that it is the `end` of.
  private(set) var blockEndingAt: [Int?]
  /// For each layer the number of the block that it is the `residual` of.
  private(set) var blockStartingAt: [Int?]
  /// For each layer the number of the block that it is the `shortcut` of.
  private(set) var blockTurningAt: [Int?]

  /// Joins the layers of a list.
  public init(_ layers: [Spec]) throws(Failure) {
    // The output at each position, a mark's being that of the layer it stands for.
    var outputs: [Int] = []
    var open: [Block] = []
    for (i, spec) in layers.enumerated() {
      sources.append(outputs.last ?? Wiring.input)
      switch spec.name {
      case BlockMark.residual.name:
        open.append(Block(start: i, shortcut: nil, end: i))
        outputs.append(sources[i])
      case BlockMark.shortcut.name:
        guard let block = open.indices.last, open[block].shortcut == nil else {
          throw .usage("layer \(i): 'shortcut' without a 'residual' of its own before it")
        }
        guard i > open[block].start + 1 else { throw Wiring.isEmpty(open[block].start) }
        open[block].shortcut = i
        sources[i] = sources[open[block].start]
        outputs.append(sources[i])
      case BlockMark.end.name:
        guard var block = open.popLast() else { throw .usage("layer \(i): 'end' without a 'residual' before it") }
        guard i > block.start + 1 else { throw Wiring.isEmpty(block.start) }
        block.end = i
        blocks.append(block)
        outputs.append(i)
      default: outputs.append(i)
      }
    }
    if let block = open.last { throw .usage("layer \(block.start): 'residual' without an 'end' after it") }
    let none = [Int?](repeating: nil, count: layers.count)
    (blockStartingAt, blockTurningAt, blockEndingAt) = (none, none, none)
    for (number, block) in blocks.enumerated() {
      blockStartingAt[block.start] = number
      if let shortcut = block.shortcut { blockTurningAt[shortcut] = number }
      blockEndingAt[block.end] = number
    }
  }

  private static func isEmpty(_ start: Int) -> Failure {
    .usage("layer \(start): 'residual' without layers after it: a block is residual LAYER ... [shortcut LAYER ...] end")
  }

  /// Whether a position is `residual` or `shortcut`.
  func isMark(_ i: Int) -> Bool { blockStartingAt[i] != nil || blockTurningAt[i] != nil }

  /// What `end` adds to its input: the output of the branch before `shortcut`, or what comes before the block.
  func otherSource(of block: Block) -> Int {
    block.shortcut.map { $0 - 1 } ?? sources[block.start]
  }

  /// The outermost block that a cut before a position would go through.
  public func block(acrossCutAt position: Int) -> Block? {
    blocks.last { $0.start < position && position <= $0.end }
  }
}
