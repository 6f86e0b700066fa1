import Tensors
import Testing

@testable import Training

/// What is kept of a log when its run is resumed: the whole lines up to the checkpoint's epoch, to the byte.
@Suite struct LogTests {
  private func kept(_ log: String, _ epoch: Int) -> String {
    let bytes = Array(log.utf8)
    let length = TrainingLog.length(of: Tensor(bytes, shape: [bytes.count]), keepingEpochs: epoch)
    return String(decoding: bytes[..<min(length, bytes.count)], as: UTF8.self)
      + (length > bytes.count ? " and more" : "")
  }

  @Test func keepsLinesUpToTheEpoch() {
    #expect(kept("{\"epoch\":1}\n{\"epoch\":2}\n{\"epoch\":3}\n", 2) == "{\"epoch\":1}\n{\"epoch\":2}\n")
  }

  @Test("a line that a kill cut before its end is not kept, though it may be whole JSON")
  func cutLine() {
    #expect(kept("{\"epoch\":1}\n{\"epoch\":2}", 2) == "{\"epoch\":1}\n")
  }

  @Test("an empty line, or one that is not UTF-8, ends what is kept")
  func foreignLines() {
    #expect(kept("{\"epoch\":1}\n\n{\"epoch\":2}\n", 2) == "{\"epoch\":1}\n")
    let bytes = Array("{\"epoch\":1}\n{\"epoch\":2,\"a\":\"".utf8) + [0xff, 0xff, 0xff] + Array("\"}\n".utf8)
    #expect(TrainingLog.length(of: Tensor(bytes, shape: [bytes.count]), keepingEpochs: 2) == 12)
  }

  @Test("lines that end in CR LF are lines")
  func carriageReturns() {
    #expect(kept("{\"epoch\":1}\r\n{\"epoch\":2}\r\n", 1) == "{\"epoch\":1}\r\n")
  }
}
