import Networks
import Tensors
import Testing

@Suite struct SpecTests {
  @Test func readsNamesValuesAndKeys() throws {
    let spec = try Spec(parsing: "conv:32:3x3,stride=2,pad=same")
    #expect(spec.name == "conv" && spec.values == ["32", "3x3"])
    #expect(spec["stride"] == "2" && spec["pad"] == "same" && spec.keys.count == 2)
    #expect(spec.description == "conv:32:3x3,stride=2,pad=same")
    #expect(try Spec(parsing: "uniform:-1,1").values == ["-1", "1"])
    let mixed = try Spec(parsing: "uniform,-1:1")
    #expect(mixed.values == ["-1", "1"])
    #expect(try Spec(parsing: mixed.description) == mixed)
    #expect(try Spec(parsing: "normal,init=normal:0:0.1")["init"] == "normal:0:0.1")
  }

  @Test("the first key may stand behind a colon, and a file's name may hold an equals sign")
  func readsKeysBehindColons() throws {
    #expect(try Spec(parsing: "adam:beta1=0.8,eps=1") == Spec(parsing: "adam,beta1=0.8,eps=1"))
    #expect(try Spec(parsing: "dense:3:init=normal:0:0.1,l2=1") == Spec(parsing: "dense:3,init=normal:0:0.1,l2=1"))
    let file = try Spec(parsing: "table:./rates=1.txt,by=step")
    #expect(file.values == ["./rates=1.txt"] && file["by"] == "step")
    #expect(try Spec(parsing: file.description) == file)
  }

  @Test("a spec of a hundred thousand keys, or with a name of a million letters, is refused at once")
  func longTexts() throws {
    let time = try ContinuousClock().measure {
      let keys = (0..<100_000).map { "k\($0)=1" }.joined(separator: ",")
      let spec = try Spec(parsing: "adam," + keys)
      #expect(spec.keys.count == 100_000)
      let layer = Architecture(input: [2], layers: [Spec(String(repeating: "a", count: 1_000_000))])
      #expect(throws: Failure.self) { try layer.makeLayers() }
    }
    #expect(time < .seconds(5))
  }

  @Test(arguments: [
    "", ":", "dense:", "dense,", "dense,=3", "dense,init=", "=3", "a,k=1,2", "a:k=1,2", "a:k=", "a,k=1,k=2",
    "a:k=1,k=2",
  ])
  func refuses(text: String) {
    #expect(throws: Failure.self) { try Spec(parsing: text) }
  }
}

@Suite struct ArchitectureTests {
  private func message(_ input: [Int], _ layers: String) -> String {
    do throws(Failure) {
      _ = try Network(Architecture(input: input, parsing: layers.split(separator: " ").map(String.init)))
      return ""
    } catch { return error.message }
  }

  @Test func errorsNameTheLayerAndTheNearestName() {
    #expect(message([4], "dense:300,int=he") == "layer 0: dense:300,int=he: unknown key 'int' (did you mean 'init'?)")
    #expect(message([4], "dense:3 rely") == "layer 1: unknown layer 'rely' (did you mean 'relu'?)")
    #expect(message([28, 28], "dense:3") == "layer 0: dense:3: wants a flat input, has 28x28; put 'flatten' before it")
    #expect(message([4], "dense:0").contains("a whole number from 1"))
    #expect(message([4], "dropout:1").contains("below 1"))
    #expect(message([4], "dense:3:4").contains("one too many"))
    #expect(message([4], "dense:3,name=a dense:3,name=a").contains("is taken"))
    #expect(message([4], "dense:3,name=state").contains("may have letters"))
    #expect(message([4], "dense:3,name=" + String(repeating: "a.", count: 100_000)).contains("more than 255"))
    #expect(message([4], "").contains("no layers"))
  }

  @Test func layerFiles() {
    #expect(Architecture.texts(inFile: "# a net\ndense:3 relu # two\n\n  bn\n") == ["dense:3", "relu", "bn"])
  }

