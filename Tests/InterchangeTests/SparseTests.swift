import Testing

@testable import Interchange
@testable import Tensors

@Suite("LIBSVM text") struct SparseTests {
  private static let sample = "# a comment\n+1 1:0.5 3:-2e1 # and another\r\n\n-1 2:1\n+1\n"

  @Test func readsRows() throws {
    let frame = try imported(text: SparseTests.sample)
    #expect(frame.tensors["x"]?.shape == [3, 3])
    #expect(frame.tensors["x"]?.floats == [0.5, 0, -20, 0, 1, 0, 0, 0, 0])
    #expect(frame[list: Metadata.classes] == ["-1", "+1"])
    #expect(frame.tensors["y"]?.integers == [1, 0, 1])
  }

  @Test func labelsAreClassesWhileTheyAreWhole() throws {
    for (labels, classes) in [
      (["2", "1", "10"], ["1", "2", "10"]), (["1.0", "0", "1"], ["0", "1.0"]), (["0.5", "1", "0"], nil),
      (["1", "0", "1.5"], nil),
    ] as [([String], [String]?)] {
      let frame = try imported(text: labels.map { "\($0) 1:1\n" }.joined())
      #expect(frame[list: Metadata.classes] == classes)
      if classes == nil { #expect(frame.tensors["y"]?.floats == labels.compactMap(Float.init)) }
    }
    let text = "3 1:1\n1.5 1:2\n"
    let asClasses = try imported(text: text) { $0.table.label = "1" }
    #expect(asClasses[list: Metadata.classes] == ["1.5", "3"])
    let asTargets = try imported(text: "3 1:1\n1 1:2\n") { $0.table.targets = ["1"] }
    #expect(asTargets.tensors["y"]?.type == .float32)
    #expect(asTargets.tensors["y"]?.shape == [2, 1])
  }

  @Test func namesOfClassesSetTheIds() throws {
    let frame = try imported(text: "2 1:1\n1 1:1\n") { $0.table.classes = ["1", "2", "3"] }
    #expect(frame.tensors["y"]?.integers == [1, 0])
    #expect(frame[list: Metadata.classes] == ["1", "2", "3"])
  }

  @Test func isToldByItsFirstRow() throws {
    for (text, isSparse) in [
      ("1 1:2\n", true), ("\u{feff}1 1:2", true), ("# x\n\n -1.5e0\t7:1\t8:x\n", true), ("1 qid:3 1:2\n", true),
      ("1,2\n", false), ("1\n1 1:2\n", false), ("a 1:2\n", false), ("1 a:2\n", false), ("1 1:b\n", false),
      ("1 1:2,3\n", false), ("1 1\n", false), ("", false), ("#\n", false), ("1 :2\n", false), ("1 1:\n", false),
    ] {
      let answer = Array(text.utf8).withUnsafeBufferPointer { SparseLine.begins($0).answer }
      #expect(answer == isSparse, "\(text)")
    }
  }

  /// However the bytes arrive, the same rows come of them.
  @Test(arguments: [1, 3, 1000]) func fromAPipe(piece: Int) throws {
    let comments = String(repeating: "# nothing\n", count: 100)
    for text in [SparseTests.sample, comments + SparseTests.sample, "\u{feff}" + SparseTests.sample] {
      let source = Array(text.utf8).withUnsafeBytes { ByteSource($0, name: "input", piece: piece) }
      var frames: [Frame] = []
      _ = try Importer.run(OutsideFile(source), ImportSettings(), team: .init(threads: 1)) { frames.append($0) }
      #expect(frames.count == 1)
      #expect(frames.first?.tensors["x"]?.floats == [0.5, 0, -20, 0, 1, 0, 0, 0, 0])
    }
  }

  @Test func aWideIndexMakesNoMatrixUnlessAskedFor() throws {
    let text = "1 1:1\n2 20000000:1\n"
    let message = failure { _ = try imported(text: text) }
    #expect(
      message
        == "line 2: index 20000000 makes 2 rows far larger than the text; "
        + "--features 20000000 takes them all the same")
    let frame = try imported(text: "1 1:1\n2 2:1\n") { $0.features = 5 }
    #expect(frame.tensors["x"]?.shape == [2, 5])
    // 16 MiB are made of any text: four million values.
    #expect(try imported(text: "1 4000000:1\n").tensors["x"]?.shape == [1, 4_000_000])
    #expect(failure { _ = try imported(text: "1 2147483648:1\n") } != nil)
    #expect(failure { _ = try imported(text: String(repeating: "1 2147483647:1\n", count: 3)) } != nil)
  }

  @Test func chunksAreTheRowsInOrder() throws {
    let lines = (0..<7).map { "\($0 % 2) \($0 % 3 + 1):\($0)\n" }
    let whole = try imported(text: lines.joined()) { $0.features = 3 }
    for isFinal in [true, false] {
      var settings = ImportSettings()
      settings.chunk = 2
      settings.features = 3
      if isFinal { settings.table.classes = ["0", "1"] }
      let frames = try withFile(Array(lines.joined().utf8)) { try imported([$0], settings) }
      #expect(frames.map { $0.tensors["x"]?.rows } == [2, 2, 2, 1])
      #expect(frames.flatMap { $0.tensors["x"]?.floats ?? [] } == whole.tensors["x"]?.floats)
      #expect(frames.flatMap { $0.tensors["y"]?.integers ?? [] } == whole.tensors["y"]?.integers)
    }
  }

  @Test func whatIsWrongIsNamed() throws {
    for (line, expected) in [
      ("1 2:1 2:3", "'2:3' after index 2: indices ascend"), ("1 3:1 2:3", "'2:3' after index 3: indices ascend"),
      ("1 0:1", "'0:1': indices count from 1"), ("1:2 2:3", "'1:2' where the label is due, a number"),
      ("1,2 1:1", "'1,2': several labels a row are not read"), ("1 3:x", "'3:x': 'x' is not a number"),
      ("1 3:", "'3:': '' is not a number"), ("1 x:3", "'x:3': an index from 1 to 2147483647 is due before the colon"),
      ("1 99999999999999999999:3", "'99999999999999999999:3': an index from 1 to 2147483647 is due before the colon"),
      ("1 abc", "'abc': index:value is due"), ("one 1:1", "'one': 'one' is not a number"),
      ("1 1:nan", "'1:nan' is not a finite 32-bit float; see --allow-nan"),
      ("inf 1:1", "'inf' is not a finite 32-bit float; see --allow-nan"),
      ("1 qid:3 1:1", "'qid:3': groups of a ranking are not read; sed 's/ qid:[0-9]*//' leaves them out"),
    ] {
      let message = failure { _ = try imported(text: "1 1:1\n\(line)\n") }
      #expect(message == "line 2: \(expected)")
    }
    let message = failure { _ = try imported(text: "1 1:1\n1 4:1\n") { $0.features = 3 } }
    #expect(message == "line 2: '4:1': an index above 3, which --features gives")
    let frame = try imported(text: "1 1:nan 2:-inf\n") { $0.table.allowsNotFinite = true }
    #expect(frame.tensors["x"]?.floats.map(\.isFinite) == [false, false])
  }
}
