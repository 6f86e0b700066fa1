import Kernels
import Tensors
import Testing

@testable import Preparation

private func golden(_ name: String, file: String = #filePath) throws -> [String: Tensor] {
  let tests = file.split(separator: "/").dropLast(2).joined(separator: "/")
  let input = try FrameInput(operands: ["/\(tests)/Fixtures/golden/augment-\(name).safetensors"])
  return try #require(try input.next()).tensors
}

private func request(_ change: (inout AugmentRequest) -> Void) -> AugmentRequest {
  var request = AugmentRequest()
  change(&request)
  return request
}

/// Frames of images that differ, of bytes or of floats, with class ids.
private func images(_ count: Int, _ shape: [Int], areBytes: Bool = true) -> Frame {
  var stream = RandomStream(seed: 5, purpose: 1)
  let size = shape.reduce(1, *)
  let values = (0..<count * size).map { _ in Float(stream.nextInt(below: 256)) }
  var frame = Frame(.data)
  frame.tensors["x"] =
    areBytes
    ? Tensor(values.map { UInt8($0) }, shape: [count] + shape) : Tensor(values.map { $0 / 64 }, shape: [count] + shape)
  frame.tensors["y"] = Tensor((0..<count).map { Int64($0 % 3) }, shape: [count])
  frame[list: Metadata.classes] = ["a", "b", "c"]
  return frame
}

private func augmented(
  _ frame: Frame, _ request: AugmentRequest, epoch: Int = 0, threads: Int = 1, pieces: Int = 1
) throws -> Frame {
  let augmenter = Augmenter(request, team: ThreadTeam(threads: threads))
  let rows = try frame.tensor("x").rows
  let part = try DataPart(frame)
  let blending = try Blending(request, part, epoch: epoch)
  let frames = try stride(from: 0, to: rows, by: (rows + pieces - 1) / pieces).map { start in
    let range = start..<min(rows, start + (rows + pieces - 1) / pieces)
    return try augmenter.augment(frame, rows: range, first: 0, epoch: epoch, blending: blending)
  }
  return try Frame.joining(frames)
}

private let everything = request {
  ($0.flips, $0.flipsVertically, $0.rotation, $0.shift, $0.scale, $0.crop) = (true, true, 20, 1.5, 0.2, 2)
  ($0.brightness, $0.contrast, $0.saturation, $0.noise, $0.cutout) = (0.3, 0.4, 0.5, 3, 3)
}

