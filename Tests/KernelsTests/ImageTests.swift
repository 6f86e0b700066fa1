import Kernels
import Testing

@Suite struct ImageTests {
  /// A plane with its border, as `sampleImage` takes it.
  private func padded(_ values: [Float], height: Int, width: Int, border: Float) -> [Float] {
    let ld = width + 3
    var result = [Float](repeating: border, count: (height + 3) * ld)
    for y in 0..<height { for x in 0..<width { result[(y + 1) * ld + x + 1] = values[y * width + x] } }
    return result
  }

  /// The same by the definition, in Float64, beyond the border included.
  private func reference(
    _ values: [Float], height: Int, width: Int, border: Float, _ map: AffineMap, _ x: Int, _ y: Int
  ) -> Double {
    func pixel(_ x: Int, _ y: Int) -> Double {
      (0..<width).contains(x) && (0..<height).contains(y) ? Double(values[y * width + x]) : Double(border)
    }
    let (dx, dy) = (Double(x), Double(y))
    let sx = Double(map.xx) * dx + Double(map.xy) * dy + Double(map.x0)
    let sy = Double(map.yx) * dx + Double(map.yy) * dy + Double(map.y0)
    let (left, top) = (sx.rounded(.down), sy.rounded(.down))
    guard abs(left) < 1e6, abs(top) < 1e6 else { return Double(border) }
    let (wx, wy) = (sx - left, sy - top)
    let (i, j) = (Int(left), Int(top))
    let above = pixel(i, j) * (1 - wx) + pixel(i + 1, j) * wx
    let below = pixel(i, j + 1) * (1 - wx) + pixel(i + 1, j + 1) * wx
    return above * (1 - wy) + below * wy
  }

  @Test func samplesByTheDefinition() {
    var stream = RandomStream(seed: 3, purpose: 1)
    for (height, width) in [(1, 1), (3, 2), (7, 16), (9, 17), (28, 28), (5, 40)] {
      let values = (0..<height * width).map { _ in stream.nextFloat() * 255 }
      let image = padded(values, height: height, width: width, border: 9)
      for number in 0..<20 {
        func random(_ scale: Float) -> Float { (stream.nextFloat() * 2 - 1) * scale }
        let (w, h) = (Float(width), Float(height))
        let map =
          number == 0
          ? AffineMap(xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0)
          : AffineMap(xx: random(2), xy: random(2), x0: random(w), yx: random(2), yy: random(2), y0: random(h))
        for level in levels {
          var to = [Float](repeating: -1, count: height * width + 15)
          level.sampleImage(image, height: height, width: width, ld: width + 3, map: map, to: &to)
          if number == 0 { #expect(Array(to[..<values.count]) == values, "\(level.name): the identity") }
          var worst = 0.0
          for y in 0..<height {
            for x in 0..<width {
              let due = reference(values, height: height, width: width, border: 9, map, x, y)
              worst = max(worst, abs(due - Double(to[y * width + x])))
            }
          }
          #expect(worst < 0.02, "\(level.name) \(height)x\(width): \(worst)")
        }
      }
    }
  }

  @Test func holdsFarPlaces() {
    let image = padded([1, 2, 3, 4], height: 2, width: 2, border: 7)
    let map = AffineMap(xx: 1e30, xy: 0, x0: 1e30, yx: 0, yy: -1e30, y0: -1e30)
    for level in levels {
      var to = [Float](repeating: 0, count: 19)
      level.sampleImage(image, height: 2, width: 2, ld: 5, map: map, to: &to)
      #expect(to[..<4] == [7, 7, 7, 7], "\(level.name)")
    }
  }

  @Test func roundsToBytes() {
    let values: [Float] = [-1e30, -0.6, -0.5, 0, 0.4, 0.5, 0.6, 1.5, 2.5, 100.49, 254.4, 254.6, 255, 255.4, 256, 1e30]
    let due: [UInt8] = [0, 0, 0, 0, 0, 0, 1, 2, 2, 100, 254, 255, 255, 255, 255, 255]
    for level in levels {
      for count in [1, 15, 16, 17, 40] {
        var bytes = [UInt8](repeating: 77, count: count + 1)
        level.roundToBytes((0..<count).map { values[$0 % 16] }, count: count, to: &bytes)
        #expect(bytes == (0..<count).map { due[$0 % 16] } + [77], "\(level.name)")
      }
    }
  }
}
