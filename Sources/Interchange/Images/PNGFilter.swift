import Tensors

/// The filters of PNG rows: each row is stored as differences from what its neighbours foretell (ISO/IEC 15948, 9).
enum PNGFilter {
  /// Turns differences back into samples, row by row; the number of a row's filter stays before it.
  static func undo(_ rows: inout [UInt8], _ header: PNGHeader) throws(Failure) {
    let (length, step) = (header.rowBytes + 1, header.pixelBytes)
    for start in stride(from: 0, to: rows.count, by: length) {
      let filter = rows[start]
      guard filter <= 4 else { throw .input("is damaged: PNG filter \(filter) of row \(start / length) is unknown") }
      if filter == 0 { continue }
      for i in start + 1..<start + length {
        // Beyond the left and the upper border everything is 0.
        let isFirst = i - start <= step
        let left = isFirst ? 0 : Int(rows[i - step])
        let above = start == 0 ? 0 : Int(rows[i - length])
        let corner = isFirst || start == 0 ? 0 : Int(rows[i - length - step])
        let foretold =
          switch filter {
          case 1: left
          case 2: above
          case 3: (left + above) / 2
          default: paeth(left, above, corner)
          }
        rows[i] &+= UInt8(truncatingIfNeeded: foretold)
      }
    }
  }

  /// That of the three neighbours which is nearest to left + above − corner (Paeth 1991).
  private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> Int {
    let estimate = left + above - corner
    let (a, b, c) = (abs(estimate - left), abs(estimate - above), abs(estimate - corner))
    if a <= b, a <= c { return left }
    return b <= c ? above : corner
  }
}