@Suite struct AugmentTests {
  @Test func samplesAsPyTorchDoes() throws {
    let values = try golden("affine")
    for i in 0..<4 {
      let image = try #require(values["image.\(i)"])
      let (height, width) = (image.shape[0], image.shape[1])
      let m = try #require(values["map.\(i)"]).floats
      let map = AffineMap(xx: m[0], xy: m[1], x0: m[2], yx: m[3], yy: m[4], y0: m[5])
      let ld = width + 3
      var plane = [Float](repeating: 0, count: (height + 3) * ld)
      for (p, value) in image.floats.enumerated() { plane[(p / width + 1) * ld + p % width + 1] = value }
      var result = [Float](repeating: 0, count: height * width + 15)
      kernels.sampleImage(plane, height: height, width: width, ld: ld, map: map, to: &result)
      let due = try #require(values["result.\(i)"]).floats
      let worst = zip(result, due).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 0.003, "\(i): \(worst) of 255")
    }
  }

  @Test func turnsAndShiftsAsPILDoes() throws {
    let values = try golden("rotate")
    let (image, due) = (try #require(values["image"]), try #require(values["result"]))
    var chance = Augmentation(AugmentRequest(), epoch: 0, row: 0)
    (chance.angle, chance.shift) = (.pi / 6, (3, -2))
    let planes = ImagePlanes(try ImageShape(parsing: "20x20x3"), AugmentRequest(), areBytes: true)
    var result = [UInt8](repeating: 0, count: due.count)
    image.withBytes { bytes in
      if let base = bytes.baseAddress { planes.load(base, chance) }
    }
    result.withUnsafeMutableBytes { bytes in
      if let base = bytes.baseAddress { planes.store(to: base) }
    }
    // PIL blends nothing at the border: it takes a pixel whose place is inside, and leaves out the others.
    let differences = zip(result, due.withBytes { Array($0) }).map { abs(Int($0) - Int($1)) }
    let inside = differences.enumerated().filter { i, _ in
      let (x, y) = (i / 3 % 20, i / 60)
      return (x - 12) * (x - 12) + (y - 7) * (y - 7) < 49
    }
    #expect(inside.map(\.element).max() ?? 255 <= 1)
  }

  @Test func coloursAsPILDoes() throws {
    let values = try golden("colour")
    let image = try #require(values["image"])
    for (name, due) in values where name != "image" {
      let words = name.split(separator: ".", maxSplits: 1)
      let factor = try #require(Float(words[1]))
      let planes = ImagePlanes(try ImageShape(parsing: "9x11x3"), AugmentRequest(), areBytes: true)
      image.withBytes { bytes in
        if let base = bytes.baseAddress { planes.load(base, epoch: 0, number: 0) }
      }
      planes.colour(
        brightness: words[0] == "brightness" ? factor : 1, contrast: words[0] == "contrast" ? factor : 1,
        saturation: words[0] == "saturation" ? factor : 1)
      var result = [UInt8](repeating: 0, count: image.count)
      result.withUnsafeMutableBytes { bytes in
        if let base = bytes.baseAddress { planes.store(to: base) }
      }
      let worst = due.withBytes { zip(result, $0).map { abs(Int($0) - Int($1)) }.max() ?? 255 }
      #expect(worst <= 1, "\(name): \(worst)")
    }
  }

  @Test func isTheSameForAnyThreadsAndFrames() throws {
    for (shape, areBytes) in [([9, 7, 3], true), ([9, 7, 3], false), ([6, 17, 3], true)] {
      let frame = images(100, shape, areBytes: areBytes)
      for request in [everything, request { ($0.mixup, $0.shift) = (0.5, 1) }] {
        let once = try augmented(frame, request)
        let (x, y) = (try once.tensor("x"), try once.tensor("y"))
        #expect(x.type == (areBytes ? .uint8 : .float32) && x.shape == [100] + shape)
        for (threads, pieces) in [(3, 1), (1, 7), (2, 3)] {
          let again = try augmented(frame, request, threads: threads, pieces: pieces)
          #expect(try again.tensor("x") == x && again.tensor("y") == y)
        }
        let other = try augmented(frame, request, epoch: 1)
        #expect(try !(other.tensor("x") == x), "each epoch is another")
      }
    }
  }

  @Test func leavesAloneWhatNobodyAskedFor() throws {
    for shape in [[5, 8], [5, 8, 3]] {
      for areBytes in [true, false] {
        let frame = images(10, shape, areBytes: areBytes)
        #expect(try augmented(frame, AugmentRequest()).tensor("x") == frame.tensor("x"))
      }
    }
  }

  @Test func drawsEachChangeByItself() {
    let one = request { $0.rotation = 20 }
    for row in 0..<50 {
      let (alone, among) = (Augmentation(one, epoch: 2, row: row), Augmentation(everything, epoch: 2, row: row))
      #expect(alone.angle == among.angle)
      #expect(alone.shift == (0, 0) && alone.factor == 1 && !alone.isFlipped && alone.contrast == 1)
    }
  }

  @Test func drawsUniformly() {
    let rows = 20_000
    let drawn = (0..<rows).map { Augmentation(everything, epoch: 0, row: $0) }
    func mean(_ value: (Augmentation) -> Double) -> Double { drawn.reduce(0) { $0 + value($1) } / Double(rows) }
    #expect(abs(mean { $0.isFlipped ? 1 : 0 } - 0.5) < 0.015)
    #expect(abs(mean { $0.isFlippedVertically ? 1 : 0 } - 0.5) < 0.015)
    #expect(abs(mean { $0.isFlipped != $0.isFlippedVertically ? 1 : 0 } - 0.5) < 0.015)
    let limit = 20 * Double.pi / 180
    #expect(drawn.allSatisfy { abs($0.angle) <= limit })
    #expect(abs(mean { $0.angle }) < 0.01 && abs(mean { $0.angle * $0.angle } - limit * limit / 3) < 0.001)
    #expect(drawn.allSatisfy { abs($0.shift.x) <= 3.5 && (0.8...1.2).contains($0.factor) })
    #expect(drawn.allSatisfy { (0.6...1.4).contains($0.contrast) && (0.5...1.5).contains($0.saturation) })
    // A uniform shift of up to 1.5 and one by −2 … 2 whole pixels.
    #expect(abs(mean { $0.shift.y * $0.shift.y } - (1.5 * 1.5 / 3 + 2)) < 0.06)
  }

  @Test func shiftsByWholePixelsWithoutBlurring() throws {
    let frame = images(60, [6, 5])
    let x = try augmented(frame, request { ($0.crop, $0.fill) = (2, 9) }).tensor("x").withBytes { Array($0) }
    let before = try frame.tensor("x").withBytes { Array($0) }
    var seen: Set<[Int]> = []
    for row in 0..<60 {
      let match = (-2...2).flatMap { dy in (-2...2).map { dx in (dx, dy) } }.first { dx, dy in
        (0..<30).allSatisfy { i in
          let (fromX, fromY) = (i % 5 - dx, i / 5 - dy)
          let isInside = (0..<5).contains(fromX) && (0..<6).contains(fromY)
          return x[row * 30 + i] == (isInside ? before[row * 30 + fromY * 5 + fromX] : 9)
        }
      }
      let (dx, dy) = try #require(match, "row \(row) is no shift of itself")
      seen.insert([dx, dy])
    }
    #expect(seen.count > 15)
  }

  @Test func cutsSquares() throws {
    let frame = images(200, [10, 10], areBytes: false)
    let x = try augmented(frame, request { ($0.cutout, $0.fill) = (4, -7) }).tensor("x").floats
    let cut = (0..<200).map { row in x[row * 100..<(row + 1) * 100].count { $0 == -7 } }
    #expect(cut.allSatisfy { $0 >= 4 && $0 <= 16 } && cut.contains(16) && cut.contains { $0 < 16 })
  }

  @Test func addsNoise() throws {
    var frame = images(50, [16, 16], areBytes: false)
    frame.tensors["x"] = Tensor([Float](repeating: 3, count: 50 * 256), shape: [50, 16, 16])
    let x = try augmented(frame, request { $0.noise = 0.5 }).tensor("x").doubles.map { $0 - 3 }
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
    #expect(abs(mean) < 0.02 && abs(variance - 0.25) < 0.01)
  }

  @Test func blendsRowsAndClasses() throws {
    var frame = images(40, [4, 4], areBytes: false)
    frame.tensors["weight"] = Tensor((0..<40).map { Float($0 % 2 + 1) }, shape: [40])
    let mixed = request { $0.mixup = 1 }
    let result = try augmented(frame, mixed, epoch: 3)
    let partners = Augmentation.partners(mixed, epoch: 3, rows: 40).map(Int.init)
    #expect(Set(partners).count == 40)
    let (x, before) = (try result.tensor("x").floats, try frame.tensor("x").floats)
    let (y, weights) = (try result.tensor("y"), try result.tensor("weight").floats)
    #expect(y.shape == [40, 3])
    for (row, other) in partners.enumerated() {
      let share = Augmentation.share(mixed, alpha: 1, epoch: 3, row: row)
      for i in 0..<16 {
        let due = share * before[row * 16 + i] + (1 - share) * before[other * 16 + i]
        #expect(abs(x[row * 16 + i] - due) < 1e-6)
      }
      let (own, others) = (Float(row % 2 + 1), Float(other % 2 + 1))
      #expect(abs(weights[row] - (share * own + (1 - share) * others)) < 1e-6)
      var shares = [Float](repeating: 0, count: 3)
      shares[row % 3] += share * own / weights[row]
      shares[other % 3] += (1 - share) * others / weights[row]
      for c in 0..<3 { #expect(abs(y.floats[row * 3 + c] - shares[c]) < 1e-6) }
    }
  }

  @Test func refusesWhatIsNoImage() {
    let flat = images(2, [16])
    #expect(throws: Failure.self) { try augmented(flat, everything) }
    #expect(throws: Failure.self) { try augmented(flat, request { $0.shape = try? ImageShape(parsing: "3x5") }) }
    #expect(throws: Never.self) {
      try augmented(flat, request { ($0.shape, $0.shift) = (try? ImageShape(parsing: "4x4"), 1) })
    }
    #expect(throws: Failure.self, "no colours") { try augmented(images(2, [4, 4]), everything) }
    var prepared = images(2, [4, 4])
    prepared.metadata[Metadata.prepared] = "center; zca#00000000"
    #expect(throws: Failure.self) { try augmented(prepared, request { $0.flips = true }) }
  }
}

