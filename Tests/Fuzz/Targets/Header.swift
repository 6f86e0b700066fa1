@testable import Tensors

/// The JSON header of a frame: what is accepted tiles its data, and so does its canonical text. Any JSON text that is
/// accepted reads back from its compact form.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Input(bytes, count)
  answers { () throws(Failure) in
    let header = try FrameHeader(parsing: Array(input.rest))
    var end = 0
    for entry in header.entries {
      require(entry.offset == end && entry.byteCount >= 0, "a hole, an overlap or a product that wrapped")
      end += entry.byteCount
    }
    require(end == header.dataLength, "the length of the data")
  }
  answers { () throws(Failure) in
    let value = try JSON.parse(input.text)
    var again: JSON?
    answers { () throws(Failure) in again = try JSON.parse(value.text) }
    require(again == value, "JSON reads back otherwise")
  }
  return 0
}
