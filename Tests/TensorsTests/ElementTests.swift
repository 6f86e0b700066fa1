import Testing

@testable import Tensors

/// Values of tensors, whatever their type.
@Suite("Elements")
struct ElementTests {
  @Test(
    "half precision (IEEE 754 binary16)",
    arguments: [
      (UInt16(0x0000), Float(0)), (0x8000, -0.0), (0x3c00, 1), (0xc000, -2), (0x7bff, 65504), (0x0400, 0x1p-14),
      (0x0001, 0x1p-24), (0x03ff, 0x1.ff8p-15), (0x3555, 0x1.554p-2), (0x7c00, .infinity), (0xfc00, -.infinity),
    ])
  func half(_ bits: UInt16, _ value: Float) {
    #expect(Float(half: bits) == value)
    #expect(Float(half: bits).sign == value.sign)
  }

  @Test("half and bfloat16 not-a-number")
  func notANumber() {
    #expect(Float(half: 0x7e00).isNaN)
    #expect(Float(brain: 0x7fc0).isNaN)
    #expect(Float(brain: 0x3f80) == 1)
    #expect(Float(brain: 0xc2c8) == -100)
  }

  @Test("all types as doubles and integers")
  func conversions() {
    func tensor(_ type: ElementType, _ bytes: [UInt8]) -> Tensor {
      Tensor(type: type, shape: [bytes.count / type.width]) { $0.copyBytes(from: bytes) }
    }
    #expect(tensor(.int8, [0xff, 0x7f]).doubles == [-1, 127])
    #expect(tensor(.uint8, [0xff, 0]).integers == [255, 0])
    #expect(tensor(.bool, [1, 0]).floats == [1, 0])
    #expect(tensor(.int16, [0, 0x80]).integers == [-32768])
    #expect(tensor(.int32, [0xfe, 0xff, 0xff, 0xff]).doubles == [-2])
    #expect(tensor(.float16, [0, 0x3c]).integers == [1])
    #expect(tensor(.bfloat16, [0x80, 0x3f]).doubles == [1])
    #expect(Tensor([0.5], shape: [1]).integers == nil)
    #expect(Tensor([Double.nan], shape: [1]).integers == nil)
    #expect(Tensor([1e30], shape: [1]).integers == nil)
    #expect(Tensor([Int64.min], shape: [1]).integers == [.min])
  }

  @Test("rows: slices share, gathers copy, parts join")
  func rows() {
    let tensor = Tensor((0..<12).map(Float.init), shape: [4, 3])
    #expect(tensor[rows: 1..<3].floats == [3, 4, 5, 6, 7, 8])
    #expect(tensor[rows: 2..<2].shape == [0, 3])
    #expect(tensor.gathering(rows: [3, 0, 3]).floats == [9, 10, 11, 0, 1, 2, 9, 10, 11])
    let joined = Tensor.concatenating([tensor[rows: 3..<4], tensor[rows: 0..<0], tensor[rows: 0..<1]])
    #expect(joined.floats == [9, 10, 11, 0, 1, 2])
    #expect(tensor.reshaped([2, 6]).shape == [2, 6])
  }

  @Test("data that is not aligned is read all the same")
  func misaligned() throws {
    // A foreign header of 63 bytes puts the data at byte 71.
    var header = "{\"a\":\(FrameBytes.entry("U8", [1], 0, 1)),\"b\":\(FrameBytes.entry("F64", [1], 1, 9))}"
    while (8 + header.utf8.count) % 8 != 7 { header += " " }
    let value = FrameBytes.littleEndian(Double(2.5).bitPattern)
    let frame = try #require(try frames(FrameBytes(header: header, data: [9] + value + []).bytes).first)
    #expect(try frame.tensor("b").doubles == [2.5])
    var odd = header
    odd += " "
    let shifted = try #require(try frames(FrameBytes(header: odd, data: [9] + value).bytes).first)
    #expect(try shifted.tensor("b").doubles == [2.5])
  }
}
