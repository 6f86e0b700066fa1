import Kernels
import Testing

@Suite struct GatherTests {
  private func check<Element: BitwiseCopyable>(_ type: ElementType, _ values: [Element], _ expected: [Float]) {
    // Rows of every width, at odd addresses.
    for columns in [1, 3, 8, 16, 17] {
      let n = values.count / columns
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: values.count * MemoryLayout<Element>.size + 1, alignment: 16)
      defer { memory.deallocate() }
      for i in 0..<values.count {
        memory.storeBytes(
          of: values[i], toByteOffset: 1 + i * MemoryLayout<Element>.size, as: Element.self)
      }
      let indices = (0..<n).map { Int32((n - 1 - $0) * 7 % n) }
      for level in levels {
        let to = Matrix(n, columns, padding: 9)
        level.gatherRows(
          type: type, from: memory + 1, columns: columns, indices: indices, first: 0, count: n,
          to: to.pointer,
          ld: to.ld)
        for i in 0..<n {
          for c in 0..<columns {
            let value = expected[Int(indices[i]) * columns + c]
            #expect(to[i, c] == value || (value.isNaN && to[i, c].isNaN), "\(level.name) \(type) \(value)")
          }
          #expect(to[i, columns] == 9 || columns % 16 == 0)
        }
        level.gatherRows(
          type: type, from: memory + 1, columns: columns, indices: nil, first: 1, count: n - 1,
          to: to.pointer,
          ld: to.ld)
        #expect(to[0, 0] == expected[columns] || expected[columns].isNaN)
      }
    }
  }

  private func integers<T: FixedWidthInteger & BitwiseCopyable>(_ type: ElementType, _: T.Type) {
    var stream = RandomStream(seed: 1, purpose: 1)
    let values = [T.min, T.max, 0, 1] + (0..<400).map { _ in T(truncatingIfNeeded: stream.next() as UInt64) }
    check(type, values, values.map { Float($0) })
  }

  @Test func everyType() {
    let floats = Matrix.random(1, 400, seed: 1).values + [.infinity, .nan, -0.0]
    check(.float32, floats, floats)
    check(.float64, floats.map { Double($0) / 3 }, floats.map { Float(Double($0) / 3) })
    let halves: [UInt16] = (0...UInt16.max).filter { (h: UInt16) -> Bool in
      if h % 13 == 0 || h & 0x7c00 == 0 { return true }
      return h & 0x3ff < 3
    }
    check(.float16, halves, halves.map { Float(Float16(bitPattern: $0)) })
    integers(.uint8, UInt8.self)
    integers(.int8, Int8.self)
    integers(.uint16, UInt16.self)
    integers(.int16, Int16.self)
    integers(.uint32, UInt32.self)
    integers(.int32, Int32.self)
    integers(.uint64, UInt64.self)
    integers(.int64, Int64.self)
  }
}
