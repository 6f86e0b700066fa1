import Tensors

/// A layer list and the shape of one input row: everything about a network but its numbers.
public struct Architecture: Equatable, Sendable {
  /// The shape of one row of the input.
  public var input: [Int]
  /// The layers, first to last.
  public var layers: [Spec]

  /// A layer list.
  public init(input: [Int], layers: [Spec]) {
    self.input = input
    self.layers = layers
  }

  /// Reads layer texts such as `dense:300`.
  public init(input: [Int], parsing texts: [String]) throws(Failure) {
    var specs: [Spec] = []
    for (i, text) in texts.enumerated() {
      do throws(Failure) { specs.append(try Spec(parsing: text)) } catch { throw error.at("layer \(i)") }
    }
    self.init(input: input, layers: specs)
  }

  /// The texts in a layer file: one layer a line or several separated by spaces, `#` begins a comment.
  public static func texts(inFile contents: String) -> [String] {
    contents.split(whereSeparator: \.isNewline).flatMap { line in
      line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
    }
  }

  /// The layers that pass numbers on as they are once training is over.
  static let passingLayers = Set(Dropout.kinds.map(\.name) + [ChannelDropout.kind.name, Flatten.kind.name])

  /// The last layer that makes numbers of its own, which the loss has to fit.
  public var outputLayer: Spec? { layers.last { !Architecture.passingLayers.contains($0.name) } }

  /// One layer a line: the text of `nn.arch`.
  public var text: String { layers.map(\.description).joined(separator: "\n") }

  /// Makes the layers, each for the shape that the one whose output it takes gives.
  public func makeLayers() throws(Failure) -> [any Layer] {
    guard !layers.isEmpty else { throw .usage("no layers: a list such as 'dense:300 relu dense:10' is due") }
    let wiring = try Wiring(layers)
    var result: [any Layer] = []
    func shape(at source: Int) -> [Int] { source == Wiring.input ? input : result[source].outputShape }
    for (i, spec) in layers.enumerated() {
      do throws(Failure) {
        guard Int(spec.name) == nil else { throw .usage("'\(spec)' is no layer (did you mean 'dense:\(spec)'?)") }
        let layer = try LayerKind.named(spec.name).make(spec, shape(at: wiring.sources[i]))
        if let block = wiring.blockEndingAt[i].map({ wiring.blocks[$0] }) {
          let other = shape(at: wiring.otherSource(of: block))
          try Architecture.check(layer.inputShape, other, hasShortcut: block.shortcut != nil)
        }
        if let block = wiring.blockTurningAt[i].map({ wiring.blocks[$0] }),
          !result[block.start...].contains(where: { $0 is any TransformLayer })
        {
          throw .usage("shortcut: before it the block wants a layer that is more than a function of each value")
        }
        result.append(layer)
      } catch {
        throw error.at("layer \(i)")
      }
    }
    return result
  }

  /// Fails when the branches of a block cannot be added: of one that has a shortcut, the `last` ends with it.
  private static func check(_ last: [Int], _ other: [Int], hasShortcut: Bool) throws(Failure) {
    guard Shape.withChannels(last) != Shape.withChannels(other) else { return }
    if hasShortcut {
      throw .usage("end: the block's layers give \(Shape.text(other)), its shortcut \(Shape.text(last))")
    }
    let shortcut = Architecture.shortcut(from: Shape.withChannels(other), to: Shape.withChannels(last))
    throw .usage(
      "end: the block takes \(Shape.text(other)) and gives \(Shape.text(last)); "
        + "put a 'shortcut' before 'end' that gives the same\(shortcut.map { ", such as 'shortcut \($0)'" } ?? "")")
  }

  /// The layer that brings one shape to another; nil where no single one does.
  private static func shortcut(from: [Int], to: [Int]) -> String? {
    guard from.count == to.count else { return nil }
    if to.count == 1 { return "dense:\(to[0])" }
    // Every s-th place of a side of n are ⌈n / s⌉.
    let stride = (from[0] + to[0] - 1) / max(to[0], 1)
    guard to.count == 3, stride > 0, zip(from, to).dropLast().allSatisfy({ ($0 - 1) / stride + 1 == $1 }) else {
      return nil
    }
    return "conv:\(to[2]):1" + (stride > 1 ? ",stride=\(stride)" : "")
  }

  /// Puts keys on every layer with weights that does not set them itself.
  public mutating func applyDefaults(
    initializer: String?, biasInitializer: String?, l1: Double?, l2: Double?, maximumNorm: Double?
  ) throws(Failure) {
    let defaults: [(String, String?)] = [
      ("init", initializer), ("bias_init", biasInitializer), ("l1", l1.map(Numbers.text)), ("l2", l2.map(Numbers.text)),
      ("maxnorm", maximumNorm.map(Numbers.text)),
    ]
    for i in layers.indices {
      let takes =
        LayerKind.all.first { [name = layers[i].name] in $0.name == name }?.signature.keys.split(separator: " ") ?? []
      for (key, value) in defaults where value != nil && layers[i][key] == nil {
        if takes.contains(where: { $0.hasPrefix(key + "=") }) { layers[i][key] = value }
      }
    }
  }

  /// The name of each layer, which leads its tensors' names: its `name` key, or its position as in PyTorch's Sequential.
  public var names: [String] { layers.enumerated().map { i, spec in spec["name"] ?? String(i) } }

  /// Fails when two layers have one name, or a name could not lead a tensor's.
  public func checkNames() throws(Failure) {
    var seen: Set<String> = []
    for (i, name) in names.enumerated() {
      guard name.utf8.count <= 255 else { throw .usage("layer \(i): a name of more than 255 letters") }
      let isPlain = name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || "_.".utf8.contains($0)
      }
      guard isPlain, !ModelTensors.reserved.contains(String(name.prefix { $0 != "." })) else {
        let reserved = ModelTensors.reserved.joined(separator: ", ")
        throw .usage(
          "layer \(i): the name '\(name)' may have letters, digits, '_' and '.', and not lead with \(reserved)")
      }
      guard seen.insert(name).inserted else { throw .usage("layer \(i): the name '\(name)' is taken") }
    }
    // The tensors of a layer 'a' begin with "a.", which those of a layer 'a.b' must not.
    for (i, name) in names.enumerated() {
      for dot in name.indices where name[dot] == "." && seen.contains(String(name[..<dot])) {
        throw .usage("layer \(i): the name '\(name)' begins with that of the layer '\(name[..<dot])'")
      }
    }
  }
}