@Suite struct TurningTests {
  @Test("a turned image has its pixels where a quarter turn puts them", arguments: [true, false], [1, 3])
  func turns(areBytes: Bool, channels: Int) throws {
    let side = 5
    var frame = images(3, [side, side, channels], areBytes: areBytes)
    frame.tensors["weight"] = Tensor([1, 2, 3] as [Float], shape: [3])
    let turned = try Turning.turned(frame, shape: nil)
    let (x, found) = (try frame.tensor("x").floats, try turned.tensor("x").floats)
    #expect(try turned.tensor("x").shape == [12, side, side, channels])
    #expect(try turned.tensor("y").integers == (0..<12).map { Int64($0 % 4) })
    #expect(try turned.tensor("weight").floats == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    #expect(turned[list: Metadata.classes] == ["0", "90", "180", "270"])
    for row in 0..<12 {
      for r in 0..<side {
        for c in 0..<side {
          // Clockwise: the left column becomes the top row, upwards to the right.
          let sources = [(r, c), (side - 1 - c, r), (side - 1 - r, side - 1 - c), (c, side - 1 - r)]
          let (sr, sc) = sources[row % 4]
          for k in 0..<channels {
            let value = found[((row * side + r) * side + c) * channels + k]
            #expect(value == x[((row / 4 * side + sr) * side + sc) * channels + k])
          }
        }
      }
    }
  }
}
