import CommandLine
import Networks
import Tensors

extension Completion {
  /// The name of a layer, or its position where it has none, of the models among the operands.
  public static let layer = Completion.offers { line in LayerOffers(of: line.operands).names }

  /// A selection of layers (`LayerSelection`) of the models among the operands.
  public static let layers = Completion.offers { line in LayerOffers(of: line.operands).selections(for: line.word) }

  /// A number and a selection of layers, such as `0.1:top:2`.
  public static let factorAndLayers = Completion.offers { line in
    guard let colon = line.word.firstIndex(of: ":") else { return [] }
    let lead = line.word[...colon]
    return LayerOffers(of: line.operands).selections(for: String(line.word.dropFirst(lead.count))).map {
      Offer(lead + $0.text, $0.summary)
    }
  }
}

/// The layers of models as a shell offers them. Of the files no more than the headers is read.
struct LayerOffers {
  /// Each layer: its name, and its spec as the summary.
  private(set) var names: [Completion.Offer] = []
  /// Those of them that have parameters.
  private var trainable: [Completion.Offer] = []

  init(of files: [String]) {
    for file in files where file != "-" {
      guard let network = LayerOffers.network(in: file) else { continue }
      let layers = zip(network.architecture.names, network.architecture.layers).map {
        Completion.Offer($0, $1.description)
      }
      names += layers
      trainable += network.layers.indices.filter { i in !network.layers[i].parameters.isEmpty }.map { layers[$0] }
    }
  }

  private static func network(in file: String) -> Network? {
    guard let reader = try? FrameReader(path: file), let metadata = reader.peekMetadata(),
      let text = metadata[Metadata.architecture], let input = metadata[Metadata.input],
      let shape = try? Shape.parse(input),
      let architecture = try? Architecture(input: shape, parsing: Architecture.texts(inFile: text))
    else { return nil }
    return try? Network(architecture)
  }

  func selections(for word: String) -> [Completion.Offer] {
    Completion.parts(of: word, separator: ",") { last in
      for end in ["top:", "bottom:"] where last.hasPrefix(end) {
        return trainable.indices.map { .init("\(end)\($0 + 1)") }
      }
      return trainable + [
        .init("all", "all layers"), .init("top:", "the last layers with parameters"),
        .init("bottom:", "the first layers with parameters"),
      ]
    }
  }
}
