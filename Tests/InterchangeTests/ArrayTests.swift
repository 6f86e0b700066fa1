import Tensors
import Testing

@testable import Interchange

@Suite struct ArrayTests {
  static let kinds = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u1", "b1"]

  @Test(arguments: kinds) func readsEachType(_ kind: String) throws {
    for order in ["C", "F"] {
      for endian in kind.hasSuffix("1") ? [""] : ["", "be"] {
        var settings = ImportSettings()
        settings.inputArray = kind + endian + order
        let x = try imported([fixture("types.npz")], settings).first?.tensors["x"]
        #expect(x?.shape == [3, 2, 2])
        #expect(x?.type == (kind == "u1" ? .uint8 : .float32))
        #expect(x?.floats == (kind == "b1" ? [0] + Array(repeating: 1, count: 11) : (0..<12).map(Float.init)))
      }
    }
  }

  @Test func readsInputsAndLabelsInAnyOrder() throws {
    for paths in [["x.npy", "y.npy"], ["y.npy", "x.npy"], ["deflated.npz"]] {
      let frame = try #require(try imported(paths.map(fixture)).first)
      #expect(frame.tensors["x"]?.floats == (0..<12).map(Float.init))
      #expect(frame.tensors["y"]?.integers == [2, 0, 1])
      #expect(frame[list: Metadata.classes] == ["0", "1", "2"])
    }
    for paths in [["images.idx", "labels.idx.gz"], ["labels.idx.gz", "images.idx"]] {
      let frame = try #require(try imported(paths.map(fixture)).first)
      #expect(frame.tensors["x"]?.type == .uint8)
      #expect(frame.tensors["x"]?.shape == [3, 2, 2])
      #expect(frame.tensors["y"]?.integers == [2, 0, 1])
    }
  }

  @Test func readsTargets() throws {
    let frame = try #require(try imported([fixture("x.npy"), fixture("targets.npy")]).first)
    #expect(frame.tensors["y"]?.type == .float32)
    #expect(frame.tensors["y"]?.shape == [3, 2])
    #expect(frame[list: Metadata.classes] == nil)
  }

  @Test func checksDeclaredSizes() throws {
    // 2³² − 1 images of 2³² − 1 rows of 2³² − 1 columns, of which nothing is there.
    let huge = [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12)
    #expect(failure { _ = try withFile(huge) { try imported([$0]) } }?.hasSuffix("their product overflows") == true)
    let large: [UInt8] = [0, 0, 8, 2, 0x7f, 255, 255, 255, 0x7f, 255, 255, 255, 1, 2]
    #expect(
      failure { _ = try withFile(large) { try imported([$0]) } }
        == "truncated: the IDX array has 14 of 4611686014132420621 bytes")
    #expect(
      failure { _ = try withFile([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2]) { try imported([$0]) } }
        == "more bytes than the 13 that the header of the IDX array declares")
    #expect(
      failure { _ = try withFile([0, 0, 8, 3, 0]) { try imported([$0]) } }
        == "truncated: the header of the IDX array is not whole")
  }

  @Test func everyTruncationIsAnError() throws {
    for name in ["x.npy", "deflated.npz", "images.idx", "labels.idx.gz", "v2.npy"] {
      let whole = try ByteSource(path: fixture(name)).readAll()
      for length in 0..<whole.count {
        let bytes = whole.withBytes { Array($0.prefix(length)) }
        #expect(failure { _ = try withFile(bytes) { try imported([$0]) } } != nil, "\(name) cut at \(length)")
      }
    }
  }

  @Test func aBombEndsAtItsDeclaredSize() throws {
    // The archive declares 12,128 bytes for the entry; saying 100 must stop the decompression there.
    let bytes = try ByteSource(path: fixture("twelve-zeros.npz")).readAll()
    let archive = try ZIPReader(bytes, place: "bomb")
    var entry = try #require(archive.entries.first)
    #expect(try archive.contents(of: entry).count == 12_128)
    entry.size = 100
    #expect(
      failure { _ = try archive.contents(of: entry) } == "bomb: x.npy: 101 bytes where the archive declares 100")
  }

  @Test func headersRoundTrip() throws {
    for shape in [[], [3], [2, 0], [1, 2, 3, 4, 5, 6, 7, 8]] {
      let header = NPY.header(type: .int16, shape: shape)
      #expect(header.count % 64 == 0)
      let read = try header.withUnsafeBytes { try NPYHeader($0, place: "test") }
      #expect(read?.shape == shape)
      #expect(read?.elements.type == .int16)
      #expect(read?.start == header.count)
    }
  }

  @Test func archivesRoundTrip() throws {
    let tensors = ["b": Tensor([1.5, 2] as [Double], shape: [2]), "a": Tensor([1, 2, 3] as [UInt8], shape: [3, 1])]
    try withFile([]) { path in
      let sink = try ByteSink.open(path: path)
      try NPZWriter.write(tensors, to: sink)
      try sink.finish()
      let archive = try ZIPReader(try ByteSource(path: path).readAll(), place: path)
      #expect(archive.entries.map(\.name) == ["a.npy", "b.npy"])
      for entry in archive.entries {
        let array = try NPY.array(try archive.contents(of: entry), place: entry.name)
        #expect(tensors[String(entry.name.dropLast(4))].map { $0 == array } == true)
      }
    }
  }

  @Test func exportsWhatNumPyWrites() throws {
    let bytes = try ByteSource(path: fixture("x.npy")).readAll().withBytes { Array($0) }
    #expect(bytes.prefix(128).elementsEqual(NPY.header(type: .float32, shape: [3, 4])))
  }
}
