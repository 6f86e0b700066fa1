import Tensors
import Testing

@testable import Interchange

/// A file of the folder Tests/Fixtures/images.
private func file(_ name: String) -> String { fixture("../images/" + name) }

/// What PIL makes of the images.
private func expected() throws -> [String: Tensor] {
  let frame = try FrameInput(operands: [file("expected.safetensors")]).next()
  return try #require(frame).tensors
}

private func image(_ name: String) throws -> Image {
  let opened = try OutsideFile(path: file(name))
  return try name.hasSuffix(".png") ? PNG.read(opened) : PNM.read(opened)
}

private func isSame(_ image: Image, _ tensor: Tensor) -> Bool {
  image.shape == tensor.shape && tensor.withBytes { $0.elementsEqual(image.pixels) }
}

@Suite struct ImageTests {
  @Test func readsWhatPILReads() throws {
    let values = try expected()
    let names = values.keys.filter { !$0.contains(" ") }
    #expect(names.count == 20)
    for name in names {
      let tensor = try #require(values[name])
      #expect(try isSame(image(name), tensor), "\(name)")
    }
  }

  @Test func resizesAsPILDoes() throws {
    let values = try expected()
    let names = values.keys.filter { $0.hasPrefix("fit ") }
    #expect(names.count == 24)
    for name in names {
      let words = name.split(separator: " ")
      let size = words[1].split(separator: "x").compactMap { Int($0) }
      let tensor = try #require(values[name])
      let fitted = try image(String(words[2])).fitted(height: size[0], width: size[1])
      #expect(fitted.shape == tensor.shape, "\(name)")
      // PIL takes columns first in some cases, and rounds in between.
      let worst = tensor.withBytes { zip($0, fitted.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0 }
      #expect(worst <= 1, "\(name): \(worst)")
    }
  }

  @Test func makesGreyAsPILDoes() throws {
    let values = try expected()
    for name in ["wide.png", "rgb.png"] {
      let tensor = try #require(values["grey " + name])
      #expect(try isSame(image(name).converted(channels: 1), tensor))
    }
    let grey = try image("smooth.png")
    #expect(grey.converted(channels: 3).converted(channels: 1).pixels == grey.pixels)
  }

  @Test func seesWhatIsNotOpaque() throws {
    let names = ["grey-alpha.png", "rgb-alpha.png", "rgb-key.png", "palette-alpha.png"]
    for name in names { #expect(try image(name).isTransparent, "\(name)") }
    for name in ["rgb.png", "palette8.png", "grey8.png"] { #expect(try !image(name).isTransparent, "\(name)") }
  }

  @Test func putsRowsTogether() throws {
    var settings = ImportSettings()
    settings.chunk = 100
    let path = file("grey8.png")
    let frames = try imported([String](repeating: path, count: 250), settings)
    #expect(frames.map { $0.tensors["x"]?.shape } == [[100, 11, 13], [100, 11, 13], [50, 11, 13]])
    #expect(frames.map(\.isLast) == [false, false, true])
    let pixels = try image("grey8.png").pixels
    let last = try frames[2].tensor("x")[rows: 49..<50]
    #expect(last.withBytes { $0.elementsEqual(pixels) })
  }

  @Test func writesWhatItReads() throws {
    for name in ["wide.png", "grey8.png", "one.png"] {
      let image = try image(name)
      let read = try withFile(PNGWriter.bytes(image)) { path in try PNG.read(OutsideFile(path: path)) }
      #expect(read.shape == image.shape && read.pixels == image.pixels, "\(name)")
    }
  }

  @Test func arrangesASheet() throws {
    let images = (1...3).map { Image(height: 1, width: 2, channels: 1, pixels: [UInt8($0), UInt8(10 * $0)]) }
    let sheet = try Sheet.image(images, columns: nil, zoom: 1)
    #expect(sheet.shape == [3, 5])
    #expect(sheet.pixels == [1, 10, 255, 2, 20] + [255, 255, 255, 255, 255] + [3, 30, 255, 255, 255])
    let large = try Sheet.image(Array(images[..<1]), columns: 9, zoom: 2)
    #expect(large.pixels == [1, 1, 10, 10, 1, 1, 10, 10])
    #expect(throws: Failure.self) { try Sheet.image(images, columns: 1, zoom: 10_000_000) }
  }

  @Test func showsFilters() throws {
    var model = Frame(.model, metadata: [Metadata.input: "2x2"])
    model.tensors["10.weight"] = Tensor([Float](repeating: 0, count: 20), shape: [5, 4])
    model.tensors["2.weight"] = Tensor([Float]([-1, 0, 1, 3, 5, 5, 5, 5]), shape: [2, 4])
    let dense = try Pictures.filters(model, tensor: nil, shape: nil)
    #expect(dense.map(\.pixels) == [[0, 64, 128, 255], [0, 0, 0, 0]])
    // A filter of three channels, each two pixels high, becomes two pixels of three values.
    model.tensors["0.weight"] = Tensor([Float]([0, 51, 102, 153, 204, 255]), shape: [1, 3, 2, 1])
    let conv = try Pictures.filters(model, tensor: nil, shape: nil)
    #expect(conv.map(\.shape) == [[2, 1, 3]])
    #expect(conv.map(\.pixels) == [[0, 102, 204, 51, 153, 255]])
  }
}
