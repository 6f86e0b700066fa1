import Tensors
import Testing

@testable import Interchange

@Suite struct TableTests {
  @Test func guessesHeaderAndSeparator() throws {
    for (text, features) in [
      ("a,b\n1,2\n", ["a", "b"]), ("a\tb\n1\t2", ["a", "b"]), ("a;b\n1;2\n", ["a", "b"]), ("1,2\n3,4\n", nil),
      ("a,\"b,c\"\n1,2\n", ["a", "b,c"]), ("\u{feff}a,b\n1,2\n", ["a", "b"]), ("a,\n1,2\n", ["a", "column2"]),
    ] as [(String, [String]?)] {
      let frame = try imported(text: text)
      #expect(frame[list: Metadata.features] == features)
      #expect(frame.tensors["x"]?.shape == [features == nil ? 2 : 1, 2])
    }
  }

  @Test func labelsOfTextAreSorted() throws {
    let frame = try imported(text: "v,c\n1,pear\n2,apple\n3,pear\n") { $0.table.label = "c" }
    #expect(frame[list: Metadata.classes] == ["apple", "pear"])
    #expect(frame.tensors["y"]?.integers == [1, 0, 1])
    #expect(frame[list: Metadata.features] == ["v"])
  }

  @Test func labelsThatAreNumbers() throws {
    for (labels, classes, ids) in [
      (["1", "0", "2"], ["0", "1", "2"], [1, 0, 2]), (["10", "9", "10"], ["9", "10"], [1, 0, 1]),
      (["-1", "1", "1.0"], ["-1", "1"], [0, 1, 1]), (["0", "3", "1"], ["0", "1", "3"], [0, 2, 1]),
    ] {
      let text = labels.map { "5,\($0)\n" }.joined()
      let frame = try imported(text: text) { $0.table.label = "2" }
      #expect(frame[list: Metadata.classes] == classes)
      #expect(frame.tensors["y"]?.integers == ids.map(Int64.init))
    }
  }

  @Test func namesOfClassesSetTheIds() throws {
    let names = ["x", "no", "yes"]
    let byName = try imported(text: "1,yes\n2,no\n") { ($0.table.label, $0.table.classes) = ("2", names) }
    #expect(byName.tensors["y"]?.integers == [2, 1])
    #expect(byName[list: Metadata.classes] == names)
    let byNumber = try imported(text: "1,2\n2,0\n") { ($0.table.label, $0.table.classes) = ("2", names) }
    #expect(byNumber.tensors["y"]?.integers == [2, 0])
    let message = failure {
      _ = try imported(text: "1,maybe\n") { ($0.table.label, $0.table.classes) = ("2", names) }
    }
    #expect(message == "line 1, column 2: label 'maybe' is none of the classes (x, no, yes) and no id below 3")
  }

  @Test func targetsAndColumnsLeftOut() throws {
    let frame = try imported(text: "a,b,c,d\n1,2,3,z\n5,6,7,z\n") {
      $0.table.targets = ["c", "1"]
      $0.table.dropped = ["d"]
    }
    #expect(frame.tensors["x"]?.floats == [2, 6])
    #expect(frame.tensors["y"]?.shape == [2, 2])
    #expect(frame.tensors["y"]?.floats == [3, 1, 7, 5])
  }

  @Test func categoriesBecomeColumns() throws {
    let frame = try imported(text: "a,c\n1,red\n2,blue\n3,red\n") { $0.table.categories = ["c"] }
    #expect(frame[list: Metadata.features] == ["a", "c=blue", "c=red"])
    #expect(frame.tensors["x"]?.floats == [1, 0, 1, 2, 1, 0, 3, 0, 1])
  }

  @Test func missingValues() throws {
    let text = "a,b\n1,?\n,4\n3,NA\n5,8\n"
    #expect(
      failure { _ = try imported(text: text) }
        == "line 2, column 'b': a missing value (?); see --missing drop or mean")
    #expect(try imported(text: text) { $0.table.missing = .drop }.tensors["x"]?.floats == [5, 8])
    #expect(try imported(text: text) { $0.table.missing = .mean }.tensors["x"]?.floats == [1, 6, 3, 4, 3, 6, 5, 8])
  }

  @Test func notFiniteValues() throws {
    #expect(
      failure { _ = try imported(text: "1,inf\n") }
        == "line 1, column 2: 'inf' is not a finite 32-bit float; see --allow-nan")
    #expect(
      failure { _ = try imported(text: "1,1e39\n") }
        == "line 1, column 2: '1e39' is not a finite 32-bit float; see --allow-nan")
    let values = try imported(text: "1,-inf\n2,NaN\n") { $0.table.allowsNotFinite = true }.tensors["x"]?.floats
    #expect(values?[1] == -.infinity && values?[3].isNaN == true)
  }

  @Test func wrongTablesAreNamed() {
    #expect(failure { _ = try imported(text: "a,b\n1,2\n3\n") } == "line 3: 1 field where 2 are due")
    #expect(failure { _ = try imported(text: "a,b\n") } == "no rows")
    #expect(
      failure { _ = try imported(text: "a,b\n1,2\n") { $0.table.label = "z" } }
        == "no column 'z' for --label among 1 to 2; names are a, b")
    #expect(
      failure { _ = try imported(text: "a,b\n1,2\n") { ($0.table.label, $0.table.dropped) = ("b", ["2"]) } }
        == "--drop 2: the column is named by two options")
    #expect(
      failure { _ = try imported(text: "a,a\n1,2\n") { $0.table.label = "a" } }
        == "2 columns are named 'a'; give --label a number")
  }

  @Test func filesAreJoined() throws {
    try withFile(Array("a,c\n1,x\n".utf8)) { first in
      try withFile(Array("a,c\n2,y".utf8)) { second in
        try withFile(Array("3,x\n".utf8)) { third in
          var settings = ImportSettings()
          settings.table.label = "c"
          let frames = try imported([first, second, third], settings)
          #expect(frames.first?.tensors["x"]?.floats == [1, 2, 3])
          #expect(frames.first?.tensors["y"]?.integers == [0, 1, 0])
        }
      }
    }
  }

  @Test func chunksAreTheSameRows() throws {
    let rows = (0..<10).map { "\($0),\($0 % 3)\n" }.joined()
    for classes in [nil, ["0", "1", "2"]] {
      for chunk in [1, 3, 5, 10, 11] {
        try withFile(Array(rows.utf8)) { path in
          var settings = ImportSettings()
          settings.table.label = "2"
          settings.table.classes = classes
          settings.chunk = chunk
          let frames = try imported([path], settings)
          #expect(frames.count == (10 + chunk - 1) / chunk)
          #expect(frames.map(\.index) == Array(0..<frames.count))
          #expect(frames.map(\.isLast) == (0..<frames.count).map { $0 == frames.count - 1 })
          let joined = try Frame.joining(frames)
          #expect(joined.tensors["x"]?.floats == (0..<10).map(Float.init))
          #expect(joined.tensors["y"]?.integers == (0..<10).map { $0 % 3 })
        }
      }
    }
  }
}
