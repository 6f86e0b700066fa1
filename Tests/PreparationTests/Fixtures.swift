import Tensors

@testable import Preparation

/// The files that Tests/Fixtures/preparation.py makes.
enum Fixture {
  static func frame(_ name: String, file: String = #filePath) throws -> Frame {
    let tests = file.split(separator: "/").dropLast(2).joined(separator: "/")
    let input = try FrameInput(operands: ["/\(tests)/Fixtures/preparation/\(name).st"])
    guard let frame = try input.next(.data) else { throw Failure.input("\(name): no frame") }
    return frame
  }

  /// The frame without the expected values, and those.
  static func golden(_ name: String) throws -> (frame: Frame, expected: [Double]) {
    var frame = try frame("golden-\(name)")
    let expected = try frame.tensor("expected").doubles
    frame.tensors["expected"] = nil
    return (frame, expected)
  }

  /// The same rows as a segment of several frames.
  static func chunked(_ frame: Frame, rows: Int) -> [Frame] {
    let count = frame.tensors["x"]?.rows ?? 0
    let starts = Array(stride(from: 0, to: count, by: rows))
    return starts.enumerated().map { i, start in
      var part = frame
      part.tensors = frame.tensors.mapValues { $0[rows: start..<min(count, start + rows)] }
      part.index = i
      part.isLast = i + 1 == starts.count
      return part
    }
  }
}

extension FitRequest {
  static func make(_ change: (inout FitRequest) -> Void) -> FitRequest {
    var request = FitRequest()
    change(&request)
    return request
  }
}

/// The largest absolute difference.
func distance(_ a: [Double], _ b: [Double]) -> Double {
  a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}
