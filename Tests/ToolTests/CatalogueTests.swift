import GoldenValues
import Networks
import Tensors
import Testing
import Training

/// One table over everything: each entry of each registry has golden values, is told by `--list`, the manual and the
/// shells' completion, and in every form that the golden values have goes through the tools, is stopped and goes on.
///
/// The registries also drive the libraries' tests: agreement with the golden values, gradient checks, and saving
/// (LayerTests, LossTests, InitializerTests, OptimizerGoldenTests, ScheduleTests, AveragingTests).
@Suite("Catalogue")
struct CatalogueTests {
  /// What is known of an entry.
  struct Entry: Sendable, CustomTestStringConvertible {
    let noun: String
    let signature: Signature
    /// Where it is typed.
    let place: Place
    /// Its specs in the golden files.
    var forms: [String]
    /// Those of them that are for images.
    var formsOfImages: Set<String> = []

    var testDescription: String { "\(noun) \(signature.name)" }
  }

  /// The tool and the option that take a spec; without an option, an operand.
  struct Place: Sendable {
    let tool: String
    let option: String?
  }

  /// The entries of a registry, whose golden files have a prefix and hold specs under a key.
  private static func entries<K: Kind>(
    _ kind: K.Type, _ tool: String, _ option: String?, golden prefix: String, key: String
  ) -> [Entry] {
    let frames = Golden.names(prefix).compactMap { try? Golden.read($0) }
    let specs = frames.flatMap { ($0.metadata[key] ?? "").split(separator: " ").map(String.init) }
    return kind.all.map { kind in
      let forms = Set(specs.filter { (try? Spec(parsing: $0).name) == kind.name }).sorted()
      return Entry(
        noun: K.noun, signature: kind.signature, place: Place(tool: tool, option: option), forms: forms)
    }
  }

  /// The layers; the marks of residual blocks have golden values as parts of networks.
  private static let layers: [Entry] = {
    var (ofRows, ofImages): (Set<String>, Set<String>) = ([], [])
    for frame in Golden.names("layer-").compactMap({ try? Golden.read($0) }) {
      let texts = (frame.metadata["layers"] ?? "").split(separator: " ").map(String.init)
      if frame.tensors["0.x"]?.shape.count == 4 { ofImages.formUnion(texts) } else { ofRows.formUnion(texts) }
    }
    return entries(LayerKind.self, "nn-init", nil, golden: "layer-", key: "layers").map { entry in
      var entry = entry
      entry.formsOfImages = ofImages.subtracting(ofRows)
      if BlockForm.marks.contains(entry.signature.name) { entry.forms = BlockForm.all }
      return entry
    }
  }()

  /// Residual blocks as they go through the tools.
  private enum BlockForm {
    static let marks = Set(LayerKind.all.filter(\.isBlockMark).map(\.name))
    static let all = ["residual dense:5 bn relu shortcut dense:5 end", "residual dense:5,name=a end relu"]
  }

  static let all =
    layers
    + entries(InitializerKind.self, "nn-init", "--init", golden: "initializer-", key: "initializer")
    + entries(LossKind.self, "nn-train", "--loss", golden: "loss-", key: "loss")
    + entries(OptimizerKind.self, "nn-train", "--optimizer", golden: "optimizer-", key: "optimizer")
    + entries(ScheduleKind.self, "nn-train", "--schedule", golden: "schedule-", key: "schedule")
    + entries(AverageKind.self, "nn-train", "--average", golden: "average-", key: "average")

  private static let presets = Preset.all.map {
    Entry(noun: Preset.noun, signature: $0.signature, place: Place(tool: "nn-init", option: "--preset"), forms: [])
  }

  @Test func nothingIsMissing() {
    var counts: [(noun: String, count: Int)] = []
    for entry in CatalogueTests.all {
      if counts.last?.noun != entry.noun { counts.append((entry.noun, 0)) }
      counts[counts.count - 1].count += 1
    }
    #expect(counts.count == 6 && counts.allSatisfy { $0.count > 1 })
    let names = counts.map { "\($0.count) \($0.noun)\($0.noun.hasSuffix("s") ? "es" : "s")" }.joined(separator: ", ")
    print("Catalogue: \(names)")
  }

  @Test("has golden values", arguments: all)
  func hasGoldenValues(_ entry: Entry) {
    #expect(!entry.forms.isEmpty, "no script of Tests/Fixtures knows \(entry.testDescription)")
  }

  @Test("is listed, and in the manual with its keys", arguments: all + presets)
  func isDocumented(_ entry: Entry) throws {
    let list = Command(script: "\(entry.place.tool) --list", directory: Places.package).run()
    #expect(list.text.contains(entry.signature.listing))
    let page = try #require(ManualPage("\(Places.manual)/\(entry.place.tool).1"))
    let keys = entry.signature.keys.split(separator: " ").map { $0.prefix { $0 != "=" } }
    for word in [entry.signature.name[...]] + keys {
      let item = ["Cm ", " , "].map { $0 + word }
      let isThere = page.lines.contains { line in
        item.contains { line.hasSuffix($0) || line.contains($0 + " ") || line.contains($0 + "=") }
      }
      #expect(isThere, "man/\(entry.place.tool).1 has no 'Cm \(word)'")
    }
  }