  @Test func parametersAreCountedAsTheCourseNotesDo() throws {
    let layers = "bn dense:300 relu bn dense:100 relu bn dense:10".split(separator: " ").map(String.init)
    let summary = ModelSummary(try Network(Architecture(input: [784], parsing: layers)))
    #expect(summary.rows.map(\.parameters) == [3136, 235_500, 0, 1200, 30100, 0, 400, 1010])
    #expect(summary.parameters == 271_346 && summary.trainable == 268_978)
  }

  @Test func savingAndLoadingKeepsEveryBit() throws {
    let network = try Network(
      Architecture(input: [5], parsing: ["dense:18,bias_init=normal:0:1", "bn", "relu", "dense:3,bias=no,name=top"]))
    try network.initialize(seed: 7)
    let again = try Network(frame: network.frame())
    #expect(again.architecture == network.architecture)
    #expect(again.tensors.count == network.tensors.count)
    for (name, tensor) in network.tensors { #expect(try #require(again.tensors[name]) == tensor, "\(name)") }
    #expect(network.tensors["top.weight"] != nil && network.tensors["top.bias"] == nil)
  }

  @Test func everyMismatchIsListed() throws {
    let network = try Network(Architecture(input: [5], parsing: ["dense:3", "bn"]))
    var tensors = network.tensors
    tensors["0.weight"] = Tensor([Float](repeating: 0, count: 12), shape: [3, 4])
    tensors["0.bias"] = nil
    tensors["extra"] = Tensor([Float(1)], shape: [1])
    let problems = network.load(tensors)
    #expect(problems.count == 3)
    #expect(problems.contains("'extra' is unexpected"))
    #expect(problems.contains("'0.bias' [3] is missing"))
  }
}

@Suite struct EditingTests {
  private func model() throws -> Frame {
    let network = try Network(
      Architecture(input: [5], parsing: ["dense:4,name=conv1", "bn", "relu", "dense:3", "dense:2"]))
    try network.initialize(seed: 1)
    return network.frame()
  }

  @Test(arguments: [
    ("all", [0, 1, 3, 4]), ("0", [0]), ("1-3", [1, 3]), ("top:2", [3, 4]), ("bottom:1", [0]), ("conv*", [0]),
    ("c?nv1,4", [0, 4]), ("*", [0, 1, 3, 4]),
  ])
  func selections(text: String, expected: [Int]) throws {
    #expect(try LayerSelection(parsing: text).positions(in: Network(frame: model())).sorted() == expected)
  }

  @Test func selectionsOfNothingFail() throws {
    let network = try Network(frame: model())
    for text in ["2", "conv2", "9-12"] {
      #expect(throws: Failure.self) { try LayerSelection(parsing: text).positions(in: network) }
    }
    for text in ["", "top:0", "top:x", ","] { #expect(throws: Failure.self) { try LayerSelection(parsing: text) } }
  }

  @Test func headKeepsWhatIsBelowToTheBit() throws {
    let frame = try model()
    var edited = try EditedModel(frame, seed: 5)
    try edited.apply(.rate(0, LayerSelection(parsing: "all")))
    try edited.apply(.head(["dense:7"]))
    let result = try edited.frame(dropsState: true)
    #expect(result.metadata[Metadata.architecture]?.hasSuffix("dense:7,init=glorot_uniform") == true)
    for name in ["conv1.weight", "1.running_var", "3.bias"] {
      #expect(try result.tensor(name) == frame.tensor(name))
    }
    let network = try Network(frame: result)
    let trainable = network.layers.map(\.isTrainable)
    #expect(trainable == [false, false, false, false, true])
    #expect(network.outputCount == 7)
  }
}

@Suite struct UnregularizedTests {
  @Test func dropsNothingAndPenalisesNothing() throws {
    let layers = [
      "dense:30,l1=0.1,l2=0.1,bias_l1=1,bias_l2=1,maxnorm=2,init=small,lr=0", "relu", "dropout:0.2", "dropout,p=0.3",
      "dense:10,name=head",
    ]
    let plain = try Architecture(input: [5], parsing: layers).unregularized()
    let expected = ["dense:30,init=small,lr=0", "relu", "dropout,p=0", "dropout,p=0", "dense:10,name=head"]
    #expect(plain.layers.map(\.description) == expected)
    #expect(try plain.makeLayers().count == 5)
  }
}