  @Test("is completed by the shells", arguments: all + presets)
  func isCompleted(_ entry: Entry) {
    let (name, tool) = (entry.signature.name, entry.place.tool)
    let words = [tool] + (entry.place.option.map { [$0] } ?? [])
    func offers(for word: String) -> [Substring] {
      Offers.of((words + [word]).joined(separator: " "))
    }
    let named = offers(for: String(name.dropLast()))
    #expect(named.contains(name[...]) || named.contains("\(name):"))
    let keys = entry.signature.keys.split(separator: " ").map { $0.prefix { $0 != "=" } }
    // As many values as there can be, so that keys are next.
    let values = entry.signature.arguments.split(separator: ":").map { _ in "1," }.joined()
    #expect(offers(for: "\(name),\(values)") == keys.map { "\(name),\(values)\($0)=" })
  }

  @Test("takes the values of keys that the shells offer", arguments: all)
  func takesWhatIsOffered(_ entry: Entry) throws {
    let keys = entry.signature.keys.split(separator: " ").map { $0.prefix { $0 != "=" } }
    let form = try #require(entry.forms.min { $0.count < $1.count })
    let words = [entry.place.tool] + (entry.place.option.map { [$0] } ?? [])
    for key in keys where !form.contains("\(key)=") {
      let offers = Offers.of((words + ["\(form),\(key)="]).joined(separator: " "))
      for offer in offers where offer.last != ":" {
        #expect(throws: Never.self, "\(offer)") { try CatalogueTests.parse(String(offer), as: entry) }
      }
    }
  }

  /// Makes what a spec of an entry's kind says.
  private static func parse(_ text: String, as entry: Entry) throws {
    switch entry.place.option {
    case nil:
      let isOfImages = entry.formsOfImages.contains { text.hasPrefix("\($0),") }
      _ = try LayerKind.named(entry.signature.name).make(Spec(parsing: text), isOfImages ? [12, 12, 6] : [8])
    case "--loss"?: _ = try LossKind.make(parsing: text)
    case "--schedule"?: _ = try Schedule(parsing: text)
    case "--average"?: _ = try Average(parsing: text)
    case "--optimizer"?: _ = try OptimizerKind.named(entry.signature.name).make(Spec(parsing: text))
    default: _ = try Initializer(parsing: text)
    }
  }

  /// A dozen rows with classes, and with three targets that are 0 or 1.
  private static let data = """
    rows() { awk -v OFS=, -v head="$1" 'BEGIN { print "a,b,c,d," head; for (i = 0; i < 12; i++) {
      $0 = i % 5 OFS i % 7 / 7 OFS i * i % 11 OFS 1 - i / 12
      print $0, head == "kind" ? "k" i % 3 : (i % 3 == 0) OFS i % 2 OFS (i % 4 == 1) } }'; }
    rows kind | nn-import -q --label kind - | nn-prep -q --center --scale -o classes.st
    rows x,y,z | nn-import -q --target x --target y --target z - | nn-prep -q --center --scale -o targets.st
    """

  @Test("goes through the tools in every form, is stopped, and ends with the same bytes", arguments: all)
  func worksThroughTheTools(_ entry: Entry) throws {
    let directory = Scratch()
    var script = "set -e\nln -s \(Golden.folder)/*.txt .\n\(CatalogueTests.data)\n"
    for form in entry.forms {
      let run = try CatalogueTests.run(entry, form)
      script += """
        nn-init -q -i \(run.layers.hasPrefix("conv") ? "2x2" : "4") \(run.layers) -o init.st
        train() { nn-train -q -e 3 -b 4 --valid \(run.data) \(run.options) init.st \(run.data) "$@"; }
        train -o whole.st
        train --checkpoint half.st --max-time 1e-9 -o part.st
        train --checkpoint half.st -o resumed.st
        cmp whole.st resumed.st
        ! cmp -s part.st whole.st || { echo '\(form): nothing was trained after the stop'; exit 1; }
        nn-predict -q resumed.st \(run.data) -o p.st
        rm half.st

        """
    }
    let outcome = Command(script: script, directory: directory.path).run()
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
  }

  /// The layers and options of a run with a form of an entry.
  private static func run(_ entry: Entry, _ form: String) throws -> (layers: String, options: String, data: String) {
    switch entry.place.option {
    case nil where entry.formsOfImages.contains(form):
      return ("conv:36:1,pad=4 \(form) flatten dense:3", "", "classes.st")
    case nil: return ("dense:5 \(form) dense:3", "", "classes.st")
    case "--init"?: return ("--init \(form) dense:5 tanh dense:3", "", "classes.st")
    case "--loss"?:
      let loss = try LossKind.make(parsing: form)
      let last =
        switch loss.outputs {
        case .numbers, .logits: ""
        case .logProbabilities: "logsoftmax"
        case .probabilities: "sigmoid"
        }
      return (
        "dense:5 tanh dense:3 \(last)", "--loss \(form)", loss.answers.areClasses ? "classes.st" : "targets.st"
      )
    case let option?:
      // A table holds the rates themselves.
      let rate = entry.signature.name == "table" ? "" : "--lr 0.01"
      return ("dense:5 tanh dense:3", "\(rate) \(option) \(form)", "classes.st")
    }
  }
}
